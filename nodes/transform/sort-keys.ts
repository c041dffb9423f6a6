import { z } from 'zod';
import { quoteName } from '../kit/define.ts';
import { problem, type Issue } from '../kit/issues.ts';
import { list, type ListField } from '../kit/params.ts';
import { findColumn, type TableSchema } from '../kit/table.ts';
import { missingColumnOf } from './list-columns.ts';

const sortKey = z.object({
  column: z.string().default(''),
  direction: z.enum(['ascending', 'descending']).default('ascending'),
  missing: z.enum(['last', 'first']).default('last'),
});
export type SortKey = z.output<typeof sortKey>;

const fields: readonly ListField[] = [
  { name: 'column', title: 'Column', as: 'column' },
  {
    name: 'direction',
    title: 'Direction',
    as: 'choice',
    options: [
      { value: 'ascending', title: 'Ascending' },
      { value: 'descending', title: 'Descending' },
    ],
  },
  {
    name: 'missing',
    title: 'Missing values',
    as: 'choice',
    options: [
      { value: 'last', title: 'Last' },
      { value: 'first', title: 'First' },
    ],
  },
];

/** A list of columns to sort by, the first counting most. */
export const sortKeys = (common: Pick<Parameters<typeof list>[0], 'title' | 'help' | 'shownWhen'>) =>
  list({ ...common, port: 'data', item: 'a sort column', schema: sortKey, fields });

/** Problems of the keys in the parameter `param`. */
export function sortIssues(keys: readonly SortKey[], data: TableSchema, param: string): Issue[] {
  return keys.flatMap(({ column }, index) => {
    if (column === '') return [problem('parameter_missing', `Choose sort column ${index + 1}, or remove it.`, { param })];
    return findColumn(data, column) || data.open ? [] : [missingColumnOf(param, keys, index, data)];
  });
}

/** The list of an ORDER BY, ending with `place`, so that equal rows keep their order. */
export const orderInSql = (keys: readonly SortKey[], place: string): string => (keys.length > 0 ? `${keysInSql(keys)}, ${place}` : place);

/** The list of an ORDER BY in which rows may be equal. */
export const keysInSql = (keys: readonly SortKey[]): string =>
  keys.map(({ column, direction, missing }) => `${quoteName(column)} ${direction === 'ascending' ? 'ASC' : 'DESC'} NULLS ${missing.toUpperCase()}`).join(', ');

/** A card's line: `delay ↓, city ↑`. */
export const describeKeys = (keys: readonly SortKey[]): string =>
  keys
    .filter((each) => each.column !== '')
    .map((each) => `${each.column} ${each.direction === 'ascending' ? '↑' : '↓'}`)
    .join(', ');
