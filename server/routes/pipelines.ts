import { createRoute, z } from '@hono/zod-openapi';
import type { Assets } from '#nodes/kit/define.ts';
import { checking, type PlacedIssue } from '#pipelines/check.ts';
import { createInference } from '#pipelines/scoring.ts';
import { serialize } from '#pipelines/serialize.ts';
import type { Scope } from '#pipelines/plan.ts';
import { runPolicy } from '#pipelines/policy.ts';
import type { Page } from '../assets/pages.ts';
import { RevisionConflict, type PipelineSummary, type PipelineView } from '../assets/pipelines.ts';
import { permit, starterOf, workspaceOf } from '../auth/guard.ts';
import { AppError } from '../errors.ts';
import type { RunSource } from '../executor/run-source.ts';
import type { PipelineState, PlanView } from '../executor/run-types.ts';
import type { Services } from '../services.ts';
import { refused } from '../serving/fusion.ts';
import { inSlices } from '../slices.ts';
import { body, byId, idempotencyKey, json, none, paging, parameterValues, router, started, startedView, typed } from './router.ts';

const tags = ['Pipelines'];
const pipeline = typed<PipelineView>('A pipeline with its document and revision.');
const documentBody = body(
  z.strictObject({
    document: z
      .unknown()
      .refine((value) => value !== undefined, 'The document is missing.')
      .openapi({ type: 'object' }),
  }),
);
const scopeKind = z.enum(['all', 'to', 'node', 'from']);
const nodeId = z.string().min(1).max(64);
const sourceKind = z.enum(['current', 'last', 'fresh', 'run']);
const runId = z.string().min(1).max(100);

function sourceOf(kind: z.output<typeof sourceKind> | undefined, run: string | undefined): RunSource | undefined {
  if (kind === undefined) return undefined;
  if (kind !== 'run') return { kind };
  if (run === undefined)
    throw new AppError(400, 'With the source "run" name the run.', { code: 'request_invalid', errors: [{ pointer: '/run', detail: 'Missing.' }] });
  return { kind, run };
}

function scopeOf(kind: z.output<typeof scopeKind>, node: string | undefined): Scope {
  if (kind === 'all') return { kind };
  if (node === undefined)
    throw new AppError(400, `With the scope "${kind}" name the node.`, { code: 'request_invalid', errors: [{ pointer: '/node', detail: 'Missing.' }] });
  return { kind, node };
}

/** The revision in If-Match. Throws 428 without one. */
function revisionOf(header: string | undefined): number {
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(header ?? '');
  if (header === undefined)
    throw new AppError(428, 'Send the revision that the change is based on as If-Match, such as If-Match: "3".', { code: 'if_match_missing' });
  if (!match) throw new AppError(400, 'If-Match must be the ETag of the pipeline, such as "3".', { code: 'if_match_invalid' });
  return Number(match[1]);
}

