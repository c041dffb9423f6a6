import { z } from 'zod';
import { columnsNamed, selectColumns } from '../../kit/columns.ts';
import { defineNode, quoteName } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { findColumn, OPEN_TABLE, tableSchema } from '../../kit/table.ts';
import { aggregateInSql } from '../aggregate-functions.ts';
import { aggregationIssues, aggregationList, figuresOf } from '../aggregations.ts';
import { chooseColumns, describeSelection, freeName, takenNames } from '../choose-columns.ts';
import { withName } from '../rows-in-sql.ts';

export const groupAndAggregate = defineNode({
  type: 'group-and-aggregate',
  version: 1,
  title: 'Group and Aggregate',
  category: 'Data transformation',
  family: 'transform',
  icon: 'group',
  summary: 'Makes one row of each group of rows, with counts, sums, means and other figures of its columns.',
  keywords: [
    'group by',
    'summarize',
    'aggregate',
    'count',
    'sum',
    'mean',
    'average',
    'median',
    'quantile',
    'mode',
    'distinct',
    'total',
    'GroupBy',
    'agg',
    'aggregation',
    'summarise',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    groupBy: param.columns({
      title: 'Group columns',
      help: 'Rows with the same values in all of them are one group. No columns: all rows are one.',
      port: 'data',
      default: columnsNamed(),
    }),
    aggregations: aggregationList({ title: 'Aggregations', help: 'Each makes a column. A count without a column counts rows.' }),
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
    const issues = [...chosen.issues.filter(({ code }) => code === 'column_missing'), ...aggregationIssues('aggregations', aggregations, data, chosen.columns)];
    if (chosen.columns.length === 0 && aggregations.length === 0 && !data.open)
      issues.push(problem('parameter_missing', 'Choose group columns, or add an aggregation.', { param: 'aggregations' }));
    const results = figuresOf(aggregations, data, chosen.columns).map((each) => each.schema);
    return { outputs: { data: tableSchema([...chosen.columns, ...results], data.open) }, issues };
  },
  sql({ data = tableSchema([]) }, { groupBy, aggregations }) {
    const groups = selectColumns(groupBy, data).names.map((name) => findColumn(data, name)!);
    const names = groups.map((each) => quoteName(each.name));
    const place = quoteName(freeName('place', takenNames(data)));
    const figures = figuresOf(aggregations, data, groups).map(
      ({ schema, of, each }) => [schema.name, aggregateInSql(each.function, of, { place, quantile: each.quantile })] as const,
    );
    const made = new Map(figures);
    const rows = `(SELECT *, row_number() OVER () AS ${place} FROM data)${names.length > 0 ? ` GROUP BY ${names.join(', ')} ORDER BY min(${place})` : ''}`;
    const select = (some = [...groups.map(({ name }) => name), ...made.keys()]): string =>
      `SELECT ${some.map((name) => withName(made.get(name), name)).join(', ')} FROM ${rows}`;
    return { data: { select } };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'a request has single rows, not the groups of a table. Aggregate before the pipeline and keep the result as a dataset, or put Web Service Input after Group and Aggregate, so that requests bring the figures.',
  }),
});
