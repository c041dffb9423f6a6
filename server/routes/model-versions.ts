import { createRoute, z } from '@hono/zod-openapi';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { ModelComparison } from '../models/compare.ts';
import { MODEL_ALIAS, modelAlias, modelName, modelTags } from '../models/names.ts';
import type { ModelUses } from '../models/uses.ts';
import type { ModelVersion } from '../models/views.ts';
import type { Services } from '../services.ts';
import { body, json, none, router, typed } from './router.ts';

const tags = ['Models'];
const which = z
  .string()
  .max(50)
  .refine((text) => /^[1-9]\d{0,8}$/.test(text) || MODEL_ALIAS.test(text), 'A version is a number, an alias, or "latest".')
  .openapi({ description: 'A number, an alias, or `latest`: the newest version that is not archived.' });
const versions = z
  .string()
  .max(1_000)
  .transform((text) => text.split(','))
  .pipe(z.array(which).min(2, 'Name at least two versions.').max(10, 'Name at most ten versions.'))
  .openapi({ type: 'string', description: 'Two to ten versions or aliases, separated by commas.' });
export const byModelVersion = z.object({ name: modelName, version: which });
const byAlias = z.object({ name: modelName, alias: modelAlias });

/** Versions of models: what is written of them, their aliases, who uses them. */
export const modelVersionRoutes = ({ models, runs }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/models/{name}/compare',
        tags,
        summary: 'Versions beside each other',
        description: 'Figures, parameters of the learner, signature and data.',
        middleware: permit('read', 'model'),
        request: {
          params: byModelVersion.pick({ name: true }),
          query: z.object({ versions }),
        },
        responses: { 200: json(typed<ModelComparison>('versions, metrics, parameters, inputs, outputs, datasets'), 'The comparison.') },
      }),
      (c) => {
        return c.json(models.compare(workspaceOf(c.get('principal')), c.req.valid('param').name, c.req.valid('query').versions), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/models/{name}/versions/{version}',
        tags,
        summary: 'A version of a model',
        middleware: permit('read', 'model'),
        request: { params: byModelVersion },
        responses: { 200: json(typed<ModelVersion>('A version.'), 'The version.') },
      }),
      (c) => {
        const { name, version } = c.req.valid('param');
        return c.json(models.version(workspaceOf(c.get('principal')), name, version), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/models/{name}/versions/{version}',
        tags,
        summary: 'Change what is written of a version, archive or restore it',
        description: '409 for archiving while a deployment or a pipeline uses it.',
        middleware: permit('write', 'model'),
        request: {
          params: byModelVersion,
          ...body(z.strictObject({ description: z.string().max(20_000).optional(), tags: modelTags.optional(), archived: z.boolean().optional() })),
        },
        responses: { 200: json(typed<ModelVersion>('A version.'), 'Changed.') },
      }),
      (c) => {
        const { name, version } = c.req.valid('param');
        return c.json(models.updateVersion(workspaceOf(c.get('principal')), name, version, c.req.valid('json')), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/models/{name}/versions/{version}',
        tags,
        summary: 'Delete a version of a model',
        description: '409 while a deployment or a pipeline uses it. Its number is not given again; the last version takes the model with it.',
        middleware: permit('write', 'model'),
        request: { params: byModelVersion },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        const { name, version } = c.req.valid('param');
        models.removeVersion(workspaceOf(c.get('principal')), name, version);
        runs.sweep();
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/models/{name}/versions/{version}/uses',
        tags,
        summary: 'Deployments and pipelines that use a version',
        middleware: permit('read', 'model'),
        request: { params: byModelVersion },
        responses: { 200: json(typed<ModelUses>('deployments, pipelines'), 'Who uses it.') },
      }),
      (c) => {
        const { name, version } = c.req.valid('param');
        return c.json(models.uses(workspaceOf(c.get('principal')), name, version), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/models/{name}/aliases/{alias}',
        tags,
        summary: 'Let an alias name a version',
        description: 'It moves at once: it is never on two versions, nor on none.',
        middleware: permit('write', 'model'),
        request: { params: byAlias, ...body(z.strictObject({ version: z.int().min(1) })) },
        responses: { 200: json(typed<ModelVersion>('The version.'), 'Set.') },
      }),
      (c) => {
        const { name, alias } = c.req.valid('param');
        return c.json(models.setAlias(workspaceOf(c.get('principal')), name, alias, String(c.req.valid('json').version)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/models/{name}/aliases/{alias}',
        tags,
        summary: 'Remove an alias',
        middleware: permit('write', 'model'),
        request: { params: byAlias },
        responses: { 204: none('Removed.') },
      }),
      (c) => {
        const { name, alias } = c.req.valid('param');
        models.removeAlias(workspaceOf(c.get('principal')), name, alias);
        return c.body(null, 204);
      },
    );
