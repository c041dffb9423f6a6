import { createRoute, z } from '@hono/zod-openapi';
import type { Page } from '../assets/pages.ts';
import { permit, starterOf, workspaceOf } from '../auth/guard.ts';
import type { CallView } from '../pipeline-endpoints/call-history.ts';
import type { Delivery } from '../pipeline-endpoints/callbacks.ts';
import type { PipelineEndpointView } from '../pipeline-endpoints/pipeline-endpoints.ts';
import type { TokenView } from '../pipeline-endpoints/tokens.ts';
import type { Services } from '../services.ts';
import { body, byId, json, none, paging, parameterValues, router, typed } from './router.ts';
import { instant } from './schedule-bodies.ts';

const tags = ['Pipeline endpoints'];
const view = typed<PipelineEndpointView>('A pipeline endpoint.');
const withToken = typed<PipelineEndpointView & { token: string }>('The token is shown here and never again.');
const newToken = typed<TokenView & { token: string }>('The token is shown here and never again.');
const name = z.string().trim().min(1).max(200);
const text = z.string().max(2_000);
const published = z.strictObject({
  name: z.string().min(1).max(100),
  description: text.default(''),
  value: z.unknown().optional(),
  required: z.literal(true).optional(),
});
const expiresAt = instant.nullable().default(null);
const overlapSeconds = z
  .int()
  .min(0)
  .max(90 * 86_400)
  .default(86_400);
const byToken = z.object({ id: byId.shape.id, token: z.string().min(1).max(100) });
const byVersion = z.object({ id: byId.shape.id, version: z.coerce.number().int().min(1) });
const limit = z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) });

