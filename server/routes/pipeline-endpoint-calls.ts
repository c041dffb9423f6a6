import { createRoute, z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { isFinal } from '#pipelines/events.ts';
import type { AppEnv } from '../auth/guard.ts';
import { bearerOf } from '../auth/secrets.ts';
import type { RunSummary, StartedRun } from '../executor/run-types.ts';
import type { Caller } from '../pipeline-endpoints/calls.ts';
import type { Services } from '../services.ts';
import { callBody, readCall, type CallInputs } from './call-bodies.ts';
import { body, byId, idempotencyKey, json, router, started, startedView } from './router.ts';

const tags = ['Pipeline endpoints'];
const LONGEST_WAIT = 60;
const query = z.object({
  wait: z.coerce
    .number()
    .min(0)
    .max(LONGEST_WAIT)
    .default(0)
    .openapi({ description: `Seconds to wait for the end of the run, at most ${LONGEST_WAIT}.` }),
});
const ended = started.extend({
  status: z.string(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  headline: z.string().nullable(),
  outputs: z.array(z.object({ node: z.string(), name: z.string(), port: z.string(), kind: z.string(), hash: z.string(), rowCount: z.number().nullable() })),
});
const description = [
  'Authorization: Bearer with a token of this pipeline endpoint, or a signature by the rules of Standard Webhooks.',
  'Takes values for the pipeline’s parameters and nothing else. Send an Idempotency-Key to be able to repeat a call.',
].join(' ');

interface CallEnv extends AppEnv {
  Variables: AppEnv['Variables'] & { caller: Caller };
}

/** Calls that start runs, with the secrets of the pipeline endpoint itself. */
export const pipelineEndpointCallRoutes = ({ calls, runs }: Services) => {
  /** Before the body is looked at: who may not call hears nothing of what a call takes. */
  const authenticated: MiddlewareHandler = async (c: Context<CallEnv>, next) => {
    const proof = {
      bearer: bearerOf(c.req.header('authorization')),
      id: c.req.header('webhook-id'),
      timestamp: c.req.header('webhook-timestamp'),
      signature: c.req.header('webhook-signature'),
      body: c.req.header('webhook-signature') === undefined ? '' : await c.req.text(),
    };
    c.set('caller', calls.authenticate(c.req.param('id')!, proof));
    await next();
  };
  const callerOf = (c: Context): Caller => (c as Context<CallEnv>).get('caller');

  const start = async (c: Context, inputs: CallInputs, key: string | undefined): Promise<StartedRun> => {
    const { parameters, dataPaths, version } = inputs;
    const run = await calls.call(callerOf(c), { parameters, dataPaths, version, idempotencyKey: key });
    if (run.replayed) c.header('idempotency-replayed', 'true');
    return run;
  };

  /** The run once it has ended, or as it is when the time is over or the caller is gone. */
  const waited = async (caller: Caller, id: string, seconds: number, gone: AbortSignal): Promise<RunSummary> => {
    const { workspaceId } = caller.endpoint;
    const before = runs.summary(workspaceId, id);
    if (isFinal(before.status)) return before;
    const signal = AbortSignal.any([gone, AbortSignal.timeout(seconds * 1_000)]);
    for await (const event of runs.subscribe(id, Number.MAX_SAFE_INTEGER, signal)) void event;
    return runs.summary(workspaceId, id);
  };

  const endedView = (caller: Caller, run: StartedRun, { status, error, headline }: RunSummary): z.output<typeof ended> => ({
    ...startedView(run),
    status,
    error: error && { code: error.code, message: error.message },
    headline,
    outputs: runs
      .get(caller.endpoint.workspaceId, run.id)
      .steps.flatMap(({ node, name, outputs }) =>
        outputs.map(({ port, kind, hash, rowCount }) => ({ node, name, port, kind, hash, rowCount: rowCount ?? null })),
      ),
  });

  const callRoute = (path: '/pipeline-endpoints/{id}/runs' | '/triggers/{id}/runs') =>
    createRoute({
      method: 'post',
      path,
      tags,
      summary: path.startsWith('/triggers') ? 'Start a run, by the older address' : 'Start a run',
      description,
      security: [{ triggerToken: [] }],
      middleware: [authenticated] as const,
      request: { params: byId, query, headers: idempotencyKey, ...body(callBody) },
      responses: {
        200: json(ended, 'It ended within the time that the call waited.'),
        202: json(started.extend({ Id: z.string().optional() }), 'Started; the run is saved.'),
      },
    });
  const azureRoute = (path: '/PipelineRuns/PipelineSubmit/{id}' | '/PipelineRuns/PipelineEndpointSubmit/Id/{id}') =>
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Start a run, as callers of Azure’s published pipelines do',
      description,
      security: [{ triggerToken: [] }],
      middleware: [authenticated] as const,
      request: { params: byId, headers: idempotencyKey, ...body(callBody) },
      responses: { 200: json(z.object({ Id: z.string() }), 'Started; the run is saved.') },
    });

  const answer = async (c: Context, inputs: CallInputs, { key, wait }: { key: string | undefined; wait: number }) => {
    const run = await start(c, inputs, key);
    if (wait > 0) {
      const caller = callerOf(c);
      const summary = await waited(caller, run.id, wait, c.req.raw.signal);
      if (isFinal(summary.status)) return c.json(endedView(caller, run, summary), 200);
    }
    return c.json({ ...startedView(run), ...(inputs.azure ? { Id: run.id } : {}) }, 202);
  };

  return router()
    .openapi(callRoute('/pipeline-endpoints/{id}/runs'), (c) =>
      answer(c, readCall(c.req.valid('json')), { key: c.req.valid('header')['idempotency-key'], wait: c.req.valid('query').wait }),
    )
    .openapi(callRoute('/triggers/{id}/runs'), (c) =>
      answer(c, readCall(c.req.valid('json')), { key: c.req.valid('header')['idempotency-key'], wait: c.req.valid('query').wait }),
    )
    .openapi(azureRoute('/PipelineRuns/PipelineSubmit/{id}'), async (c) =>
      c.json({ Id: (await start(c, readCall(c.req.valid('json')), c.req.valid('header')['idempotency-key'])).id }, 200),
    )
    .openapi(azureRoute('/PipelineRuns/PipelineEndpointSubmit/Id/{id}'), async (c) =>
      c.json({ Id: (await start(c, readCall(c.req.valid('json')), c.req.valid('header')['idempotency-key'])).id }, 200),
    );
};
