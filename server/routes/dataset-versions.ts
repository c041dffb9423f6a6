import { createRoute, z } from '@hono/zod-openapi';
import { croissantOf } from '../assets/croissant.ts';
import type { DatasetLineage } from '../assets/dataset-lineage.ts';
import type { DatasetDiff } from '../assets/dataset-versions.ts';
import type { DatasetDetail, DatasetVersion } from '../assets/datasets.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { assetName, body, byName, columnNames, json, none, router, typed } from './router.ts';

const tags = ['Data'];
const number = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const byVersion = z.object({ name: assetName, version: number });

/** What is known of datasets, and of their versions. */
export const datasetVersionRoutes = ({ datasets, datasetVersions, runs }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'patch',
        path: '/datasets/{name}',
        tags,
        summary: 'Change what is written of a dataset',
        middleware: permit('write', 'dataset'),
        request: {
          params: byName,
          ...body(
            z.strictObject({
              description: z.string().max(10_000).optional(),
              tags: z.array(z.string().trim().min(1).max(50)).max(50).optional(),
              licence: z.string().trim().max(500).optional(),
            }),
          ),
        },
        responses: { 200: json(typed<DatasetDetail>('The dataset.'), 'Changed.') },
      }),
      (c) => c.json(datasets.update(workspaceOf(c.get('principal')), c.req.valid('param').name, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/datasets/{name}/versions/{version}',
        tags,
        summary: 'Change what is written of a version',
        middleware: permit('write', 'dataset'),
        request: { params: byVersion, ...body(z.strictObject({ description: z.string().max(10_000) })) },
        responses: { 200: json(typed<DatasetVersion>('The version.'), 'Changed.') },
      }),
      (c) => {
        const { name, version } = c.req.valid('param');
        return c.json(datasets.describeVersion(workspaceOf(c.get('principal')), name, version, c.req.valid('json').description), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/datasets/{name}/versions/{version}',
        tags,
        summary: 'Delete one version of a dataset',
        description: '409 while a run reads it, and for the only version of a dataset. Its number is not given again.',
        middleware: permit('write', 'dataset'),
        request: { params: byVersion },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        const { name, version } = c.req.valid('param');
        datasets.removeVersion(workspaceOf(c.get('principal')), name, version);
        runs.sweep();
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/datasets/{name}/versions/{version}/diff',
        tags,
        summary: 'What differs from another version',
        description: 'Without keys rows are compared as wholes. With keys (`key`, once for each column), rows of equal keys are compared by column.',
        middleware: permit('read', 'dataset'),
        request: {
          params: byVersion,
          query: z.object({
            against: number.openapi({ description: 'The other version, seen as the one before.' }),
            key: columnNames,
          }),
        },
        responses: { 200: json(typed<DatasetDiff>('schema, rowCount, rows'), 'What differs.') },
      }),
      async (c) => {
        const { name, version } = c.req.valid('param');
        const { against, key } = c.req.valid('query');
        return c.json(await datasetVersions.diff(workspaceOf(c.get('principal')), name, { before: against, after: version, keys: key }, c.req.raw.signal), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/datasets/{name}/versions/{version}/lineage',
        tags,
        summary: 'Where a version comes from and what reads it',
        middleware: permit('read', 'dataset'),
        request: { params: byVersion },
        responses: { 200: json(typed<DatasetLineage>('source, madeBy, runs, pipelines'), 'The lineage.') },
      }),
      (c) => {
        const { name, version } = c.req.valid('param');
        return c.json(datasetVersions.lineage(workspaceOf(c.get('principal')), name, version), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/datasets/{name}/croissant.json',
        tags,
        summary: 'The dataset in the Croissant vocabulary (JSON-LD)',
        middleware: permit('read', 'dataset'),
        request: { params: byName },
        responses: { 200: json(typed<ReturnType<typeof croissantOf>>('Croissant 1.1'), 'The description.') },
      }),
      (c) => {
        const found = datasets.get(workspaceOf(c.get('principal')), c.req.valid('param').name);
        return c.json(croissantOf(found, found.latest, `${new URL(c.req.url).origin}/api/v1`), 200, {
          'content-disposition': 'attachment; filename="croissant.json"',
        });
      },
    );
