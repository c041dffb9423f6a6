import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import type { ModelSummary, Report } from '#nodes/kit/reports.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import { csvRecord, type ArtifactRow, type Artifacts, type RowsView } from '../assets/artifacts.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import { AppError } from '../errors.ts';
import type { CorrelationMatrix, RowFilter, TableProfile, Tasks } from '../executor/messages.ts';
import type { Services } from '../services.ts';
import { asSwitch, artifactHash, json, router, typed } from './router.ts';

const tags = ['Results'];
const params = z.object({ hash: artifactHash });
const EXTENSIONS: Readonly<Record<string, string>> = {
  table: 'parquet',
  model: 'onnx',
  transform: 'onnx',
  report: 'json',
  learner: 'json',
  file: 'bin',
  images: 'bin',
};
const text = z.string().max(1_000);
const rowFilter: z.ZodType<RowFilter> = z.union([
  z.object({ column: text, is: z.enum(['missing', 'present']) }),
  z.object({ column: text, is: z.enum(['contains', 'equal', 'unequal', 'less', 'greater']), value: text }),
  z.object({ column: text, is: z.literal('between'), value: text, to: text }),
]);
/** Conditions as JSON, since a query holds texts only. */
const filters = z
  .string()
  .max(20_000)
  .transform((json, context) => {
    try {
      return z.array(rowFilter).max(50).parse(JSON.parse(json));
    } catch {
      context.addIssue({ code: 'custom', message: 'Filters are a JSON list such as [{"column": "age", "is": "less", "value": "30"}].' });
      return z.NEVER;
    }
  });
const CSV_PAGE = 1_000;

/** RFC 6266: a name in ASCII for all, and the name itself for those that read UTF-8. */
const attachment = (name: string): string => `attachment; filename="${name.replaceAll(/[^\w. -]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`;

/** The table as CSV, a page at a time. */
async function* csvOf(artifacts: Artifacts, workspaceId: string, hash: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let offset = 0; ; offset += CSV_PAGE) {
    const { columns, rows, rowCount } = await artifacts.rows(workspaceId, hash, { offset, limit: CSV_PAGE, whole: true }, signal);
    const head = offset === 0 ? csvRecord(columns.map((column) => column.name)) : '';
    yield encoder.encode(head + rows.map(csvRecord).join(''));
    if (offset + rows.length >= rowCount || rows.length === 0) return;
  }
}

/** What steps made; only what the workspace holds. */
export const artifactRoutes = ({ artifacts }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}',
        tags,
        summary: 'What a result is',
        middleware: permit('read', 'artifact'),
        request: { params },
        responses: { 200: json(typed<ArtifactRow>('hash, kind, bytes, meta'), 'The result.') },
      }),
      (c) => c.json(artifacts.get(workspaceOf(c.get('principal')), c.req.valid('param').hash), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/rows',
        tags,
        summary: 'A window of rows of a table',
        middleware: permit('read', 'artifact'),
        request: {
          params,
          query: z.object({
            offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
            limit: z.coerce.number().int().min(0).max(1_000).default(100),
            firstColumn: z.coerce.number().int().min(0).default(0).openapi({ description: 'The first column that is wanted, counted from 0.' }),
            columnLimit: z.coerce.number().int().min(1).optional().openapi({ description: 'The most columns that are wanted; without it all.' }),
            sort: z.string().max(1_000).optional(),
            descending: asSwitch.optional(),
            search: z.string().max(1_000).optional(),
            filters: filters.optional().openapi({
              type: 'string',
              description: 'JSON list of {column, is, value, to}; `is`: contains, equal, unequal, less, greater, between, missing, present.',
            }),
          }),
        },
        responses: { 200: json(typed<RowsView>('columns, columnCount, rows, rowCount, offset'), 'Rows.') },
      }),
      async (c) => c.json(await artifacts.rows(workspaceOf(c.get('principal')), c.req.valid('param').hash, c.req.valid('query'), c.req.raw.signal), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/profile',
        tags,
        summary: 'Statistics of each column',
        middleware: permit('read', 'artifact'),
        request: { params },
        responses: { 200: json(typed<TableProfile>('rowCount, columns'), 'The profile.') },
      }),
      async (c) => c.json(await artifacts.profile(workspaceOf(c.get('principal')), c.req.valid('param').hash), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/correlation',
        tags,
        summary: 'Correlations of the numeric columns of a table',
        middleware: permit('read', 'artifact'),
        request: { params },
        responses: { 200: json(typed<CorrelationMatrix>('columns, values, left'), 'The matrix.') },
      }),
      async (c) => c.json(await artifacts.correlation(workspaceOf(c.get('principal')), c.req.valid('param').hash), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/pairs',
        tags,
        summary: 'Pairs of values of two numeric columns, drawn from all rows',
        middleware: permit('read', 'artifact'),
        request: { params, query: z.object({ x: text, y: text }) },
        responses: { 200: json(typed<Tasks['pairs']['result']>('points, rowCount'), 'At most 2,000 points.') },
      }),
      async (c) => {
        const { x, y } = c.req.valid('query');
        return c.json(await artifacts.pairs(workspaceOf(c.get('principal')), c.req.valid('param').hash, x, y, c.req.raw.signal), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/report',
        tags,
        summary: 'A report, such as an evaluation',
        middleware: permit('read', 'artifact'),
        request: { params },
        responses: { 200: json(typed<Report>('By its type.'), 'The report.') },
      }),
      async (c) => c.json(await artifacts.report(workspaceOf(c.get('principal')), c.req.valid('param').hash), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/model',
        tags,
        summary: 'What a model takes, gives and learned from',
        middleware: permit('read', 'artifact'),
        request: { params },
        responses: { 200: json(typed<{ signature: Signature; summary: ModelSummary }>('signature, summary'), 'The model.') },
      }),
      (c) => c.json(artifacts.model(workspaceOf(c.get('principal')), c.req.valid('param').hash), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/content',
        tags,
        summary: 'The file itself, or a table as CSV',
        middleware: permit('read', 'artifact'),
        request: {
          params,
          query: z.object({
            format: z.enum(['csv']).optional(),
            name: z.string().min(1).max(200).optional().openapi({ description: 'Of the file, without its extension.' }),
          }),
        },
        responses: { 200: { content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } }, description: 'An attachment.' } },
      }),
      async (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { hash } = c.req.valid('param');
        const { path, bytes, meta } = await artifacts.open(workspaceId, hash);
        const name = c.req.valid('query').name?.replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-') ?? `${meta.kind}-${hash.slice(0, 12)}`;
        const headers = { 'cache-control': 'private, max-age=31536000, immutable', 'content-security-policy': "sandbox; default-src 'none'" };
        if (c.req.valid('query').format === 'csv') {
          if (meta.kind !== 'table') throw new AppError(409, `This result is a ${meta.kind}, not a table.`, { code: 'artifact_kind' });
          const stream = Readable.toWeb(Readable.from(csvOf(artifacts, workspaceId, hash, c.req.raw.signal))) as ReadableStream;
          return c.body(stream, 200, { ...headers, 'content-type': 'text/csv; charset=utf-8', 'content-disposition': attachment(`${name}.csv`) });
        }
        const stream = Readable.toWeb(createReadStream(path)) as ReadableStream;
        return c.body(stream, 200, {
          ...headers,
          'content-type': 'application/octet-stream',
          'content-length': String(bytes),
          // A file has a name of its own.
          'content-disposition': attachment(meta.kind === 'file' && !c.req.valid('query').name ? meta.name : `${name}.${EXTENSIONS[meta.kind] ?? 'bin'}`),
        });
      },
    );
