import { createRoute, z } from '@hono/zod-openapi';
import { permit, workspaceOf } from '../auth/guard.ts';
import { alertRule, type AlertRule } from '../monitoring/alert-rules.ts';
import { ALERT_FIGURES, type AlertFigure } from '../monitoring/alert-words.ts';
import { checkColumn, type AlertEventView, type AlertView } from '../monitoring/alerts.ts';
import type { MonitoringReport } from '../monitoring/monitoring.ts';
import { predictionLineage, type PredictionLineage } from '../monitoring/prediction-lineage.ts';
import type { LoggedRow, Realised } from '../monitoring/request-log.ts';
import type { Services } from '../services.ts';
import type { EndpointRow } from '../serving/endpoint-records.ts';
import { mostTraffic } from '../serving/endpoint-views.ts';
import { body, json, none, router, typed } from './router.ts';

const tags = ['Endpoint monitoring'];
const params = z.object({ name: z.string().min(1).max(63) });
const ofAlert = params.extend({ id: z.string().min(1).max(100) });
const HOUR = 3_600_000;
const LENGTHS = { hour: HOUR, day: 24 * HOUR, week: 168 * HOUR, month: 720 * HOUR };
const range = z.enum(['hour', 'day', 'week', 'month']).default('day');
const limit = z.coerce.number().int().min(1).max(200).default(50);
const name = z.string().trim().min(1).max(200);

