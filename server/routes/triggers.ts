import { createRoute, z } from '@hono/zod-openapi';
import type { Page } from '../assets/pages.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { PipelineEndpointView } from '../pipeline-endpoints/pipeline-endpoints.ts';
import type { Services } from '../services.ts';
import { body, byId, json, none, paging, parameterValues, router, typed } from './router.ts';

const tags = ['Triggers'];
/** A pipeline endpoint by its older name: what follows the pipeline as it is saved, with one token. */
type TriggerView = PipelineEndpointView;
const trigger = typed<TriggerView>('A trigger.');
const name = z.string().trim().min(1).max(200);

/** Runs that an HTTPS request asks for. The calls themselves are those of pipeline endpoints. */
export const triggerRoutes = ({ pipelineEndpoints }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/triggers',
        tags,
        summary: 'Triggers, the newest first',
        middleware: permit('read', 'trigger'),
        request: { query: paging },
        responses: { 200: json(typed<Page<TriggerView>>('A page.'), 'A page of pipelineEndpoints.') },
      }),
      (c) => c.json(pipelineEndpoints.list(workspaceOf(c.get('principal')), c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/triggers',
        tags,
        summary: 'Make a trigger',
        middleware: permit('write', 'trigger'),
        request: body(z.strictObject({ name, pipelineId: z.string().min(1).max(100), parameters: parameterValues.default({}) })),
        responses: { 201: json(typed<TriggerView & { token: string }>('The token is shown here and never again.'), 'Made.') },
      }),
      (c) => c.json(pipelineEndpoints.create(workspaceOf(c.get('principal')), c.req.valid('json')), 201),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/triggers/{id}',
        tags,
        summary: 'A trigger',
        middleware: permit('read', 'trigger'),
        request: { params: byId },
        responses: { 200: json(trigger, 'The trigger.') },
      }),
      (c) => c.json(pipelineEndpoints.get(workspaceOf(c.get('principal')), c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/triggers/{id}',
        tags,
        summary: 'Change, pause or resume a trigger',
        middleware: permit('write', 'trigger'),
        request: { params: byId, ...body(z.strictObject({ name: name.optional(), parameters: parameterValues.optional(), enabled: z.boolean().optional() })) },
        responses: { 200: json(trigger, 'Changed.') },
      }),
      (c) => c.json(pipelineEndpoints.change(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/triggers/{id}',
        tags,
        summary: 'Delete a trigger',
        middleware: permit('write', 'trigger'),
        request: { params: byId },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        pipelineEndpoints.remove(workspaceOf(c.get('principal')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/triggers/{id}/rotate',
        tags,
        summary: 'A new token; the old one stops working',
        middleware: permit('write', 'trigger'),
        request: { params: byId },
        responses: { 200: json(z.object({ token: z.string() }), 'Shown here and never again.') },
      }),
      (c) => {
        const { id, workspaceId } = pipelineEndpoints.row(workspaceOf(c.get('principal')), c.req.valid('param').id);
        return c.json(pipelineEndpoints.tokens.replaceAll(workspaceId, id), 200);
      },
    );
