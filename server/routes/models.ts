import { createRoute, z } from '@hono/zod-openapi';
import { MODEL_NAME, type ModelDetail, type ModelListed } from '../assets/models.ts';
import type { Page } from '../assets/pages.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { body, json, none, paging, router, typed } from './router.ts';

const tags = ['Models'];
const params = z.object({ name: z.string().regex(MODEL_NAME) });

/** The registry of models. */
export const modelRoutes = ({ models, artifacts, runs }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/models',
        tags,
        summary: 'Models by name',
        middleware: permit('read', 'model'),
        request: { query: paging },
        responses: { 200: json(typed<Page<ModelListed>>('A page.'), 'A page of models.') },
      }),
      (c) => c.json(models.list(workspaceOf(c.get('principal')), c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/models',
        tags,
        summary: 'Register the model that a step made',
        middleware: permit('write', 'model'),
        request: body(
          z.strictObject({
            name: z.string().regex(MODEL_NAME, 'Begin with a letter or digit; letters, digits, ".", "_" and "-" only.'),
            description: z.string().max(1_000).default(''),
            hash: z.string().regex(/^[0-9a-f]{64}$/),
          }),
        ),
        responses: { 201: json(z.object({ name: z.string(), version: z.number().int() }), 'Registered.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { name, description, hash } = c.req.valid('json');
        return c.json(models.register(workspaceId, name, description, artifacts.get(workspaceId, hash), { runId: null, runNumber: null, headline: null }), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/models/{name}',
        tags,
        summary: 'A model with its versions',
        middleware: permit('read', 'model'),
        request: { params },
        responses: { 200: json(typed<ModelDetail>('A model.'), 'The model.') },
      }),
      (c) => c.json(models.get(workspaceOf(c.get('principal')), c.req.valid('param').name), 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/models/{name}',
        tags,
        summary: 'Delete a model with all versions',
        middleware: permit('write', 'model'),
        request: { params },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        models.remove(workspaceOf(c.get('principal')), c.req.valid('param').name);
        runs.sweep();
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/models/{name}/versions/{version}',
        tags,
        summary: 'Delete a version of a model',
        middleware: permit('write', 'model'),
        request: { params: params.extend({ version: z.coerce.number().int().min(1) }) },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        const { name, version } = c.req.valid('param');
        models.removeVersion(workspaceOf(c.get('principal')), name, version);
        runs.sweep();
        return c.body(null, 204);
      },
    );