/** Saved pipelines: editing, checking, planning and running them. */
export const pipelineRoutes = ({ pipelines, rooms, runs, queries, catalog, workspaceAssets, deployments }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines',
        tags,
        summary: 'Pipelines, the newest first',
        middleware: permit('read', 'pipeline'),
        request: { query: paging.extend({ search: z.string().max(200).optional() }) },
        responses: { 200: json(typed<Page<PipelineSummary>>('A page.'), 'A page of pipelines.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        return c.json(
          pipelines.list(workspaceId, c.req.valid('query'), (id) => runs.newestRun(workspaceId, id)),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines',
        tags,
        summary: 'Make or import a pipeline',
        middleware: permit('write', 'pipeline'),
        request: documentBody,
        responses: { 201: json(pipeline, 'Made.') },
      }),
      (c) => c.json(pipelines.create(workspaceOf(c.get('principal')), pipelines.read(c.req.valid('json').document)), 201),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines/{id}',
        tags,
        summary: 'A pipeline',
        middleware: permit('read', 'pipeline'),
        request: { params: byId },
        responses: { 200: json(pipeline, 'The pipeline; its ETag is the revision.') },
      }),
      (c) => {
        const found = pipelines.get(workspaceOf(c.get('principal')), c.req.valid('param').id);
        c.header('etag', `"${found.revision}"`);
        return c.json(found, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/pipelines/{id}',
        tags,
        summary: 'Save over a revision',
        middleware: permit('write', 'pipeline'),
        request: { params: byId, ...documentBody },
        responses: {
          200: json(z.object({ revision: z.number().int(), updatedAt: z.string() }), 'Saved.'),
          412: json(pipeline, 'Someone else saved first: their pipeline.'),
        },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { id } = c.req.valid('param');
        try {
          const saved = pipelines.save(workspaceId, id, revisionOf(c.req.header('if-match')), pipelines.read(c.req.valid('json').document));
          rooms.tell(id, { type: 'saved', revision: saved.revision, by: starterOf(c.get('principal')).name });
          c.header('etag', `"${saved.revision}"`);
          return c.json(saved, 200);
        } catch (error) {
          if (!(error instanceof RevisionConflict)) throw error;
          c.header('etag', `"${error.current.revision}"`);
          return c.json(error.current, 412);
        }
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/pipelines/{id}',
        tags,
        summary: 'Delete a pipeline with its runs',
        middleware: permit('write', 'pipeline'),
        request: { params: byId },
        responses: { 204: none('Deleted.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { id } = c.req.valid('param');
        pipelines.get(workspaceId, id);
        await runs.stopPipeline(workspaceId, id);
        pipelines.remove(workspaceId, id);
        rooms.tell(id, { type: 'removed' });
        runs.sweep();
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines/{id}/export',
        tags,
        summary: 'The pipeline as a file',
        middleware: permit('read', 'pipeline'),
        request: { params: byId },
        responses: {
          200: {
            content: { 'application/json': { schema: typed<unknown>('A *.pipeline.json file.') } },
            description: 'Stable and sorted, so that it diffs well.',
          },
        },
      }),
      (c) => {
        const found = pipelines.get(workspaceOf(c.get('principal')), c.req.valid('param').id);
        const name = encodeURIComponent(`${found.name}.pipeline.json`).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
        return c.body(serialize(found.document), 200, {
          'content-type': 'application/json',
          'content-disposition': `attachment; filename*=UTF-8''${name}`,
        }) as never;
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/clone',
        tags,
        summary: 'Copy a pipeline',
        middleware: permit('write', 'pipeline'),
        request: { params: byId },
        responses: { 201: json(pipeline, 'The copy.') },
      }),
      (c) => c.json(pipelines.clone(workspaceOf(c.get('principal')), c.req.valid('param').id), 201),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/check',
        tags,
        summary: 'All that is wrong with a pipeline',
        middleware: permit('read', 'pipeline'),
        request: { params: byId },
        responses: { 200: json(typed<{ issues: PlacedIssue[] }>('issues'), 'Issues with their places.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { id } = c.req.valid('param');
        const { document } = pipelines.get(workspaceId, id);
        const observed = await runs.observed(workspaceId, id, document);
        const look = (assets: Assets) => inSlices(checking(document, { catalog, assets, observed }));
        return c.json({ issues: await queries.settle(workspaceAssets.schemas(workspaceId), look) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines/{id}/plan',
        tags,
        summary: 'What a run would do, and why',
        middleware: permit('read', 'pipeline'),
        request: {
          params: byId,
          query: z.object({ scope: scopeKind.default('all'), node: nodeId.optional(), source: sourceKind.optional(), run: runId.optional() }),
        },
        responses: { 200: json(typed<{ steps: PlanView[] }>('steps'), 'Steps in order.') },
      }),
      async (c) => {
        const { scope, node, source, run } = c.req.valid('query');
        const options = { source: sourceOf(source, run) };
        return c.json({ steps: await runs.plan(workspaceOf(c.get('principal')), c.req.valid('param').id, scopeOf(scope, node), options) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines/{id}/state',
        tags,
        summary: 'How the pipeline stands: last run, newest steps, true schemas',
        middleware: permit('read', 'pipeline'),
        request: { params: byId },
        responses: { 200: json(typed<PipelineState>('lastRun, steps, observed'), 'The state.') },
      }),
      async (c) => c.json(await runs.state(workspaceOf(c.get('principal')), c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/runs',
        tags,
        summary: 'Start a run',
        middleware: permit('run', 'pipeline'),
        request: {
          params: byId,
          headers: idempotencyKey,
          ...body(
            z.strictObject({
              scope: z.strictObject({ kind: scopeKind, node: nodeId.optional() }).optional(),
              parameters: parameterValues.optional(),
              source: z.strictObject({ kind: sourceKind, run: runId.optional() }).optional(),
              force: z.boolean().optional(),
              policy: runPolicy.optional(),
            }),
          ),
        },
        responses: { 202: json(started, 'Started; the run is saved.') },
      }),
      async (c) => {
        const principal = c.get('principal');
        const { scope, source, parameters, force, policy } = c.req.valid('json');
        const run = await runs.start({
          workspaceId: workspaceOf(principal),
          pipelineId: c.req.valid('param').id,
          scope: scopeOf(scope?.kind ?? 'all', scope?.node),
          source: sourceOf(source?.kind, source?.run),
          parameters: parameters ?? {},
          policy,
          force: force ?? false,
          startedBy: starterOf(principal),
          idempotencyKey: c.req.valid('header')['idempotency-key'],
        });
        return c.json(startedView(run), 202);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/inference',
        tags,
        summary: 'Create the inference pipeline of a training pipeline',
        description: 'Real-time: to be deployed. Batch: to be run over a dataset, which is a parameter, as is the name of the dataset of scores.',
        middleware: permit('write', 'pipeline'),
        request: { params: byId, ...body(z.strictObject({ model: nodeId.optional(), as: z.enum(['real-time', 'batch']).default('real-time') })) },
        responses: { 201: json(pipeline, 'A pipeline of kind inference, or batch.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { id } = c.req.valid('param');
        const { document } = pipelines.get(workspaceId, id);
        const observed = await runs.observed(workspaceId, id, document);
        const options = c.req.valid('json');
        const make = async (assets: Assets) => createInference(document, { catalog, assets, observed, ...options });
        const result = await queries.settle(workspaceAssets.schemas(workspaceId), make);
        if (result.document === null) throw refused(result.issues);
        return c.json(pipelines.create(workspaceId, result.document, id), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/deploy',
        tags,
        summary: 'Deploy an inference pipeline to an endpoint',
        middleware: permit('write', 'endpoint'),
        request: { params: byId, ...body(z.strictObject({ endpoint: z.string().min(1).max(63) })) },
        responses: { 201: json(z.object({ endpoint: z.string(), deployment: z.string() }), 'Serving.') },
      }),
      async (c) => {
        const principal = c.get('principal');
        const workspaceId = workspaceOf(principal);
        const pipeline = pipelines.get(workspaceId, c.req.valid('param').id);
        return c.json(await deployments.deployPipeline(pipeline, workspaceId, c.req.valid('json').endpoint, starterOf(principal).name), 201);
      },
    );
