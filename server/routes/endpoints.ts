import { createRoute, z } from '@hono/zod-openapi';
import type { Page } from '../assets/pages.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { EndpointKeys } from '../serving/endpoint-records.ts';
import { endpointPage, endpointView, type EndpointView } from '../serving/endpoint-views.ts';
import { endpointDocument } from '../serving/protocols/documents.ts';
import { body, json, none, paging, router, typed } from './router.ts';

const tags = ['Endpoints'];
const nameOf = (principal: Principal): string => (principal.kind === 'anonymous' ? '' : principal.name);
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
        const row = deployments.records.get(workspaceOf(c.get('principal')), c.req.valid('param').name);
        const all = deployments.records.deployments(row.id);
        const deployment = all.find((each) => each.weight > 0) ?? all[0];
        if (!deployment) throw new AppError(404, 'This endpoint has no deployment yet.', { code: 'not_found' });
        return c.json(endpointDocument({ name: row.name, origin: new URL(c.req.url).origin, deployment }), 200);
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
        return c.json(
          deployments.rotate(workspaceOf(c.get('principal')), c.req.valid('param').name, c.req.valid('json').which, nameOf(c.get('principal'))),
          200,
        );
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
        await deployments.rollback(workspaceId, name, nameOf(c.get('principal')));
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
        deployments.removeDeployment(workspaceOf(c.get('principal')), name, deployment, nameOf(c.get('principal')));
        runs.sweep();
        return c.body(null, 204);
      },
    );
