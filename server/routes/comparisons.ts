import { createRoute, z } from '@hono/zod-openapi';
import type { TableComparison, TablesDiff } from '../assets/table-comparisons.ts';
import { permit, workspaceOf } from '../auth/guard.ts';
import type { JoinRates, MissingMap } from '../executor/messages.ts';
import type { Services } from '../services.ts';
import { asSwitch, columnNames, artifactHash, json, router, typed } from './router.ts';

const tags = ['Results'];
const params = z.object({ hash: artifactHash });
const against = artifactHash.openapi({ description: 'The other table, seen as the one before.' });

/** What tables have to do with each other, and where they miss values. */
export const comparisonRoutes = ({ artifacts, comparisons }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/missing',
        tags,
        summary: 'Where values are missing',
        middleware: permit('read', 'artifact'),
        request: { params },
        responses: { 200: json(typed<MissingMap>('rowCount, slices, columns, combinations'), 'The map.') },
      }),
      async (c) => c.json(await artifacts.missingMap(workspaceOf(c.get('principal')), c.req.valid('param').hash), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/join-rates',
        tags,
        summary: 'How many rows find a partner in another table',
        description: 'The table is the left one. Keys are given once for each column (`left`, `right`), as many on both sides, in the same order.',
        middleware: permit('read', 'artifact'),
        request: {
          params,
          query: z
            .object({
              with: artifactHash.openapi({ description: 'The right table.' }),
              left: columnNames,
              right: columnNames,
              matchCase: asSwitch.default(true),
            })
            .refine(({ left, right }) => left.length > 0 && left.length === right.length, 'Name as many key columns of the left table as of the right one.'),
        },
        responses: { 200: json(typed<JoinRates>('left, right, commonKeys, matches'), 'The rates.') },
      }),
      async (c) => {
        const { with: right, left: leftKeys, right: rightKeys, matchCase } = c.req.valid('query');
        const keys = leftKeys.map((left, at) => ({ left, right: rightKeys[at]! }));
        const hashes = { left: c.req.valid('param').hash, right };
        return c.json(await comparisons.joinRates(workspaceOf(c.get('principal')), hashes, { keys, matchCase }, c.req.raw.signal), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/comparison',
        tags,
        summary: 'How the columns of two tables differ',
        middleware: permit('read', 'artifact'),
        request: { params, query: z.object({ against }) },
        responses: { 200: json(typed<TableComparison>('schema, rowCount, columns'), 'The columns side by side.') },
      }),
      async (c) => {
        const hashes = { before: c.req.valid('query').against, after: c.req.valid('param').hash };
        return c.json(await comparisons.compare(workspaceOf(c.get('principal')), hashes, c.req.raw.signal), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/artifacts/{hash}/diff',
        tags,
        summary: 'How the rows of two tables differ',
        description: 'Without keys rows are compared as wholes. With keys (`key`, once for each column), rows of equal keys are compared by column.',
        middleware: permit('read', 'artifact'),
        request: { params, query: z.object({ against, key: columnNames }) },
        responses: { 200: json(typed<TablesDiff>('schema, rowCount, rows'), 'What differs.') },
      }),
      async (c) => {
        const { against: before, key } = c.req.valid('query');
        const hashes = { before, after: c.req.valid('param').hash };
        return c.json(await comparisons.diff(workspaceOf(c.get('principal')), hashes, key, c.req.raw.signal), 200);
      },
    );
