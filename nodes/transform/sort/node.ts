import { z } from 'zod';
import { defineNode, quoteName } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import { OPEN_TABLE, tableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { listing } from '../rows-in-sql.ts';
import { describeKeys, orderInSql, sortIssues, sortKeys } from '../sort-keys.ts';

export const sort = defineNode({
  type: 'sort',
  version: 1,
  title: 'Sort',
  category: 'Data transformation',
  family: 'transform',
  icon: 'sort',
  summary: 'Puts the rows in order by one or more columns.',
  keywords: ['order by', 'ascending', 'descending', 'rank', 'top', 'arrange', 'sorter', 'sort values', 'row sorter'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    by: sortKeys({ title: 'Sort columns', help: 'The first counts most; those after it order rows that are equal in it.' }),
  }),
  deterministic: true,
  describe: ({ by }) => describeKeys(by),
  infer({ data }, { by }) {
    if (!data) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const none = by.length === 0 ? [problem('parameter_missing', 'Add a column to sort by.', { param: 'by' })] : [];
    return { outputs: { data }, issues: [...none, ...sortIssues(by, data, 'by')] };
  },
  sql({ data = tableSchema([]) }, { by }) {
    const place = quoteName(freeName('place', takenNames(data)));
    const numbered = `SELECT *, row_number() OVER () AS ${place} FROM data`;
    return { data: listing((list) => `SELECT ${list} FROM (${numbered}) ORDER BY ${orderInSql(by, place)}`, place) };
  },
  atScoring: () => ({ as: 'identity' }),
});
