import { createRoute, z } from '@hono/zod-openapi';
import { serialize } from '#pipelines/serialize.ts';
import type { Page } from '../assets/pages.ts';
import type { PipelineVersion, PipelineVersionView } from '../assets/pipeline-versions.ts';
import type { PipelineView } from '../assets/pipelines.ts';
import type { SubPipeline } from '../assets/sub-pipelines.ts';
import { permit, starterOf, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { body, byId, json, none, paging, router, typed } from './router.ts';

const tags = ['Pipelines'];
const place = byId.extend({ version: z.string().min(1).max(100) });
const name = z.string().trim().min(1).max(200);
const description = z.string().trim().max(2_000);
const version = typed<PipelineVersion>('A version without its document.');

/** What a pipeline was: named states, and those that runs pinned. */
export const pipelineVersionRoutes = ({ pipelines, pipelineVersions }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/sub-pipelines',
        tags,
        summary: 'Sub-pipelines that any pipeline can take, by name, each in its newest named version',
        middleware: permit('read', 'pipeline'),
        responses: { 200: json(typed<{ items: SubPipeline[] }>('items'), 'The sub-pipelines.') },
      }),
      (c) => c.json({ items: pipelineVersions.subPipelines(workspaceOf(c.get('principal'))) }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines/{id}/versions',
        tags,
        summary: 'Versions of a pipeline, the newest first: what people named, and what runs ran',
        middleware: permit('read', 'pipeline'),
        request: { params: byId, query: paging },
        responses: { 200: json(typed<Page<PipelineVersion>>('A page.'), 'A page of versions.') },
      }),
      (c) => c.json(pipelineVersions.list(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/versions',
        tags,
        summary: 'Name the pipeline as it is saved now',
        middleware: permit('write', 'pipeline'),
        request: {
          params: byId,
          ...body(z.strictObject({ name, description: description.default(''), revision: z.number().int().min(1).optional() })),
        },
        responses: { 201: json(version, 'Named.') },
      }),
      (c) => {
        const principal = c.get('principal');
        const by = starterOf(principal).name;
        return c.json(pipelineVersions.name(workspaceOf(principal), c.req.valid('param').id, { ...c.req.valid('json'), by }), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines/{id}/versions/{version}',
        tags,
        summary: 'A version with its document',
        middleware: permit('read', 'pipeline'),
        request: { params: place },
        responses: { 200: json(typed<PipelineVersionView>('A version.'), 'The version.') },
      }),
      (c) => {
        const { id, version } = c.req.valid('param');
        return c.json(pipelineVersions.get(workspaceOf(c.get('principal')), id, version), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/pipelines/{id}/versions/{version}',
        tags,
        summary: 'Name a version, or change its name',
        middleware: permit('write', 'pipeline'),
        request: { params: place, ...body(z.strictObject({ name, description: description.optional() })) },
        responses: { 200: json(version, 'Named.') },
      }),
      (c) => {
        const principal = c.get('principal');
        const { id, version } = c.req.valid('param');
        const by = starterOf(principal).name;
        return c.json(pipelineVersions.rename(workspaceOf(principal), id, version, { ...c.req.valid('json'), by }), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/pipelines/{id}/versions/{version}',
        tags,
        summary: 'Take the name of a version away',
        middleware: permit('write', 'pipeline'),
        request: { params: place },
        responses: { 204: none('A version that a run holds stays in the list, without a name; any other is gone.') },
      }),
      (c) => {
        const { id, version } = c.req.valid('param');
        pipelineVersions.unname(workspaceOf(c.get('principal')), id, version);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/pipelines/{id}/versions/{version}/clone',
        tags,
        summary: 'Make a pipeline of a version',
        middleware: permit('write', 'pipeline'),
        request: { params: place },
        responses: { 201: json(typed<PipelineView>('The new pipeline.'), 'Made.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { id, version } = c.req.valid('param');
        const found = pipelineVersions.get(workspaceId, id, version);
        const label = found.name ?? `run ${found.lastRun?.number ?? '?'}`;
        const title = `${found.document.name.slice(0, 150)} (${label.slice(0, 40)})`;
        return c.json(pipelines.create(workspaceId, { ...found.document, name: title }, pipelines.get(workspaceId, id).trainingPipelineId), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/pipelines/{id}/versions/{version}/export',
        tags,
        summary: 'A version as a file',
        middleware: permit('read', 'pipeline'),
        request: { params: place },
        responses: {
          200: {
            content: { 'application/json': { schema: typed<unknown>('A *.pipeline.json file.') } },
            description: 'Stable and sorted, so that it diffs well.',
          },
        },
      }),
      (c) => {
        const { id, version } = c.req.valid('param');
        const { document } = pipelineVersions.get(workspaceOf(c.get('principal')), id, version);
        return c.body(serialize(document), 200, { 'content-type': 'application/json' }) as never;
      },
    );
