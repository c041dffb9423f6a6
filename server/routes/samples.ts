import { createRoute } from '@hono/zod-openapi';
import type { DatasetDetail } from '../assets/datasets.ts';
import type { PipelineView } from '../assets/pipelines.ts';
import type { SampleDataset, SampleView } from '../assets/samples.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { byId, byName, json, router, typed } from './router.ts';

const tags = ['Samples'];

/** The gallery. */
export const sampleRoutes = ({ samples }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/samples',
        tags,
        summary: 'Sample pipelines',
        middleware: permit('read', 'sample'),
        responses: { 200: json(typed<{ items: readonly SampleView[] }>('items'), 'All samples.') },
      }),
      async (c) => c.json({ items: await samples.list() }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/samples/{id}/open',
        tags,
        summary: 'Make a pipeline from a sample; registers its dataset',
        middleware: permit('write', 'pipeline'),
        request: { params: byId },
        responses: { 201: json(typed<PipelineView>('The new pipeline.'), 'Made.') },
      }),
      async (c) => c.json(await samples.open(workspaceOf(c.get('principal')), c.req.valid('param').id), 201),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/samples/datasets',
        tags,
        summary: 'Data that comes with the product',
        middleware: permit('read', 'sample'),
        responses: { 200: json(typed<{ items: readonly SampleDataset[] }>('items'), 'All built-in datasets.') },
      }),
      async (c) => c.json({ items: await samples.listDatasets(workspaceOf(c.get('principal'))) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/samples/datasets/{name}/add',
        tags,
        summary: 'Add built-in data to the workspace',
        middleware: permit('write', 'dataset'),
        request: { params: byName },
        responses: { 201: json(typed<DatasetDetail>('The dataset.'), 'There.') },
      }),
      async (c) => c.json(await samples.addDataset(workspaceOf(c.get('principal')), c.req.valid('param').name), 201),
    );
