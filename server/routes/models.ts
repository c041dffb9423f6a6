import { createRoute, z } from '@hono/zod-openapi';
import type { Page } from '../assets/pages.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import { modelAlias, modelName, modelTags } from '../models/names.ts';
import type { ModelDetail, ModelListed } from '../models/views.ts';
import type { Services } from '../services.ts';
import { artifactHash, asSwitch, body, json, none, paging, router, typed } from './router.ts';

const tags = ['Models'];
export const modelParams = z.object({ name: modelName });
const long = z.string().max(20_000);

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
        request: {
          query: paging.extend({
            search: z.string().max(100).optional().openapi({ description: 'Part of a name or of a tag.' }),
            task: z.enum(['two-class', 'multiclass', 'regression', 'clustering', 'anomaly']).optional(),
            archived: asSwitch.optional().openapi({ description: 'Those that are archived, and no others.' }),
          }),
        },
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
        description: 'A known name gets a new version. What is known of the run that made it comes along: data, pipeline and evaluations.',
        middleware: permit('write', 'model'),
        request: body(
          z.strictObject({
            name: modelName,
            description: z.string().max(1_000).default('').openapi({ description: 'Of a model that is new; of the version where the model is there already.' }),
            hash: artifactHash,
            aliases: z.array(modelAlias).max(20).default([]).openapi({ description: 'Each names the new version from then on.' }),
            tags: modelTags.default({}),
          }),
        ),
        responses: { 201: json(z.object({ name: z.string(), version: z.number().int() }), 'Registered.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { hash, ...request } = c.req.valid('json');
        return c.json(await models.register(workspaceId, request, artifacts.get(workspaceId, hash)), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/models/{name}',
        tags,
        summary: 'A model with its versions',
        middleware: permit('read', 'model'),
        request: { params: modelParams },
        responses: { 200: json(typed<ModelDetail>('A model.'), 'The model.') },
      }),
      async (c) => c.json(await models.get(workspaceOf(c.get('principal')), c.req.valid('param').name), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/models/{name}',
        tags,
        summary: 'Change what is written of a model, archive or restore it',
        description: '409 for archiving while a deployment or a pipeline uses it.',
        middleware: permit('write', 'model'),
        request: {
          params: modelParams,
          ...body(z.strictObject({ description: long.optional(), intendedUse: long.optional(), tags: modelTags.optional(), archived: z.boolean().optional() })),
        },
        responses: { 200: json(typed<ModelDetail>('A model.'), 'Changed.') },
      }),
      async (c) => c.json(await models.update(workspaceOf(c.get('principal')), c.req.valid('param').name, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/models/{name}',
        tags,
        summary: 'Delete a model with all versions',
        description: '409 while a deployment or a pipeline uses it.',
        middleware: permit('write', 'model'),
        request: { params: modelParams },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        models.remove(workspaceOf(c.get('principal')), c.req.valid('param').name);
        runs.sweep();
        return c.body(null, 204);
      },
    );
