import { createRoute, z } from '@hono/zod-openapi';
import { permit, starterOf, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import type { EndpointEventView } from '../serving/endpoint-events.ts';
import { autoRollbackSettings, deploymentSettings, requestLogSettings } from '../serving/endpoint-settings.ts';
import { endpointView, type EndpointView } from '../serving/endpoint-views.ts';
import { HOUR, MINUTE, type TrafficPoint } from '../serving/traffic-book.ts';
import { assetName, body, json, router, typed } from './router.ts';

const tags = ['Endpoints'];
const params = z.object({ name: z.string().min(1).max(63) });
const deploymentName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'Lower-case letters, digits and "-" only.');
const ofDeployment = params.extend({ deployment: z.string().min(1).max(100) });
const changed = { 200: json(typed<EndpointView>('The endpoint.'), 'Changed.') };

const id = z.string().min(1).max(100);
const source = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pipeline'), pipelineId: id }),
  z.strictObject({ type: z.literal('run'), runId: id, node: id.nullable().default(null) }),
  z.strictObject({ type: z.literal('model'), name: assetName, version: z.string().min(1).max(50).default('latest') }),
]);
const RANGES = {
  hour: { for: HOUR, span: 'minute', step: MINUTE },
  day: { for: 24 * HOUR, span: 'minute', step: 15 * MINUTE },
  week: { for: 168 * HOUR, span: 'hour', step: HOUR },
  month: { for: 720 * HOUR, span: 'hour', step: 6 * HOUR },
} as const;