/** Pipelines that others may start: versions, tokens, signatures, callbacks and what was called. */
export const pipelineEndpointRoutes = ({ pipelineEndpoints, calls, callbacks }: Services) => {
  const own = (c: { get: (key: 'principal') => Parameters<typeof workspaceOf>[0] }, id: string) => pipelineEndpoints.row(workspaceOf(c.get('principal')), id);
  const route = <const M extends 'get' | 'post' | 'put' | 'patch' | 'delete', const P extends string>(method: M, path: P, summary: string) => ({
    method,
    path: `/pipeline-endpoints${path}` as const,
    tags,
    summary,
    middleware: permit(method === 'get' ? 'read' : 'write', 'trigger'),
  });
  return router()
    .openapi(
      createRoute({
        ...route('get', '', 'Pipeline endpoints, the newest first'),
        request: { query: paging },
        responses: { 200: json(typed<Page<PipelineEndpointView>>('A page.'), 'A page.') },
      }),
      (c) => c.json(pipelineEndpoints.list(workspaceOf(c.get('principal')), c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        ...route('post', '', 'Publish a pipeline'),
        request: body(
          z.strictObject({
            name,
            description: text.optional(),
            pipelineId: z.string().min(1).max(100),
            version: z.strictObject({ description: text.default(''), parameters: z.array(published).max(200).optional() }).optional(),
          }),
        ),
        responses: { 201: json(withToken, 'Published.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { version = { description: '' }, ...wanted } = c.req.valid('json');
        const made = pipelineEndpoints.create(workspaceId, wanted);
        try {
          const by = starterOf(c.get('principal')).name;
          return c.json({ ...pipelineEndpoints.publish(workspaceId, made.id, { ...version, makeDefault: true, by }), token: made.token }, 201);
        } catch (error) {
          pipelineEndpoints.remove(workspaceId, made.id);
          throw error;
        }
      },
    )
    .openapi(
      createRoute({ ...route('get', '/{id}', 'A pipeline endpoint'), request: { params: byId }, responses: { 200: json(view, 'The endpoint.') } }),
      (c) => c.json(pipelineEndpoints.get(workspaceOf(c.get('principal')), c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        ...route('patch', '/{id}', 'Change, pause or resume a pipeline endpoint'),
        request: {
          params: byId,
          ...body(
            z.strictObject({
              name: name.optional(),
              description: text.optional(),
              parameters: parameterValues.optional(),
              enabled: z.boolean().optional(),
              defaultVersion: z.int().min(1).nullable().optional(),
              callsPerMinute: z.int().min(1).max(1_000_000).nullable().optional(),
            }),
          ),
        },
        responses: { 200: json(view, 'Changed.') },
      }),
      (c) => c.json(pipelineEndpoints.change(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({ ...route('delete', '/{id}', 'Delete a pipeline endpoint'), request: { params: byId }, responses: { 204: none('Deleted.') } }),
      (c) => {
        pipelineEndpoints.remove(workspaceOf(c.get('principal')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...route('post', '/{id}/versions', 'Publish the pipeline as it is saved as the next version'),
        request: {
          params: byId,
          ...body(
            z.strictObject({ description: text.default(''), parameters: z.array(published).max(200).optional(), makeDefault: z.boolean().default(true) }),
          ),
        },
        responses: { 201: json(view, 'Published.') },
      }),
      (c) => {
        const by = starterOf(c.get('principal')).name;
        return c.json(pipelineEndpoints.publish(workspaceOf(c.get('principal')), c.req.valid('param').id, { ...c.req.valid('json'), by }), 201);
      },
    )
    .openapi(
      createRoute({
        ...route('patch', '/{id}/versions/{version}', 'Describe, disable or enable a version'),
        request: { params: byVersion, ...body(z.strictObject({ enabled: z.boolean().optional(), description: text.optional() })) },
        responses: { 200: json(view, 'Changed.') },
      }),
      (c) => {
        const { id, version } = c.req.valid('param');
        return c.json(pipelineEndpoints.changeVersion(workspaceOf(c.get('principal')), id, version, c.req.valid('json')), 200);
      },
    )
    .openapi(
      createRoute({
        ...route('post', '/{id}/tokens', 'Make a further token'),
        request: { params: byId, ...body(z.strictObject({ name, expiresAt })) },
        responses: { 201: json(newToken, 'Made.') },
      }),
      (c) => {
        const { id, workspaceId } = own(c, c.req.valid('param').id);
        return c.json(pipelineEndpoints.tokens.create(workspaceId, id, c.req.valid('json')), 201);
      },
    )
    .openapi(
      createRoute({
        ...route('post', '/{id}/tokens/{token}/rotate', 'A new token; the old one holds for a time'),
        request: { params: byToken, ...body(z.strictObject({ overlapSeconds, expiresAt })) },
        responses: { 201: json(newToken, 'Made.') },
      }),
      (c) => {
        const { id, token } = c.req.valid('param');
        return c.json(pipelineEndpoints.tokens.rotate(own(c, id).id, token, c.req.valid('json')), 201);
      },
    )
    .openapi(
      createRoute({
        ...route('delete', '/{id}/tokens/{token}', 'Delete a token; it stops working at once'),
        request: { params: byToken },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        const { id, token } = c.req.valid('param');
        pipelineEndpoints.tokens.remove(own(c, id).id, token);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...route('post', '/{id}/signing-secret', 'A new secret for signed calls; the old one holds for a time'),
        request: { params: byId, ...body(z.strictObject({ overlapSeconds })) },
        responses: { 201: json(z.object({ secret: z.string() }), 'Shown here and never again.') },
      }),
      (c) => c.json(pipelineEndpoints.newSigningSecret(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.valid('json').overlapSeconds), 201),
    )
    .openapi(
      createRoute({
        ...route('delete', '/{id}/signing-secret', 'Take no signed calls any more'),
        request: { params: byId },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        pipelineEndpoints.removeSigningSecret(workspaceOf(c.get('principal')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...route('put', '/{id}/callback', 'Where the ends of its runs are told'),
        request: { params: byId, ...body(z.strictObject({ url: z.string().min(1).max(2_000).nullable(), newSecret: z.boolean().default(false) })) },
        responses: { 200: json(z.object({ secret: z.string().nullable() }), 'Set. A new secret is shown here and never again.') },
      }),
      (c) => {
        const { url, newSecret } = c.req.valid('json');
        return c.json(pipelineEndpoints.setCallback(workspaceOf(c.get('principal')), c.req.valid('param').id, url, newSecret), 200);
      },
    )
    .openapi(
      createRoute({
        ...route('get', '/{id}/calls', 'Calls, the newest first'),
        request: { params: byId, query: limit },
        responses: { 200: json(typed<{ items: CallView[] }>('Calls.'), 'The newest calls.') },
      }),
      (c) => c.json({ items: calls.history.list(own(c, c.req.valid('param').id).id, c.req.valid('query').limit) }, 200),
    )
    .openapi(
      createRoute({
        ...route('get', '/{id}/callbacks', 'What its callback address was told, the newest first'),
        request: { params: byId, query: limit },
        responses: { 200: json(typed<{ items: Delivery[] }>('Deliveries.'), 'The newest deliveries.') },
      }),
      (c) => c.json({ items: callbacks.list(own(c, c.req.valid('param').id).id, c.req.valid('query').limit) }, 200),
    );
};
