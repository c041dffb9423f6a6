import { z } from 'zod';
import { columnsNamed } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { findColumn, OPEN_TABLE, tableSchema, type TableSchema } from '../../kit/table.ts';
import { aggregationIssues, aggregationList } from '../aggregations.ts';
import { chooseColumns, describeSelection } from '../choose-columns.ts';
import { missingName } from '../list-columns.ts';
import { cellsOf, type Level } from './cells.ts';

const params = z.object({
  rows: param.columns({
    title: 'Row columns',
    help: 'Each combination of their values makes one row. No columns: all rows make one. The pivot column is left out of them.',
    port: 'data',
    default: columnsNamed(),
  }),
  column: param.oneColumn({ title: 'Pivot column', help: 'Each of its values makes a column.', port: 'data' }),
  aggregations: aggregationList({ title: 'Values', help: 'What stands in the cells. A count without a column counts rows.' }),
  columnsFrom: param.choice({
    title: 'New columns',
    help: 'Listed values make the same columns whatever the data, so that the nodes after this one know them beforehand.',
    options: { data: 'Of all values in the data', list: 'Of the values listed' },
    default: 'data',
  }),
  levels: param.list({
    title: 'Listed values',
    help: 'In this order. Other values are left out.',
    port: 'data',
    item: 'a value',
    schema: z.object({ value: z.string().max(10_000).default(''), name: z.string().max(500).default('') }),
    fields: [
      { name: 'value', title: 'Value', as: 'text' },
      { name: 'name', title: 'New name', as: 'text', placeholder: 'the value' },
    ],
    shownWhen: { param: 'columnsFrom', is: ['list'] },
  }),
  limit: param.integer({
    title: 'Most values',
    help: 'With more different values than this the run ends with an error, so that no table of thousands of columns is made by mistake.',
    default: 100,
    minimum: 1,
    maximum: 2_000,
    shownWhen: { param: 'columnsFrom', is: ['data'] },
    advanced: true,
  }),
  missing: param.choice({
    title: 'Rows without a value in the pivot column',
    options: { none: 'Count in no cell', column: 'Make a column of their own' },
    default: 'none',
    advanced: true,
  }),
});
export type PivotParams = z.output<typeof params>;

export const pivotData = defineNode({
  type: 'pivot-data',
  version: 1,
  title: 'Pivot',
  category: 'Data transformation',
  family: 'transform',
  icon: 'columns',
  summary: 'Makes a column of each value of a column, with counts, sums and other figures in the cells.',
  keywords: ['pivot table', 'crosstab', 'wide', 'spread', 'reshape', 'pivot wider', 'cross tabulation', 'transpose', 'pivoting'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  describe({ rows, column }) {
    const by = describeSelection(rows);
    return column === '' ? '' : `${column}${by === '' || by === 'no columns' ? '' : ` by ${by}`}`;
  },
  infer({ data }, chosen) {
    if (!data) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const { columns, issues } = rowColumns(chosen, data);
    const { column, aggregations, columnsFrom } = chosen;
    const found = [...issues, ...columnIssues(column, data), ...aggregationIssues('aggregations', aggregations, data, [])];
    if (aggregations.length === 0) found.push(problem('parameter_missing', 'Add what is to stand in the cells.', { param: 'aggregations' }));
    if (columnsFrom === 'list') found.push(...levelIssues(chosen));
    // Which values there are is known once the data has been read.
    if (columnsFrom === 'data' || data.open) return { outputs: { data: tableSchema(columns, true) }, issues: found };
    const cells = cellsOf(chosen, data, columns, listedLevels(chosen));
    return { outputs: { data: tableSchema([...columns, ...cells.map(({ schema }) => schema)]) }, issues: found };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'a request has single rows, and a row of this table is made of many. Pivot before the pipeline and keep the result as a dataset, or put Web Service Input after Pivot, so that requests bring its columns.',
  }),
});

/** The columns that stay, with `column_missing` for those that are not there. */
export function rowColumns({ rows, column }: PivotParams, data: TableSchema) {
  const { columns, issues } = chooseColumns(rows, data, 'rows');
  return { columns: columns.filter(({ name }) => name !== column), issues: issues.filter(({ code }) => code === 'column_missing') };
}

/** The levels that the parameters list; null stands for a missing value. */
export const listedLevels = ({ levels, missing }: PivotParams): Level[] => [
  ...levels.map(({ value, name }) => ({ value, name: name === '' ? value : name })),
  ...(missing === 'column' ? [{ value: null, name: 'Missing' }] : []),
];

function columnIssues(column: string, data: TableSchema): Issue[] {
  if (column === '') return [problem('parameter_missing', 'Choose the pivot column.', { param: 'column' })];
  return findColumn(data, column) || data.open ? [] : [missingName('column', column, data)];
}

function levelIssues({ levels }: PivotParams): Issue[] {
  if (levels.length === 0) return [problem('parameter_missing', 'List the values that are to be columns.', { param: 'levels' })];
  const seen = new Set<string>();
  return levels.flatMap(({ value }, index) => {
    if (value === '') return [problem('parameter_missing', `Write value ${index + 1}, or remove it.`, { param: 'levels' })];
    const twice = seen.has(value);
    seen.add(value);
    const fix = { title: `Remove the second “${value}”`, set: { levels: levels.filter((_, at) => at !== index) } };
    return twice ? [problem('parameter_invalid', `“${value}” is listed twice.`, { param: 'levels', fix })] : [];
  });
}
