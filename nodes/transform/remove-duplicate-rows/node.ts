import { z } from 'zod';
import { allColumns, selectColumns } from '../../kit/columns.ts';
import { defineNode, quoteName, type ColumnQuery } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { findColumn, OPEN_TABLE, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection, freeName, takenNames } from '../choose-columns.ts';
import { listing, listOf } from '../rows-in-sql.ts';
import { missingInSql } from '../values-in-sql.ts';

export const removeDuplicateRows = defineNode({
  type: 'remove-duplicate-rows',
  version: 1,
  title: 'Remove Duplicate Rows',
  category: 'Data transformation',
  family: 'transform',
  icon: 'filter',
  summary: 'Keeps one row of those that are equal in the key columns.',
  keywords: ['distinct', 'unique', 'deduplicate', 'duplicates', 'drop', 'drop duplicates', 'duplicate row filter'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    keys: param.columns({
      title: 'Key columns',
      help: 'Rows are duplicates when they are equal in all of these.',
      port: 'data',
      default: allColumns,
    }),
    retainFirst: param.flag({ title: 'Retain first duplicate row', help: 'Off: the last one is kept.', default: true }),
  }),
  deterministic: true,
  describe: ({ keys }) => describeSelection(keys),
  infer({ data }, { keys }) {
    return { outputs: { data: data ?? OPEN_TABLE }, issues: data ? chooseColumns(keys, data, 'keys').issues : [] };
  },
  sql({ data = tableSchema([]) }, { keys, retainFirst }) {
    const columns = selectColumns(keys, data).names.map((name) => findColumn(data, name)!);
    const place = quoteName(freeName('place', takenNames(data)));
    const list = columns.map((each) => quoteName(each.name)).join(', ');
    const complete = completeInSql(columns);
    const numbered = `WITH numbered AS (SELECT *, row_number() OVER () AS ${place} FROM data)`;
    const kept = `NOT (${complete}) OR ${place} IN (SELECT ${standsInSql(retainFirst, place)} FROM numbered WHERE ${complete} GROUP BY ${list})`;
    const query = listing((left) => `${numbered}\nSELECT ${left} FROM numbered\nWHERE ${kept}\nORDER BY ${place}`, place);
    return { data: columns.length <= KEYS_AT_ONCE ? query : inTurns(query, columns, data, retainFirst) };
  },
  atScoring: () => ({ as: 'identity', note: 'Rows of a request stay as they are, also equal ones: each gets an answer.' }),
});

/** With more, some are compared after the others. */
const KEYS_AT_ONCE = 250;

const completeInSql = (columns: readonly ColumnSchema[]): string => columns.map((each) => `NOT ${missingInSql(each)}`).join(' AND ');

/** The number of the row that stands for all that are equal to it. */
const standsInSql = (retainFirst: boolean, place: string): string => `${retainFirst ? 'min' : 'max'}(${place})`;

/**
 * The same where rows are compared in some keys and then, if they are equal in these, in the next. After each turn there is a table with a row for each
 * of the data: which row stands for all that are equal to it so far, and whether none of the keys is missing.
 */
function inTurns(whole: ColumnQuery, columns: readonly ColumnSchema[], data: TableSchema, retainFirst: boolean): ColumnQuery {
  const taken = takenNames(data);
  const [place, stands, complete] = ['place', 'stands', 'complete'].map((name) => quoteName(freeName(name, taken))) as [string, string, string];
  const tables: Record<string, string> = {};
  let numbered = `SELECT *, row_number() OVER () AS ${place} FROM data`;
  for (let from = 0; from < columns.length; from += KEYS_AT_ONCE) {
    const some = columns.slice(from, from + KEYS_AT_ONCE);
    const before = from === 0 ? [] : [stands, complete];
    const equal = [...before.slice(0, 1), ...some.map(({ name }) => quoteName(name))].join(', ');
    const found = [...before.slice(1), completeInSql(some)].join(' AND ');
    const rows = `SELECT ${standsInSql(retainFirst, place)} OVER (PARTITION BY ${equal}) AS s, ${found} AS c, ${place} AS p FROM (${numbered})`;
    tables[`turn${from}`] = `SELECT s AS ${stands}, c AS ${complete} FROM (${rows}) ORDER BY p`;
    numbered = `SELECT *, row_number() OVER () AS ${place} FROM data POSITIONAL JOIN turn${from}`;
  }
  const select: ColumnQuery['select'] = (names) =>
    names ? `SELECT ${listOf(names)} FROM (${numbered}) WHERE NOT ${complete} OR ${place} = ${stands}` : whole.select();
  return { select, tables };
}
