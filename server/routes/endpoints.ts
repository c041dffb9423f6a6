import { createRoute, z } from '@hono/zod-openapi';
import type { Page } from '../assets/pages.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import { can } from '../auth/principal.ts';
import { bearerOf } from '../auth/secrets.ts';
import { AppError, notFound } from '../errors.ts';
import type { Services } from '../services.ts';
import type { EndpointKeys } from '../serving/endpoint-records.ts';
import { endpointDocument, endpointPage, endpointView, scoreUrl, type EndpointView } from '../serving/endpoint-views.ts';
import { ownBatch, readOwn, writeOwn } from '../serving/protocols/own.ts';
import { body, json, none, paging, router, typed } from './router.ts';

const tags = ['Endpoints'];
const name = z.string().min(1).max(63);
const params = z.object({ name });
const endpoint = typed<EndpointView>('An endpoint with its deployments, columns and traffic.');
const keys = typed<EndpointKeys>('primary, secondary');

/** Real-time endpoints: their state, keys and deployments. */
export const endpointRoutes = ({ deployments, runs }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints',
        tags,
        summary: 'Endpoints by name',
        middleware: permit('read', 'endpoint'),
        request: { query: paging },
        responses: { 200: json(typed<Page<EndpointView>>('A page.'), 'A page of endpoints.') },
      }),
      (c) => c.json(endpointPage(deployments, workspaceOf(c.get('principal')), c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}',
        tags,
        summary: 'An endpoint',
        middleware: permit('read', 'endpoint'),
        request: { params },
        responses: { 200: json(endpoint, 'The endpoint.') },
      }),
      (c) => c.json(endpointView(deployments, deployments.records.get(workspaceOf(c.get('principal')), c.req.valid('param').name)), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/openapi.json',
        tags,
        summary: 'The OpenAPI document of one endpoint',
        middleware: permit('read', 'endpoint'),
        request: { params },
        responses: { 200: json(typed<Record<string, unknown>>('OpenAPI 3.1.'), 'For client generators.') },
      }),
      (c) => {
        const view = endpointView(deployments, deployments.records.get(workspaceOf(c.get('principal')), c.req.valid('param').name));
        return c.json(endpointDocument(view, new URL(c.req.url).origin), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/endpoints/{name}/key',
        tags,
        summary: 'The keys of an endpoint (signed-in persons only)',
        middleware: permit('reveal', 'endpoint'),
        request: { params },
        responses: { 200: json(keys, 'Both keys.') },
      }),
      (c) => {
        c.header('cache-control', 'no-store');
        return c.json(deployments.keys(workspaceOf(c.get('principal')), c.req.valid('param').name), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/endpoints/{name}/keys/rotate',
        tags,
        summary: 'A new key; the old one stops working',
        middleware: permit('reveal', 'endpoint'),
        request: { params, ...body(z.strictObject({ which: z.enum(['primary', 'secondary']) })) },
        responses: { 200: json(keys, 'Both keys.') },
      }),
      (c) => {
        c.header('cache-control', 'no-store');
        return c.json(deployments.rotate(workspaceOf(c.get('principal')), c.req.valid('param').name, c.req.valid('json').which), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/endpoints/{name}/rollback',
        tags,
        summary: 'Go back to the deployment before',
        middleware: permit('write', 'endpoint'),
        request: { params },
        responses: { 200: json(endpoint, 'Rolled back.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { name } = c.req.valid('param');
        await deployments.rollback(workspaceId, name);
        return c.json(endpointView(deployments, deployments.records.get(workspaceId, name)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/endpoints/{name}',
        tags,
        summary: 'Delete an endpoint',
        middleware: permit('write', 'endpoint'),
        request: { params },
        responses: { 204: none('Deleted.') },
      }),
      async (c) => {
        await deployments.remove(workspaceOf(c.get('principal')), c.req.valid('param').name);
        runs.sweep();
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/endpoints/{name}/deployments/{deployment}',
        tags,
        summary: 'Delete a deployment that does not answer',
        middleware: permit('write', 'endpoint'),
        request: { params: params.extend({ deployment: z.string().min(1).max(100) }) },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        const { name, deployment } = c.req.valid('param');
        deployments.removeDeployment(workspaceOf(c.get('principal')), name, deployment);
        runs.sweep();
        return c.body(null, 204);
      },
    );

/** Our own form, or Azure's. */
export type ScoreView =
  | { readonly results: readonly Record<string, string | number | boolean | null>[]; readonly deployment: string }
  | { readonly Results: { readonly WebServiceOutput0: readonly Record<string, string | number | boolean | null>[] } };

/** Not checked here: the model's own columns are the schema, and `toBatch` names what is wrong with them. */
const rowsBody = z.custom<unknown>().openapi({
  type: ['object', 'array'],
  description: 'The rows, in one of three forms.',
  oneOf: [
    { type: 'object', required: ['rows'], properties: { rows: { type: 'array', items: { type: 'object' } } } },
    { type: 'array', items: { type: 'object' } },
    { type: 'object', required: ['Inputs'], properties: { Inputs: { type: 'object' }, GlobalParameters: { type: 'object' } } },
  ],
});

const SCORE_CREDENTIALS: Record<string, string[]>[] = [{ endpointKey: [] }, { apiToken: [] }, { session: [] }];

/** Scoring: an own sub-app, since its credentials are the endpoint's keys. */
export const scoreRoutes = ({ deployments }: Services) =>
  router().openapi(
    createRoute({
      method: 'post',
      path: '/endpoints/{name}/score',
      tags,
      summary: 'Score rows',
      description:
        'Authorization: Bearer with one of the endpoint’s keys, an API token, or the session. Up to 10,000 rows and 8 MB. Azure ML’s {"Inputs": {"WebServiceInput0": […]}} is answered in Azure’s form.',
      security: SCORE_CREDENTIALS,
      request: { params, ...body(rowsBody) },
      responses: { 200: json(typed<ScoreView>('One result a row.'), 'Scored.') },
    }),
    async (c) => {
      const started = performance.now();
      const { name } = c.req.valid('param');
      const row = deployments.at(name);
      const principal = c.get('principal');
      if (principal.kind === 'anonymous') {
        const secret = bearerOf(c.req.header('authorization'));
        if (secret === null || !row || !deployments.holdsKey(row, secret)) {
          throw new AppError(401, `Send one of the keys of this endpoint as "Authorization: Bearer mwe_…" to ${scoreUrl(name)}.`, {
            code: 'endpoint_key',
            headers: { 'www-authenticate': 'Bearer realm="modelwright endpoint"' },
          });
        }
      } else if (!row || !can(principal, 'score', { kind: 'endpoint', workspaceId: row.workspaceId })) {
        throw notFound('endpoint', name);
      }
      const request = readOwn(c.req.valid('json'));
      const answer = await deployments.score(row, { read: (signature) => ownBatch(request, signature) });
      c.header('x-modelwright-milliseconds', (performance.now() - started).toFixed(3));
      return c.body(writeOwn(request.form, answer), 200, { 'content-type': 'application/json' }) as never;
    },
  );
