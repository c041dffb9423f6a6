import { createRoute, z } from '@hono/zod-openapi';
import { decodeCursor, encodeCursor, type Page } from '../assets/pages.ts';
import { permit, starterOf, workspaceOf } from '../auth/guard.ts';
import { newId } from '../db/ids.ts';
import type { BackfillView } from '../scheduler/backfills.ts';
import { describeTiming } from '../scheduler/describe-timing.ts';
import { MacroError, resolveMacros } from '../scheduler/macros.ts';
import type { ScheduleView } from '../scheduler/schedule-view.ts';
import { readSlots, timingOf } from '../scheduler/schedules.ts';
import { slotGrid, type SlotGrid } from '../scheduler/slot-grid.ts';
import { manySlots } from '../scheduler/slots.ts';
import { withOffset } from '../scheduler/zone.ts';
import type { Services } from '../services.ts';
import { backfillRequest, newSchedule, previewRequest, scheduleChange } from './schedule-bodies.ts';
import { body, byId, json, none, paging, router, started, startedView, typed } from './router.ts';

const tags = ['Schedules'];
const schedule = typed<ScheduleView>('A schedule with its next slots.');
const backfill = typed<BackfillView>('A backfill and how far it is.');
const preview = z.object({ next: z.array(z.string()), description: z.string(), parameters: z.record(z.string(), z.unknown()).optional() });
const byBackfill = z.object({ id: byId.shape.id, backfill: z.string().min(1).max(100) });

/** Runs at set times and after events. */
export const scheduleRoutes = ({ schedules, scheduler, backfills, runs, clock, database }: Services) => {
  const previewOf = (wanted: z.output<typeof previewRequest>) => {
    const { timeZone, startAt = null, endAt = null, parameters } = wanted;
    const timing = timingOf(wanted, startAt ?? clock.now())!;
    const slots = timing.kind === 'event' ? [] : manySlots(readSlots(timing, timeZone, { startAt, endAt }), clock.now(), 10);
    const resolve = () => {
      try {
        const context = { scheduledTime: slots[0] ?? clock.now(), previousTime: null, timeZone, scheduleName: 'name', event: null };
        return parameters && resolveMacros(parameters, context);
      } catch (error) {
        if (error instanceof MacroError) return undefined;
        throw error;
      }
    };
    return {
      next: slots.map((slot) => withOffset(slot, timeZone)),
      description: timing.kind === 'event' ? describeTiming(timing) : `${describeTiming(timing)} (${timeZone})`,
      parameters: resolve(),
    };
  };
  return router()
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
        request: { query: z.object({ cron: z.string().trim().min(1).max(200), timeZone: z.string().min(1).max(100) }) },
        responses: { 200: json(preview, 'The next ten slots, with the offset of the zone at that time.') },
      }),
      (c) => c.json(previewOf(c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/schedules/preview',
        tags,
        summary: 'When a schedule would be due',
        middleware: permit('read', 'schedule'),
        request: body(previewRequest),
        responses: { 200: json(preview, 'The next ten slots, in words, and the parameters at the first of them.') },
      }),
      (c) => c.json(previewOf(c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/schedules',
        tags,
        summary: 'Make a schedule',
        middleware: permit('write', 'schedule'),
        request: body(newSchedule),
        responses: { 201: json(schedule, 'Made.') },
      }),
      (c) => {
        const { datasets, ...wanted } = c.req.valid('json');
        return c.json(schedules.create(workspaceOf(c.get('principal')), { ...wanted, parameters: { ...wanted.parameters, ...datasets } }), 201);
      },
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
        request: { params: byId, ...body(scheduleChange) },
        responses: { 200: json(schedule, 'Changed.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { id } = c.req.valid('param');
        const { datasets, ...change } = c.req.valid('json');
        const parameters = datasets && { ...(change.parameters ?? schedules.row(workspaceId, id).parameters), ...datasets };
        return c.json(schedules.change(workspaceId, id, { ...change, ...(parameters && { parameters }) }), 200);
      },
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
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/schedules/{id}/runs',
        tags,
        summary: 'Run now, with the parameters of the schedule',
        middleware: permit('write', 'schedule'),
        request: { params: byId },
        responses: { 202: json(started, 'Started; the run is saved.') },
      }),
      async (c) => {
        const principal = c.get('principal');
        const row = schedules.row(workspaceOf(principal), c.req.valid('param').id);
        return c.json(startedView(await scheduler.runNow(row, starterOf(principal).name, newId())), 202);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/schedules/{id}/firings',
        tags,
        summary: 'What became of its slots, the newest first, step by step',
        middleware: permit('read', 'schedule'),
        request: { params: byId, query: paging.extend({ backfill: z.string().max(100).optional() }) },
        responses: { 200: json(typed<Omit<SlotGrid, 'next'> & { nextCursor: string | null }>('Firings and steps.'), 'A page of firings.') },
      }),
      (c) => {
        const { id } = schedules.row(workspaceOf(c.get('principal')), c.req.valid('param').id);
        const { limit, cursor, backfill: backfillId } = c.req.valid('query');
        const { next, ...grid } = slotGrid(database, id, { limit, backfillId, before: cursor === undefined ? undefined : decodeCursor(cursor) });
        return c.json({ ...grid, nextCursor: next && encodeCursor(next) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/schedules/{id}/backfills',
        tags,
        summary: 'Backfills of a schedule, the newest first',
        middleware: permit('read', 'schedule'),
        request: { params: byId },
        responses: { 200: json(typed<{ items: BackfillView[] }>('Backfills.'), 'Its backfills.') },
      }),
      (c) => c.json({ items: backfills.list(schedules.row(workspaceOf(c.get('principal')), c.req.valid('param').id).id) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/schedules/{id}/backfills',
        tags,
        summary: 'Run the slots of a range that has passed',
        middleware: permit('write', 'schedule'),
        request: { params: byId, ...body(backfillRequest) },
        responses: { 202: json(backfill, 'Planned; the runs start as there is room.') },
      }),
      (c) => {
        const made = backfills.create(schedules.row(workspaceOf(c.get('principal')), c.req.valid('param').id), c.req.valid('json'));
        scheduler.look();
        return c.json(made, 202);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/schedules/{id}/backfills/{backfill}/cancel',
        tags,
        summary: 'Start nothing more of a backfill, and cancel what runs',
        middleware: permit('write', 'schedule'),
        request: { params: byBackfill },
        responses: { 204: none('Cancelled.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { id, backfill: backfillId } = c.req.valid('param');
        for (const run of backfills.cancel(schedules.row(workspaceId, id).id, backfillId)) runs.cancel(workspaceId, run);
        return c.body(null, 204);
      },
    );
};
