import { z } from 'zod';
import { columnsNamed, selectColumns } from '../../kit/columns.ts';
import { defineNode, quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, findColumn, OPEN_TABLE, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection, freeName, takenNames } from '../choose-columns.ts';
import { missingColumnOf } from '../list-columns.ts';
import { aggregateInSql, FUNCTION_NAMES, functionOf } from './functions.ts';

const aggregation = z.object({
  function: z.enum(FUNCTION_NAMES).default('count'),
  column: z.string().default(''),
  quantile: z.number().min(0).max(1).default(0.9),
  name: z.string().max(500).default(''),
});
type Aggregation = z.output<typeof aggregation>;

export const groupAndAggregate = defineNode({
  type: 'group-and-aggregate',
  version: 1,
  title: 'Group and Aggregate',
  category: 'Data transformation',
  family: 'transform',
  icon: 'group',
  summary: 'Makes one row of each group of rows, with counts, sums, means and other figures of its columns.',
  keywords: ['group by', 'summarize', 'aggregate', 'count', 'sum', 'mean', 'average', 'median', 'quantile', 'mode', 'distinct', 'total'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    groupBy: param.columns({
      title: 'Group columns',
      help: 'Rows with the same values in all of them are one group. No columns: all rows are one.',
      port: 'data',
      default: columnsNamed(),
    }),
    aggregations: param.list({
      title: 'Aggregations',
      help: 'Each makes a column. A count without a column counts rows.',
      port: 'data',
      item: 'an aggregation',
      schema: aggregation,
      fields: [
        { name: 'function', title: 'Function', as: 'choice', options: FUNCTION_NAMES.map((value) => ({ value, title: functionOf(value).title })) },
        { name: 'column', title: 'Column', as: 'column', optional: true },
        { name: 'quantile', title: 'Quantile', as: 'number', minimum: 0, maximum: 1, step: 0.05, shownWhen: { field: 'function', is: ['quantile'] } },
        { name: 'name', title: 'New name', as: 'text', placeholder: 'by column and function' },
      ],
    }),
  }),
  deterministic: true,
  describe: ({ groupBy, aggregations }) => {
    const figures = `${aggregations.length} ${aggregations.length === 1 ? 'figure' : 'figures'}`;
    const by = describeSelection(groupBy);
    return by === '' || by === 'no columns' ? figures : `${figures} by ${by}`;
  },
  infer({ data }, { groupBy, aggregations }) {
    if (!data) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const chosen = chooseColumns(groupBy, data, 'groupBy');
    const issues = [...chosen.issues.filter(({ code }) => code === 'column_missing'), ...aggregationIssues(aggregations, data, chosen.columns)];
    if (chosen.columns.length === 0 && aggregations.length === 0 && !data.open)
      issues.push(problem('parameter_missing', 'Choose group columns, or add an aggregation.', { param: 'aggregations' }));
    const results = resultsOf(aggregations, data, chosen.columns).map((each) => each.schema);
    return { outputs: { data: tableSchema([...chosen.columns, ...results], data.open) }, issues };
  },
  sql({ data = tableSchema([]) }, { groupBy, aggregations }) {
    const groups = selectColumns(groupBy, data).names.map((name) => findColumn(data, name)!);
    const names = groups.map((each) => quoteName(each.name));
    const place = quoteName(freeName('place', takenNames(data)));
    const results = resultsOf(aggregations, data, groups).map(
      ({ schema, of, each }) => `${aggregateInSql(each.function, of, { place, quantile: each.quantile })} AS ${quoteName(schema.name)}`,
    );
    const numbered = `(SELECT *, row_number() OVER () AS ${place} FROM data)`;
    if (names.length === 0) return { data: `SELECT ${results.join(', ')} FROM ${numbered}` };
    return { data: `SELECT ${[...names, ...results].join(', ')} FROM ${numbered} GROUP BY ${names.join(', ')} ORDER BY min(${place})` };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'a request has single rows, not the groups of a table. Aggregate before the pipeline and keep the result as a dataset, or put Web Service Input after Group and Aggregate, so that requests bring the figures.',
  }),
});

interface Result {
  readonly each: Aggregation;
  /** Null: rows are counted. */
  readonly of: ColumnSchema | null;
  readonly schema: ColumnSchema;
}

/** The figures that can be made, each with its column; names that are not given come of column and function. */
function resultsOf(aggregations: readonly Aggregation[], data: TableSchema, groups: readonly ColumnSchema[]): Result[] {
  const taken = new Set([...groups, ...aggregations.filter((each) => each.name !== '')].map((each) => each.name.toLowerCase()));
  return aggregations.flatMap((each) => {
    const of = each.column === '' ? null : (findColumn(data, each.column) ?? undefined);
    if (of === undefined || (of === null && each.function !== 'count')) return [];
    const { type: typeOf, suffix, nullable } = functionOf(each.function);
    const type = of ? typeOf(of.type) : 'integer';
    if (!type) return [];
    const name = each.name !== '' ? each.name : freeName(of ? `${of.name}_${suffix}` : 'count', taken);
    return [{ each, of, schema: column(name, type, { nullable: nullable && of !== null }) }];
  });
}

function aggregationIssues(aggregations: readonly Aggregation[], data: TableSchema, groups: readonly ColumnSchema[]): Issue[] {
  const place = { param: 'aggregations' };
  const names = new Set(groups.map((each) => each.name.toLowerCase()));
  return aggregations.flatMap((each, index) => {
    const issues: Issue[] = [];
    const without = { title: `Remove aggregation ${index + 1}`, set: { aggregations: aggregations.filter((other) => other !== each) } };
    const { title, type } = functionOf(each.function);
    if (each.name !== '') {
      if (names.has(each.name.toLowerCase()))
        issues.push(problem('column_duplicate', `Two columns would have the name “${each.name}”. Give aggregation ${index + 1} another.`, place));
      names.add(each.name.toLowerCase());
    }
    if (each.column === '') {
      if (each.function !== 'count')
        issues.push(problem('parameter_missing', `Choose the column of aggregation ${index + 1}, ${title.toLowerCase()}.`, { ...place, fix: without }));
      return issues;
    }
    const of = findColumn(data, each.column);
    if (!of) return data.open ? issues : [...issues, missingColumnOf('aggregations', aggregations, index, data)];
    if (!type(of.type)) issues.push(problem('column_wrong_type', `${title} needs numbers, but “${of.name}” is ${of.type}.`, { ...place, fix: without }));
    return issues;
  });
}
