import { createRoute, z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import type { UploadedFile } from '../assets/files.ts';
import type { Checksum, ResumableUpload } from '../assets/resumable-uploads.ts';
import { plainFileName } from '../assets/uploads.ts';
import { permit, workspaceOf, type AppEnv } from '../auth/guard.ts';
import { AppError } from '../errors.ts';
import type { Services } from '../services.ts';
import { byId, json, none, router, typed } from './router.ts';

const tags = ['Data'];
const VERSION = '1.0.0';
const EXTENSIONS = 'creation,expiration,termination,checksum';
const PIECE = 'application/offset+octet-stream';
const ALGORITHMS = ['sha1', 'sha256'] as const;

/** Every answer tells the version, also one that refuses. */
const tus: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.header('Tus-Resumable', VERSION);
  const asked = c.req.header('tus-resumable');
  const needed = c.req.method !== 'OPTIONS' && c.req.method !== 'GET' && !c.req.path.endsWith('/file');
  if (needed && asked !== VERSION)
    throw new AppError(412, `Send the header Tus-Resumable: ${VERSION}.`, {
      code: 'tus_version',
      headers: { 'tus-version': VERSION, 'tus-resumable': VERSION },
    });
  await next();
};

/** Uploads that may be cut off and go on, by the protocol tus 1.0. */
export const uploadRoutes = ({ resumableUploads: uploads }: Services) => {
  const routes = router();
  routes.use('/uploads', tus);
  routes.use('/uploads/*', tus);
  const say = (c: Context<AppEnv>, { offset, length, expiresAt }: ResumableUpload): void => {
    c.header('Upload-Offset', String(offset));
    c.header('Upload-Length', String(length));
    c.header('Upload-Expires', new Date(expiresAt).toUTCString());
    c.header('Cache-Control', 'no-store');
  };
  return routes
    .openapi(
      createRoute({
        method: 'options',
        path: '/uploads',
        tags,
        summary: 'What is known of the protocol tus',
        middleware: permit('read', 'file'),
        responses: { 204: none('Tus-Version, Tus-Extension, Tus-Max-Size and Tus-Checksum-Algorithm.') },
      }),
      (c) => {
        c.header('Tus-Version', VERSION);
        c.header('Tus-Extension', EXTENSIONS);
        c.header('Tus-Max-Size', String(uploads.limit));
        c.header('Tus-Checksum-Algorithm', ALGORITHMS.join(','));
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/uploads',
        tags,
        summary: 'Begin an upload that can be resumed (tus)',
        description: 'Headers: Tus-Resumable, Upload-Length in bytes, and Upload-Metadata with `filename` in base64. Location says where the pieces go.',
        middleware: permit('write', 'file'),
        responses: { 201: none('Begun. It is forgotten a day after its last piece (Upload-Expires).') },
      }),
      async (c) => {
        const length = wholeNumber(c.req.header('upload-length'), 'Upload-Length');
        const name = plainFileName(fileNameIn(c.req.header('upload-metadata')), 'Upload-Metadata, as filename in base64');
        const upload = await uploads.create(workspaceOf(c.get('principal')), name, length);
        say(c, upload);
        c.header('Location', `/api/v1/uploads/${upload.id}`);
        return c.body(null, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/uploads/{id}',
        tags,
        summary: 'How far an upload got; HEAD is what tus asks',
        middleware: permit('read', 'file'),
        request: { params: byId },
        responses: { 200: json(typed<ResumableUpload>('id, name, length, offset, expiresAt'), 'Also as the headers Upload-Offset and Upload-Length.') },
      }),
      (c) => {
        const upload = uploads.get(workspaceOf(c.get('principal')), c.req.valid('param').id);
        say(c, upload);
        return c.json(upload, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/uploads/{id}',
        tags,
        summary: 'Send the next piece of an upload (tus)',
        description: `Headers: Tus-Resumable, Upload-Offset, and perhaps Upload-Checksum (${ALGORITHMS.join(' or ')}). What came of a piece that was cut off stays.`,
        middleware: permit('write', 'file'),
        request: { params: byId, body: { required: true, content: { [PIECE]: { schema: z.string().openapi({ format: 'binary' }) } } } },
        responses: { 204: none('The piece is on the disk.') },
      }),
      async (c) => {
        const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
        if (type !== PIECE) throw new AppError(415, `Send the piece with Content-Type: ${PIECE}.`, { code: 'media_type' });
        const upload = await uploads.append(workspaceOf(c.get('principal')), c.req.valid('param').id, c.req.raw.body, {
          offset: wholeNumber(c.req.header('upload-offset'), 'Upload-Offset'),
          announced: Number(c.req.header('content-length') ?? 0),
          checksum: checksumOf(c.req.header('upload-checksum')),
        });
        say(c, upload);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/uploads/{id}',
        tags,
        summary: 'Give up an upload and delete what came of it (tus)',
        middleware: permit('write', 'file'),
        request: { params: byId },
        responses: { 204: none('Gone.') },
      }),
      async (c) => {
        await uploads.remove(workspaceOf(c.get('principal')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/uploads/{id}/file',
        tags,
        summary: 'Make a file of a whole upload',
        description: 'The file has the id of the upload; asked again, the same file is given.',
        middleware: permit('write', 'file'),
        request: {
          params: byId,
          query: z.object({ schema: z.enum(['read', 'skip']).default('read').openapi({ description: 'skip: do not read it as a table yet.' }) }),
        },
        responses: { 201: json(typed<UploadedFile>('The file; schema is null when it is no table or was not read.'), 'Stored.') },
      }),
      async (c) => {
        const readSchema = c.req.valid('query').schema === 'read';
        return c.json(await uploads.finish(workspaceOf(c.get('principal')), c.req.valid('param').id, { readSchema }, c.req.raw.signal), 201);
      },
    );
};

function wholeNumber(text: string | undefined, header: string): number {
  const value = /^\d{1,15}$/.test(text ?? '') ? Number(text) : null;
  if (value === null) throw new AppError(400, `Give ${header} as a whole number of bytes.`, { code: 'request_invalid' });
  return value;
}

/** The value of `filename` in `key base64,key base64`. */
function fileNameIn(metadata = ''): string {
  const pairs = metadata.split(',').map((pair) => pair.trim().split(' '));
  const value = pairs.find(([key]) => key === 'filename')?.[1] ?? '';
  return Buffer.from(value, 'base64').toString('utf8');
}

function checksumOf(header: string | undefined): Checksum | undefined {
  if (header === undefined) return undefined;
  const [name, value = ''] = header.split(' ');
  const algorithm = ALGORITHMS.find((each) => each === name);
  if (!algorithm) throw new AppError(400, `Upload-Checksum begins with one of: ${ALGORITHMS.join(', ')}.`, { code: 'request_invalid' });
  return { algorithm, value };
}
