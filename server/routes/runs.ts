import { createRoute, z } from '@hono/zod-openapi';
import { STATUSES } from '#pipelines/events.ts';
import { permit, starterOf, workspaceOf } from '../auth/guard.ts';
import type { LogLine, RunDetails, RunPage } from '../executor/run-types.ts';
import type { Services } from '../services.ts';
import { EventStreams } from './event-stream.ts';
import { byId, idempotencyKey, json, none, paging, router, started, startedView, typed } from './router.ts';

const tags = ['Runs'];

/** What a browser sends on reconnecting; a text that is no number of ours counts as none. */
const seqOf = (text: string | undefined): number => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0);

/** Runs: looking, following, cancelling, resuming. */
export const runRoutes = ({ runs }: Services) => {
  const streams = new EventStreams();
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/runs',
        tags,
        summary: 'Runs, the newest first',
        middleware: permit('read', 'run'),
        request: { query: paging.extend({ pipeline: z.string().max(100).optional(), status: z.enum(STATUSES).optional() }) },
        responses: { 200: json(typed<RunPage>('A page.'), 'A page of runs.') },
      }),
      (c) => {
        const { pipeline, status, limit, cursor } = c.req.valid('query');
        return c.json(runs.list({ workspaceId: workspaceOf(c.get('principal')), pipelineId: pipeline, status, limit, cursor }), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/runs/{id}',
        tags,
        summary: 'A run with its document and steps',
        middleware: permit('read', 'run'),
        request: { params: byId },
        responses: { 200: json(typed<RunDetails>('A run.'), 'The run.') },
      }),
      (c) => c.json(runs.get(workspaceOf(c.get('principal')), c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/runs/{id}/events',
        tags,
        summary: 'Events of a run, past and to come (Server-Sent Events)',
        middleware: permit('read', 'run'),
        request: {
          params: byId,
          query: z.object({ after: z.coerce.number().int().min(0).optional() }),
          headers: z.object({ 'last-event-id': z.string().max(20).optional() }),
        },
        responses: { 200: { content: { 'text/event-stream': { schema: z.string() } }, description: 'Closes after the last event of the run.' } },
      }),
      (c) => {
        const { id } = c.req.valid('param');
        runs.summary(workspaceOf(c.get('principal')), id);
        const after = Math.max(c.req.valid('query').after ?? 0, seqOf(c.req.valid('header')['last-event-id']));
        return streams.answer(
          c,
          (signal) => runs.subscribe(id, after, signal),
          (event) => ({ id: String(event.seq), event: event.type, data: JSON.stringify(event) }),
        ) as never;
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/runs/{id}/cancel',
        tags,
        summary: 'Cancel a run',
        middleware: permit('run', 'run'),
        request: { params: byId },
        responses: { 202: json(z.object({ id: z.string() }), 'It will end within seconds.') },
      }),
      (c) => {
        const { id } = c.req.valid('param');
        runs.cancel(workspaceOf(c.get('principal')), id);
        return c.json({ id }, 202);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/runs/{id}/resume',
        tags,
        summary: 'Start a run that keeps the finished steps of this one',
        middleware: permit('run', 'run'),
        request: { params: byId, headers: idempotencyKey },
        responses: { 202: json(started, 'Started.') },
      }),
      async (c) => {
        const principal = c.get('principal');
        const run = await runs.resume(workspaceOf(principal), c.req.valid('param').id, starterOf(principal), c.req.valid('header')['idempotency-key']);
        return c.json(startedView(run), 202);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/runs/{id}/waiting',
        tags,
        summary: 'What of a run waits for a slot, and its place in the queue',
        middleware: permit('read', 'run'),
        request: { params: byId },
        responses: {
          200: json(
            z.object({
              place: z.number().int().nullable().openapi({ description: 'Of a queued run: from 1.' }),
              items: z.array(z.object({ node: z.string(), compute: z.string(), place: z.number().int(), of: z.number().int() })),
            }),
            'As it stands now; it moves while others begin and end.',
          ),
        },
      }),
      (c) => c.json(runs.waiting(workspaceOf(c.get('principal')), c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/runs/{id}/logs',
        tags,
        summary: 'What the steps of a run wrote',
        middleware: permit('read', 'run'),
        request: { params: byId, query: z.object({ node: z.string().max(64).optional() }) },
        responses: { 200: json(typed<{ items: LogLine[] }>('items'), 'Lines in order.') },
      }),
      (c) => c.json({ items: runs.logs(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.valid('query').node) }, 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/runs/{id}',
        tags,
        summary: 'Delete a run that has ended',
        middleware: permit('write', 'run'),
        request: { params: byId },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        runs.delete(workspaceOf(c.get('principal')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
};