/** Deployments of an endpoint: made of pipelines, runs and registered models, and how traffic is split among them. */
export const endpointDeploymentRoutes = ({ deployments, pipelines, clock }: Services) => {
  const view = (workspaceId: string, name: string): EndpointView => endpointView(deployments, deployments.records.get(workspaceId, name));
  return router()
    .openapi(
      createRoute({
        method: 'post',
        path: '/endpoints/{name}/deployments',
        tags,
        summary: 'Deploy a pipeline, a run or a registered model',
        description: 'A name that is new makes an endpoint. The model is loaded and has scored before it takes traffic.',
        middleware: permit('write', 'endpoint'),
        request: {
          params,
          ...body(
            z.strictObject({
              source,
              name: deploymentName.nullable().default(null),
              mode: z.enum(['live', 'shadow']).default('live'),
              weight: z.int().min(0).max(100).default(100),
              settings: deploymentSettings.partial().default({}),
            }),
          ),
        },
        responses: { 201: json(typed<EndpointView>('The endpoint.'), 'Serving.') },
      }),
      async (c) => {
        const principal = c.get('principal');
        const workspaceId = workspaceOf(principal);
        const { name } = c.req.valid('param');
        const { source: from, ...plan } = c.req.valid('json');
        const { sources } = deployments;
        const made =
          from.type === 'pipeline'
            ? await sources.ofPipeline(pipelines.get(workspaceId, from.pipelineId))
            : from.type === 'run'
              ? await sources.ofRun(workspaceId, from.runId, from.node)
              : await sources.ofModel(workspaceId, from.name, from.version);
        await deployments.deploy(workspaceId, name, made, plan, starterOf(principal).name);
        return c.json(view(workspaceId, name), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/endpoints/{name}/traffic',
        tags,
        summary: 'Split the traffic among deployments',
        description: 'Whole percents by the names of deployments, which sum to 100. Who is not named gets none.',
        middleware: permit('write', 'endpoint'),
        request: { params, ...body(z.strictObject({ weights: z.record(z.string().min(1).max(100), z.int().min(0).max(100)) })) },
        responses: changed,
      }),
      async (c) => {
        const principal = c.get('principal');
        const { name } = c.req.valid('param');
        await deployments.setTraffic(workspaceOf(principal), name, c.req.valid('json').weights, starterOf(principal).name);
        return c.json(view(workspaceOf(principal), name), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/endpoints/{name}/deployments/{deployment}/promote',
        tags,
        summary: 'Give one deployment all traffic',
        middleware: permit('write', 'endpoint'),
        request: { params: ofDeployment },
        responses: changed,
      }),
      async (c) => {
        const principal = c.get('principal');
        const { name, deployment } = c.req.valid('param');
        await deployments.promote(workspaceOf(principal), name, deployment, starterOf(principal).name);
        return c.json(view(workspaceOf(principal), name), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/endpoints/{name}/deployments/{deployment}',
        tags,
        summary: 'Change workers and limits, start or stop it, or make it a shadow',
        middleware: permit('write', 'endpoint'),
        request: {
          params: ofDeployment,
          ...body(z.strictObject({ settings: deploymentSettings.partial().optional(), shadow: z.boolean().optional(), running: z.boolean().optional() })),
        },
        responses: changed,
      }),
      async (c) => {
        const principal = c.get('principal');
        const workspaceId = workspaceOf(principal);
        const { name, deployment } = c.req.valid('param');
        const { settings, shadow, running } = c.req.valid('json');
        const by = starterOf(principal).name;
        if (settings) await deployments.changeDeployment(workspaceId, name, deployment, settings, by);
        if (shadow !== undefined) await deployments.setShadow(workspaceId, name, deployment, shadow, by);
        if (running !== undefined) await deployments.setRunning(workspaceId, name, deployment, running, by);
        return c.json(view(workspaceId, name), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/endpoints/{name}',
        tags,
        summary: 'Change automatic rollback and the request log, pause or resume',
        description: 'Paused, an endpoint answers 503 in every protocol and holds no process, until it is resumed.',
        middleware: permit('write', 'endpoint'),
        request: {
          params,
          ...body(z.strictObject({ autoRollback: autoRollbackSettings.optional(), requestLog: requestLogSettings.optional(), paused: z.boolean().optional() })),
        },
        responses: changed,
      }),
      async (c) => {
        const principal = c.get('principal');
        const { name } = c.req.valid('param');
        const { paused, ...settings } = c.req.valid('json');
        const by = starterOf(principal).name;
        if (Object.keys(settings).length > 0) deployments.changeSettings(workspaceOf(principal), name, settings, by);
        if (paused !== undefined) await deployments.setPaused(workspaceOf(principal), name, paused, by);
        return c.json(view(workspaceOf(principal), name), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/events',
        tags,
        summary: 'What happened to an endpoint, the newest first',
        middleware: permit('read', 'endpoint'),
        request: { params, query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50), before: id.optional() }) },
        responses: { 200: json(typed<{ items: EndpointEventView[] }>('items'), 'Events.') },
      }),
      (c) => {
        const { limit, before } = c.req.valid('query');
        const { id: endpointId } = deployments.records.get(workspaceOf(c.get('principal')), c.req.valid('param').name);
        return c.json({ items: deployments.events.list(endpointId, limit, before) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/traffic',
        tags,
        summary: 'Requests, errors and latencies over time, by deployment',
        middleware: permit('read', 'endpoint'),
        request: { params, query: z.object({ range: z.enum(['hour', 'day', 'week', 'month']).default('hour') }) },
        responses: { 200: json(typed<TrafficHistory>('step in milliseconds, deployments'), 'Points.') },
      }),
      (c) => {
        const { for: length, span, step } = RANGES[c.req.valid('query').range];
        const rows = deployments.records.deployments(deployments.records.get(workspaceOf(c.get('principal')), c.req.valid('param').name).id);
        const since = clock.now() - length;
        const answer = new Set(rows.filter(({ mode }) => mode === 'live').map((row) => row.id));
        const { each, together } = deployments.traffic.history(rows, { since, span, step, answer });
        const history: TrafficHistory = {
          since: new Date(since).toISOString(),
          until: new Date(clock.now()).toISOString(),
          step,
          together,
          deployments: rows.map(({ id: of, name }) => ({ name, points: each.get(of) ?? [] })),
        };
        return c.json(history, 200);
      },
    );
};

export interface TrafficHistory {
  readonly since: string;
  readonly until: string;
  /** Milliseconds. */
  readonly step: number;
  /** All deployments that answer. */
  readonly together: readonly TrafficPoint[];
  readonly deployments: readonly { readonly name: string; readonly points: readonly TrafficPoint[] }[];
}
