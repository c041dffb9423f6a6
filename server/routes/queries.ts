import { createRoute, z } from '@hono/zod-openapi';
import type { QueryCheck } from '#nodes/kit/define.ts';
import { COLUMN_TYPES } from '#nodes/kit/table.ts';
import { permit } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import { body, json, router, typed } from './router.ts';

const column = z.strictObject({ name: z.string().min(1).max(10_000), type: z.enum(COLUMN_TYPES) });
const table = z.strictObject({ columns: z.array(column).min(1).max(20_000) });
const tableName = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'Names of tables are small letters and digits, such as t1.');

/** What a query would give, told while it is written. */
export const queryRoutes = ({ queries }: Services) =>
  router().openapi(
    createRoute({
      method: 'post',
      path: '/queries/describe',
      tags: ['Pipelines'],
      summary: 'The columns that a query would give, without running it',
      description: 'DuckDB prepares the query over empty tables of the given columns. An answer with `code` and `message` says why the query cannot run.',
      middleware: permit('read', 'pipeline'),
      request: body(
        z.strictObject({
          sql: z.string().max(200_000),
          inputs: z.record(tableName, table).refine((inputs) => Object.keys(inputs).length <= 8, 'At most 8 tables.'),
        }),
      ),
      responses: { 200: json(typed<QueryCheck>('columns, or code and message'), 'What the query gives, or why it cannot run.') },
    }),
    async (c) => c.json(await queries.describe(c.req.valid('json'), c.req.raw.signal), 200),
  );
