import { z } from 'zod';
import { defineNode, quoteName } from '../../kit/define.ts';
import { OPEN_TABLE, tableSchema, type TableSchema } from '../../kit/table.ts';
import { allNullable, beside, besideSchema } from '../beside.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { withName } from '../rows-in-sql.ts';

export const addColumns = defineNode({
  type: 'add-columns',
  version: 1,
  title: 'Add Columns',
  category: 'Data transformation',
  family: 'transform',
  icon: 'columns',
  summary: 'Puts two tables side by side, row by row.',
  keywords: ['combine', 'concatenate', 'side by side', 'horizontal', 'bind columns', 'append columns', 'column appender', 'concat', 'hstack', 'cbind'],
  inputs: { left: { kind: 'table', title: 'Left dataset' }, right: { kind: 'table', title: 'Right dataset' } },
  outputs: { data: { kind: 'table', title: 'Combined dataset' } },
  params: z.object({}),
  deterministic: true,
  infer({ left, right }) {
    if (!left || !right) return { outputs: { data: OPEN_TABLE }, issues: [] };
    return { outputs: { data: besideSchema(sides(left, right), left.open || right.open) }, issues: [] };
  },
  sql({ left = tableSchema([]), right = tableSchema([]) }) {
    const place = quoteName(freeName('place', new Set([...takenNames(left), ...takenNames(right)])));
    const names = sides(left, right);
    const ofSide = (side: 'left' | 'right', schema: TableSchema) =>
      schema.columns.map((each, index) => [names[side][index]!.name, `${side[0]}.${quoteName(each.name)}`] as const);
    const columns = new Map([...ofSide('left', left), ...ofSide('right', right)]);
    const numbered = (port: string) => `(SELECT *, row_number() OVER () AS ${place} FROM ${quoteName(port)})`;
    const rows = `${numbered('left')} AS l FULL JOIN ${numbered('right')} AS r ON l.${place} = r.${place} ORDER BY coalesce(l.${place}, r.${place})`;
    return { data: { select: (some = [...columns.keys()]) => `SELECT ${some.map((name) => withName(columns.get(name), name)).join(', ')} FROM ${rows}` } };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'a request has one row of one table, and nothing to put beside it. Put Web Service Input after Add Columns, so that requests bring all columns, or add them before the pipeline and keep the result as a dataset.',
  }),
});

/** Either table may be the shorter one, so that any column may end with missing values. */
const sides = (left: TableSchema, right: TableSchema) => beside(allNullable(left.columns), allNullable(right.columns));
