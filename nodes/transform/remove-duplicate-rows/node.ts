import { z } from 'zod';
import { allColumns, selectColumns } from '../../kit/columns.ts';
import { defineNode, quoteName } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { findColumn, OPEN_TABLE, tableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection, freeName, takenNames } from '../choose-columns.ts';
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
    const taken = takenNames(data);
    const place = quoteName(freeName('place', taken));
    const list = columns.map((each) => quoteName(each.name)).join(', ');
    const complete = columns.map((each) => `NOT ${missingInSql(each)}`).join(' AND ');
    return {
      data: `WITH numbered AS (SELECT *, row_number() OVER () AS ${place} FROM data)
SELECT * EXCLUDE (${place}) FROM numbered
WHERE NOT (${complete}) OR ${place} IN (SELECT ${retainFirst ? 'min' : 'max'}(${place}) FROM numbered WHERE ${complete} GROUP BY ${list})
ORDER BY ${place}`,
    };
  },
  atScoring: () => ({ as: 'identity', note: 'Rows of a request stay as they are, also equal ones: each gets an answer.' }),
});
