import { createRoute, z } from '@hono/zod-openapi';
import type { Page } from '../assets/pages.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import { describeCron } from '../scheduler/describe-cron.ts';
import { cronLine, type ScheduleView } from '../scheduler/schedules.ts';
import { withOffset } from '../scheduler/slots.ts';
import type { Services } from '../services.ts';
import { body, byId, json, none, paging, parameterValues, router, typed } from './router.ts';

const tags = ['Schedules'];
const schedule = typed<ScheduleView>('A schedule with its next slots.');
const name = z.string().trim().min(1).max(200);
const cron = z.string().trim().min(1).max(200).openapi({ description: 'Five fields: minute, hour, day of the month, month, weekday.', example: '0 6 * * 1-5' });
const timeZone = z.string().min(1).max(100).openapi({ example: 'Europe/Berlin' });

/** Runs at set times. */
export const scheduleRoutes = ({ schedules, clock }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/schedules',
        tags,
        summary: 'Schedules, the newest first',
        middleware: permit('read', 'schedule'),
        request: { query: paging },
        responses: { 200: json(typed<Page<ScheduleView>>('A page.'), 'A page of schedules.') },
      }),
      (c) => c.json(schedules.list(workspaceOf(c.get('principal')), c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/schedules/preview',
        tags,
        summary: 'When a cron line is due',
        middleware: permit('read', 'schedule'),
        request: { query: z.object({ cron, timeZone }) },
        responses: {
          200: json(z.object({ next: z.array(z.string()), description: z.string() }), 'The next ten slots, with the offset of the zone at that time.'),
        },
      }),
      (c) => {
        const query = c.req.valid('query');
        const slots = cronLine(query.cron, query.timeZone).many(clock.now(), 10);
        return c.json({ next: slots.map((slot) => withOffset(slot, query.timeZone)), description: `${describeCron(query.cron)} (${query.timeZone})` }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/schedules',
        tags,
        summary: 'Make a schedule',
        middleware: permit('write', 'schedule'),
        request: body(
          z.strictObject({
            name,
            pipelineId: z.string().min(1).max(100),
            cron,
            timeZone,
            parameters: parameterValues.default({}),
            enabled: z.boolean().default(true),
          }),
        ),
        responses: { 201: json(schedule, 'Made.') },
      }),
      (c) => c.json(schedules.create(workspaceOf(c.get('principal')), c.req.valid('json')), 201),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/schedules/{id}',
        tags,
        summary: 'A schedule',
        middleware: permit('read', 'schedule'),
        request: { params: byId },
        responses: { 200: json(schedule, 'The schedule.') },
      }),
      (c) => c.json(schedules.get(workspaceOf(c.get('principal')), c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/schedules/{id}',
        tags,
        summary: 'Change, pause or resume a schedule',
        middleware: permit('write', 'schedule'),
        request: {
          params: byId,
          ...body(
            z.strictObject({
              name: name.optional(),
              cron: cron.optional(),
              timeZone: timeZone.optional(),
              parameters: parameterValues.optional(),
              enabled: z.boolean().optional(),
            }),
          ),
        },
        responses: { 200: json(schedule, 'Changed.') },
      }),
      (c) => c.json(schedules.change(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/schedules/{id}',
        tags,
        summary: 'Delete a schedule',
        middleware: permit('write', 'schedule'),
        request: { params: byId },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        schedules.remove(workspaceOf(c.get('principal')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