/** Drift, logged requests, truths and alerts of endpoints. */
export const endpointMonitoringRoutes = ({ deployments, monitoring, pipelines, clock, database, store, catalog }: Services) => {
  const rowOf = (workspaceId: string, endpoint: string) => deployments.records.get(workspaceId, endpoint);
  const check = (endpoint: EndpointRow, rule: AlertRule | undefined): void => {
    if (!rule) return;
    if (rule.pipelineId !== null) pipelines.get(endpoint.workspaceId, rule.pipelineId);
    checkColumn(rule, [...new Set(deployments.records.deployments(endpoint.id).flatMap(({ signature }) => signature.inputs.map((input) => input.name)))]);
  };
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/monitoring',
        tags,
        summary: 'Drift and data quality against the training rows',
        middleware: permit('read', 'endpoint'),
        request: { params, query: z.object({ range, deployment: z.string().min(1).max(100).optional() }) },
        responses: { 200: json(typed<MonitoringReport>('deployment, since, drift'), 'The report.') },
      }),
      (c) => {
        const { range: length, deployment } = c.req.valid('query');
        const row = rowOf(workspaceOf(c.get('principal')), c.req.valid('param').name);
        return c.json(monitoring.report(row, clock.now() - LENGTHS[length], deployment ?? null), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/requests',
        tags,
        summary: 'Logged rows, the newest first',
        middleware: permit('read', 'endpoint'),
        request: { params, query: z.object({ limit }) },
        responses: { 200: json(typed<{ items: LoggedRow[] }>('items'), 'Rows.') },
      }),
      (c) => c.json({ items: monitoring.requests.list(rowOf(workspaceOf(c.get('principal')), c.req.valid('param').name).id, c.req.valid('query').limit) }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/requests/{requestId}/lineage',
        tags,
        summary: 'From one answer back to all that it came from',
        description:
          'Deployment, registered model versions, run, pipeline version and dataset versions, by the x-request-id of the answer. 404 for a request that the log does not hold.',
        middleware: permit('read', 'endpoint'),
        request: { params: params.extend({ requestId: z.string().min(1).max(100) }) },
        responses: { 200: json(typed<PredictionLineage>('deployment, models, run, pipeline, datasets'), 'The lineage.') },
      }),
      (c) => {
        const { name: endpoint, requestId } = c.req.valid('param');
        const row = rowOf(workspaceOf(c.get('principal')), endpoint);
        return c.json(predictionLineage({ db: database, store, catalog }, deployments.records, row, requestId), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/endpoints/{name}/requests',
        tags,
        summary: 'Delete all logged rows',
        middleware: permit('write', 'endpoint'),
        request: { params },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        monitoring.requests.remove(rowOf(workspaceOf(c.get('principal')), c.req.valid('param').name).id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/endpoints/{name}/truth',
        tags,
        summary: 'Tell how it really was',
        description: 'By the x-request-id of the answer and the row within it. Only rows that the request log kept can be found.',
        middleware: permit('write', 'endpoint'),
        request: {
          params,
          ...body(
            z.strictObject({
              items: z
                .array(
                  z.strictObject({
                    requestId: z.string().min(1).max(100),
                    row: z.int().min(0).default(0),
                    value: z.union([z.string().max(1_000), z.number(), z.boolean()]),
                  }),
                )
                .min(1)
                .max(10_000),
            }),
          ),
        },
        responses: { 200: json(z.object({ matched: z.number(), unknown: z.number() }), 'Told.') },
      }),
      (c) =>
        c.json(monitoring.requests.tell(rowOf(workspaceOf(c.get('principal')), c.req.valid('param').name).id, c.req.valid('json').items, clock.now()), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/realised',
        tags,
        summary: 'How right the answers were, day by day',
        middleware: permit('read', 'endpoint'),
        request: { params, query: z.object({ range: z.enum(['week', 'month']).default('month') }) },
        responses: { 200: json(typed<{ items: Realised[] }>('items'), 'Days.') },
      }),
      (c) => {
        const row = rowOf(workspaceOf(c.get('principal')), c.req.valid('param').name);
        const regression = mostTraffic(deployments.records.deployments(row.id))?.task === 'regression';
        return c.json({ items: monitoring.requests.realised(row.id, clock.now() - LENGTHS[c.req.valid('query').range], regression) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/alerts',
        tags,
        summary: 'Alerts, and what came of them',
        description: '`figures` is what an alert can be about. `mailFrom` is the sender of alerts by mail; null: the installation has no mail server.',
        middleware: permit('read', 'endpoint'),
        request: { params, query: z.object({ limit }) },
        responses: {
          200: json(
            typed<{ items: AlertView[]; history: AlertEventView[]; figures: readonly AlertFigure[]; mailFrom: string | null }>(
              'items, history, figures, mailFrom',
            ),
            'Alerts.',
          ),
        },
      }),
      (c) => {
        const { id } = rowOf(workspaceOf(c.get('principal')), c.req.valid('param').name);
        const { alerts } = monitoring;
        return c.json(
          { items: alerts.list(id), history: alerts.history(id, c.req.valid('query').limit), figures: ALERT_FIGURES, mailFrom: alerts.mailFrom },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/endpoints/{name}/alerts',
        tags,
        summary: 'Make an alert',
        description: 'The secret of its webhook is in this answer and never again. Messages are signed by Standard Webhooks.',
        middleware: permit('write', 'endpoint'),
        request: { params, ...body(z.strictObject({ name, rule: alertRule })) },
        responses: { 201: json(typed<AlertView & { secret: string | null }>('The alert.'), 'Made.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const wanted = c.req.valid('json');
        const row = rowOf(workspaceId, c.req.valid('param').name);
        check(row, wanted.rule);
        return c.json(monitoring.alerts.create(row, wanted), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/endpoints/{name}/alerts/{id}',
        tags,
        summary: 'Change, pause or resume an alert',
        middleware: permit('write', 'endpoint'),
        request: { params: ofAlert, ...body(z.strictObject({ name: name.optional(), enabled: z.boolean().optional(), rule: alertRule.optional() })) },
        responses: { 200: json(typed<AlertView>('The alert.'), 'Changed.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const change = c.req.valid('json');
        const { name: endpoint, id } = c.req.valid('param');
        const row = rowOf(workspaceId, endpoint);
        check(row, change.rule);
        return c.json(monitoring.alerts.change(row, id, change), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/endpoints/{name}/alerts/{id}',
        tags,
        summary: 'Delete an alert',
        middleware: permit('write', 'endpoint'),
        request: { params: ofAlert },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        const { name: endpoint, id } = c.req.valid('param');
        monitoring.alerts.remove(rowOf(workspaceOf(c.get('principal')), endpoint), id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/endpoints/{name}/alerts/{id}/test',
        tags,
        summary: 'Send what the alert would send',
        middleware: permit('write', 'endpoint'),
        request: { params: ofAlert },
        responses: { 200: json(typed<AlertEventView>('What came of it.'), 'Tried.') },
      }),
      async (c) => {
        const { name: endpoint, id } = c.req.valid('param');
        const row = rowOf(workspaceOf(c.get('principal')), endpoint);
        return c.json(await monitoring.alerts.test(row, id), 200);
      },
    );
};
