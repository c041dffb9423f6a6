import { z } from 'zod';
import { allColumns, selectColumns } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { tableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection } from '../choose-columns.ts';
import { listOf, rowByRow } from '../rows-in-sql.ts';

export const selectColumnsInDataset = defineNode({
  type: 'select-columns-in-dataset',
  version: 1,
  title: 'Select Columns in Dataset',
  category: 'Data transformation',
  family: 'transform',
  icon: 'columns',
  summary: 'Keeps the chosen columns and leaves out the others.',
  keywords: [
    'project',
    'drop',
    'keep',
    'remove',
    'exclude',
    'include',
    'reorder',
    'features',
    'pick',
    'column filter',
    'filter columns',
    'drop columns',
    'select attributes',
    'column selector',
    'ColumnTransformer',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    columns: param.columns({
      title: 'Select columns',
      help: 'By name: in the order of your list. By rules: also columns that come later are kept or left out.',
      port: 'data',
      default: allColumns,
    }),
  }),
  deterministic: true,
  lazy: 'row-wise',
  describe: ({ columns }) => describeSelection(columns),
  infer({ data }, { columns }) {
    if (!data) return { outputs: {}, issues: [] };
    const chosen = chooseColumns(columns, data);
    const known = columns.mode === 'names' && selectColumns(columns, data).missing.length === 0;
    return { outputs: { data: tableSchema(chosen.columns, data.open && !known) }, issues: chosen.issues };
  },
  sql({ data }, { columns }) {
    const { names } = selectColumns(columns, data ?? tableSchema([]));
    return { data: rowByRow(`SELECT ${listOf(names)} FROM data`, new Map(), data ?? tableSchema([])) };
  },
  atScoring({ columns }, { data }) {
    const keep = data ? [{ do: 'keep' as const, columns: selectColumns(columns, data).names }] : [];
    return { as: 'columns', input: 'data', through: 'data', steps: keep };
  },
});
