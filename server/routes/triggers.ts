import { createRoute, z } from '@hono/zod-openapi';
import type { Page } from '../assets/pages.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import { bearerOf } from '../auth/secrets.ts';
import type { TriggerView } from '../scheduler/triggers.ts';
import type { Services } from '../services.ts';
import { body, byId, idempotencyKey, json, none, paging, parameterValues, router, started, startedView, typed } from './router.ts';

const tags = ['Triggers'];
const trigger = typed<TriggerView>('A trigger.');
const name = z.string().trim().min(1).max(200);

/** Runs that an HTTPS request asks for. */
export const triggerRoutes = ({ triggers }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/triggers',
        tags,
        summary: 'Triggers, the newest first',
        middleware: permit('read', 'trigger'),
        request: { query: paging },
        responses: { 200: json(typed<Page<TriggerView>>('A page.'), 'A page of triggers.') },
      }),
      (c) => c.json(triggers.list(workspaceOf(c.get('principal')), c.req.valid('query')), 200),
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
      (c) => c.json(triggers.create(workspaceOf(c.get('principal')), c.req.valid('json')), 201),
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
      (c) => c.json(triggers.get(workspaceOf(c.get('principal')), c.req.valid('param').id), 200),
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
      (c) => c.json(triggers.change(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.valid('json')), 200),
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
        triggers.remove(workspaceOf(c.get('principal')), c.req.valid('param').id);
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
      (c) => c.json(triggers.rotate(workspaceOf(c.get('principal')), c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/triggers/{id}/runs',
        tags,
        summary: 'Start a run with the trigger’s own token',
        description:
          'Authorization: Bearer with the token of this trigger. Takes values for the pipeline’s parameters and nothing else. Send an Idempotency-Key to be able to repeat a call.',
        security: [{ triggerToken: [] }],
        request: { params: byId, headers: idempotencyKey, ...body(z.strictObject({ parameters: parameterValues.default({}) })) },
        responses: { 202: json(started, 'Started; the run is saved.') },
      }),
      async (c) => {
        const run = await triggers.call(c.req.valid('param').id, bearerOf(c.req.header('authorization')), {
          parameters: c.req.valid('json').parameters,
          idempotencyKey: c.req.valid('header')['idempotency-key'],
        });
        return c.json(startedView(run), 202);
      },
    );
