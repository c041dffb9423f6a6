import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { IMPORTED_TASKS, MEANINGS, type ImportedMeaning } from '#nodes/kit/onnx/imported/types.ts';
import { fileNameOf, receive } from '../assets/uploads.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import { mlmodelArchive } from '../models/mlmodel.ts';
import { modelAlias, modelName, modelTags } from '../models/names.ts';
import type { ModelInspection } from '../models/uploads.ts';
import type { Services } from '../services.ts';
import { byModelVersion } from './model-versions.ts';
import { byId, body, json, router, typed } from './router.ts';

const tags = ['Models'];
const name = z.string().min(1).max(1_000);
const meaning: z.ZodType<ImportedMeaning> = z.strictObject({
  task: z.enum(IMPORTED_TASKS),
  label: z.string().max(1_000),
  levels: z.array(z.string().max(1_000)).max(10_000),
  inputs: z
    .array(
      z.strictObject({
        tensor: name,
        columns: z
          .array(z.strictObject({ name, type: z.enum(['number', 'integer', 'boolean', 'text', 'category']), required: z.boolean().default(true) }))
          .max(10_000),
      }),
    )
    .max(2_000),
  outputs: z.array(z.strictObject({ tensor: name, meaning: z.enum(MEANINGS) })).max(2_000),
});
const rows = z
  .array(z.record(z.string(), z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()])))
  .min(1)
  .max(100);
const registered = z.object({ name: z.string(), version: z.number().int() });
const binary = (type: string, description: string) => ({ content: { [type]: { schema: z.string().openapi({ format: 'binary' }) } }, description });
const attachment = (file: string): Record<string, string> => ({
  'cache-control': 'private, no-store',
  'content-security-policy': "sandbox; default-src 'none'",
  'content-disposition': `attachment; filename="${file}"`,
});

/** Models as files: ONNX from elsewhere comes in, and versions go out. */
export const modelFileRoutes = ({ models, modelUploads, artifacts, files, environment, disk, uploadFolder, store, pool }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'post',
        path: '/files/{id}/inspect-model',
        tags,
        summary: 'Look through an uploaded ONNX file, and let it score a few rows',
        description:
          'Nothing is kept. `meaning` says how inputs become columns and what outputs mean; without it the answer tells how the file is most likely meant. It runs only in a process of its own, for 30 seconds at most.',
        middleware: permit('write', 'model'),
        request: { params: byId, ...body(z.strictObject({ meaning: meaning.optional(), rows: rows.optional() })) },
        responses: { 200: json(typed<ModelInspection>('file, found, meaning, why, trial'), 'What was found. `why` tells what stands in the way.') },
      }),
      async (c) => c.json(await modelUploads.inspect(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/files/{id}/register-model',
        tags,
        summary: 'Register an uploaded ONNX file as a version of a model',
        description: 'The file becomes the model, and is no file any more.',
        middleware: permit('write', 'model'),
        request: {
          params: byId,
          ...body(
            z.strictObject({
              name: modelName,
              meaning: meaning.nullable().default(null),
              rows: rows.nullable().default(null).openapi({ description: 'Rows that it must be able to score, where made-up ones are none that it knows.' }),
              description: z.string().max(1_000).default(''),
              aliases: z.array(modelAlias).max(20).default([]),
              tags: modelTags.default({}),
            }),
          ),
        },
        responses: { 201: json(registered, 'Registered.') },
      }),
      async (c) => c.json(await modelUploads.register(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.valid('json')), 201),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/models/{name}/versions',
        tags,
        summary: 'Register an ONNX model made elsewhere',
        description:
          'The body is the file itself; X-File-Name is its name, percent-encoded. It is read as it is most likely meant; to say otherwise, upload it as a file, and register that.',
        middleware: permit('write', 'model'),
        request: {
          params: byModelVersion.pick({ name: true }),
          body: { required: true, content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } } },
        },
        responses: { 201: json(registered, 'Registered.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { name: model } = c.req.valid('param');
        const fileName = fileNameOf(c.req.header('x-file-name'));
        const announced = Number(c.req.header('content-length') ?? 0);
        const upload = await receive(c.req.raw.body, uploadFolder, { limit: environment.uploadBytes, disk, announced });
        try {
          const { id } = await files.add(workspaceId, fileName, upload, { readSchema: false });
          try {
            return c.json(
              await modelUploads.register(workspaceId, id, { name: model, description: '', tags: {}, aliases: [], meaning: null, rows: null }),
              201,
            );
          } catch (error) {
            files.remove(workspaceId, id);
            throw error;
          }
        } finally {
          await rm(upload.path, { force: true });
        }
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/models/{name}/versions/{version}/content',
        tags,
        summary: 'A version as an ONNX file',
        middleware: permit('read', 'model'),
        request: { params: byModelVersion },
        responses: { 200: binary('application/octet-stream', 'An attachment.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { name: model, version: which } = c.req.valid('param');
        const { version, hash } = models.version(workspaceId, model, which);
        const { path, bytes } = await artifacts.open(workspaceId, hash);
        const headers = { ...attachment(`${model}-${version}.onnx`), 'content-type': 'application/octet-stream', 'content-length': String(bytes) };
        return c.body(Readable.toWeb(createReadStream(path)) as ReadableStream, 200, headers);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/models/{name}/versions/{version}/mlmodel',
        tags,
        summary: 'A version as an MLflow model folder, in a ZIP archive',
        description:
          'MLmodel with the signature, model.onnx, columns.onnx, requirements.txt, conda.yaml and python_env.yaml: `mlflow.pyfunc.load_model` and `mlflow.onnx.load_model` read the unpacked folder.',
        middleware: permit('read', 'model'),
        request: { params: byModelVersion },
        responses: { 200: binary('application/zip', 'An attachment.') },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { name: model, version: which } = c.req.valid('param');
        const version = models.version(workspaceId, model, which);
        const { path } = await artifacts.open(workspaceId, version.hash);
        const stream = Readable.toWeb(Readable.from(await mlmodelArchive({ store, pool }, model, version, path))) as ReadableStream;
        return c.body(stream, 200, { ...attachment(`${model}-${version.version}-mlflow.zip`), 'content-type': 'application/zip' });
      },
    );
