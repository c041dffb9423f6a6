import { rm } from 'node:fs/promises';
import { createRoute } from '@hono/zod-openapi';
import type { Dataset, DatasetDetail, DatasetVersion } from '../assets/datasets.ts';
import type { FilePreview, UploadedFile } from '../assets/files.ts';
import type { FileParts } from '../executor/messages.ts';
import type { Page } from '../assets/pages.ts';
import { fileNameOf, receive } from '../assets/uploads.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { fileReading, readOptionsOf, readOptionsQuery } from './read-options.ts';
import { body, byId, byName, json, none, paging, router, typed } from './router.ts';
import { z } from '@hono/zod-openapi';

const tags = ['Data'];
const raw = { body: { required: true, content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } } } };

/** Datasets and uploaded files. */
export const dataRoutes = ({ datasets, files, environment, uploadFolder, runs, disk }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/datasets',
        tags,
        summary: 'Datasets by name',
        middleware: permit('read', 'dataset'),
        request: { query: paging },
        responses: { 200: json(typed<Page<Dataset>>('A page.'), 'A page of datasets.') },
      }),
      (c) => c.json(datasets.list(workspaceOf(c.get('principal')), c.req.valid('query')), 200),
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/datasets/{name}',
        tags,
        summary: 'Upload a file as a new version of a dataset',
        description:
          'The body is the file itself (CSV, TSV, JSON, Parquet, Excel, Arrow, ARFF or SVMLight, also as gzip or ZIP); X-File-Name is its name, percent-encoded. The query says how to read it.',
        middleware: permit('write', 'dataset'),
        request: { params: byName, query: readOptionsQuery, ...raw },
        responses: { 201: json(typed<DatasetVersion>('The new version.'), 'Stored.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const fileName = fileNameOf(c.req.header('x-file-name'));
        const upload = await receive(c.req.raw.body, uploadFolder, {
          limit: environment.uploadBytes,
          disk,
          announced: Number(c.req.header('content-length') ?? 0),
        });
        try {
          const options = readOptionsOf(c.req.valid('query'));
          return c.json(
            await datasets.ingest(workspaceId, c.req.valid('param').name, { path: upload.path, fileName, options }, 'upload', c.req.raw.signal),
            201,
          );
        } finally {
          await rm(upload.path, { force: true });
        }
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/datasets/{name}',
        tags,
        summary: 'A dataset with its versions',
        middleware: permit('read', 'dataset'),
        request: { params: byName },
        responses: { 200: json(typed<DatasetDetail>('A dataset.'), 'The dataset.') },
      }),
      (c) => c.json(datasets.get(workspaceOf(c.get('principal')), c.req.valid('param').name), 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/datasets/{name}',
        tags,
        summary: 'Delete a dataset with all versions',
        middleware: permit('write', 'dataset'),
        request: { params: byName },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        datasets.remove(workspaceOf(c.get('principal')), c.req.valid('param').name);
        runs.sweep();
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/files',
        tags,
        summary: 'Upload a file, kept as it is',
        middleware: permit('write', 'file'),
        request: raw,
        responses: { 201: json(typed<UploadedFile>('The file; schema is null when it is no table.'), 'Stored.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const name = fileNameOf(c.req.header('x-file-name'));
        const upload = await receive(c.req.raw.body, uploadFolder, {
          limit: environment.uploadBytes,
          disk,
          announced: Number(c.req.header('content-length') ?? 0),
        });
        try {
          return c.json(await files.add(workspaceId, name, upload, { signal: c.req.raw.signal }), 201);
        } finally {
          await rm(upload.path, { force: true });
        }
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/files/{id}',
        tags,
        summary: 'An uploaded file',
        middleware: permit('read', 'file'),
        request: { params: byId },
        responses: { 200: json(typed<UploadedFile>('A file.'), 'The file.') },
      }),
      (c) => c.json(files.get(workspaceOf(c.get('principal')), c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/files/{id}',
        tags,
        summary: 'Delete an uploaded file',
        description: '409 while a pipeline reads it. Datasets that were made of it stay.',
        middleware: permit('write', 'file'),
        request: { params: byId },
        responses: { 204: none('Deleted.') },
      }),
      (c) => {
        files.remove(workspaceOf(c.get('principal')), c.req.valid('param').id);
        runs.sweep();
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/files/{id}/parts',
        tags,
        summary: 'What there is to choose from in an uploaded file: the files of an archive, the sheets of a workbook',
        middleware: permit('read', 'file'),
        request: { params: byId, query: z.object({ member: z.string().min(1).max(1_000).optional() }) },
        responses: { 200: json(typed<FileParts>('members, sheets'), 'The parts, none for any other file.') },
      }),
      async (c) => {
        const { member } = c.req.valid('query');
        return c.json(await files.parts(workspaceOf(c.get('principal')), c.req.valid('param').id, member, c.req.raw.signal), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/files/{id}/preview',
        tags,
        summary: 'The first 100 rows and the schema of an uploaded file, read as the query says',
        middleware: permit('read', 'file'),
        request: { params: byId, query: readOptionsQuery },
        responses: { 200: json(typed<FilePreview>('What a dataset or a run would get.'), 'The preview.') },
      }),
      async (c) => {
        const options = readOptionsOf(c.req.valid('query'));
        return c.json(await files.preview(workspaceOf(c.get('principal')), c.req.valid('param').id, { options }, c.req.raw.signal), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/files/{id}/preview',
        tags,
        summary: 'The same with columns as they would be chosen, and what they would lose',
        middleware: permit('read', 'file'),
        request: { params: byId, ...body(fileReading) },
        responses: { 200: json(typed<FilePreview>('schema, rows, lost'), 'The preview.') },
      }),
      async (c) => {
        const { options, columns } = c.req.valid('json');
        const reading = { options: readOptionsOf(options), columns };
        return c.json(await files.preview(workspaceOf(c.get('principal')), c.req.valid('param').id, reading, c.req.raw.signal), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/datasets/{name}/versions',
        tags,
        summary: 'Make a new version of a dataset from an uploaded file',
        description: 'The file stays as it is. Its notes say what cells lost by the types that were chosen for them.',
        middleware: permit('write', 'dataset'),
        request: {
          params: byName,
          ...body(fileReading.extend({ file: z.string().min(1).max(100), description: z.string().max(10_000).optional() })),
        },
        responses: { 201: json(typed<DatasetVersion>('The new version.'), 'Stored.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { file, options, columns, description } = c.req.valid('json');
        disk.refuseWhenFull(files.get(workspaceId, file).bytes);
        const { path, name: fileName } = await files.open(workspaceId, file);
        const read = { path, fileName, options: readOptionsOf(options), columns, description };
        return c.json(await datasets.ingest(workspaceId, c.req.valid('param').name, read, 'upload', c.req.raw.signal), 201);
      },
    );
