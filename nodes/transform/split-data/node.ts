import { z } from 'zod';
import { columnsNamed } from '../../kit/columns.ts';
import { defineNode, type Answers, type ColumnQuery } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { findColumn, tableSchema, type TableSchema } from '../../kit/table.ts';
import { describeSelection } from '../choose-columns.ts';
import { missingName } from '../list-columns.ts';
import { drawnRows, edgeOfDraw } from '../ranked-rows.ts';
import { listing } from '../rows-in-sql.ts';
import { numberInSql } from '../values-in-sql.ts';
import { groupIssues, splitByGroup } from './by-group.ts';
import { cutInTime, splitByTime, timeIssues } from './by-time.ts';
import { regularInSql, relativeInSql } from './expression.ts';

const rows = { param: 'mode', is: ['rows'] };
const byTime = { param: 'mode', is: ['time'] };
const drawn = { param: 'mode', is: ['rows', 'group'] };
const shared = { param: 'mode', is: ['rows', 'time', 'group'] };

const params = z.object({
  mode: param.choice({
    title: 'Splitting mode',
    options: { rows: 'Split Rows', time: 'Time-ordered', group: 'By Group', regular: 'Regular Expression', relative: 'Relative Expression' },
    default: 'rows',
  }),
  fraction: param.number({ title: 'Fraction of rows in the first output dataset', default: 0.5, minimum: 0, maximum: 1, step: 0.05, shownWhen: shared }),
  randomized: param.flag({
    title: 'Randomized split',
    help: 'Off: the first rows, or groups, go to the first output. Rows keep their order either way.',
    default: true,
    shownWhen: drawn,
  }),
  seed: param.seed({ shownWhen: drawn, advanced: false }),
  stratified: param.flag({
    title: 'Stratified split',
    help: 'Each value of one column is shared out alike, so that both parts hold as many of each class.',
    default: false,
    shownWhen: rows,
  }),
  stratifyBy: param.oneColumn({ title: 'Stratification key column', port: 'data', default: '', shownWhen: { param: 'stratified', is: [true] } }),
  timeColumn: param.oneColumn({
    title: 'Time column',
    help: 'The earlier rows go to the first output. Rows of the same time stay together.',
    port: 'data',
    types: ['datetime', 'number', 'integer', 'text', 'category'],
    default: '',
    shownWhen: byTime,
  }),
  gap: param.number({
    title: 'Gap',
    help: 'How long after the cut rows go to neither output: in days for dates, else in the unit of the column.',
    default: 0,
    minimum: 0,
    maximum: 1e12,
    shownWhen: byTime,
  }),
  groupColumns: param.columns({
    title: 'Group columns',
    help: 'All rows with the same values in them go to the same output.',
    port: 'data',
    default: columnsNamed(),
    shownWhen: { param: 'mode', is: ['group'] },
  }),
  regularExpression: param.text({
    title: 'Regular expression',
    help: 'The column, then the pattern that its text must match somewhere: \\"name" ^A or (\\0) ^A, the first column being 0.',
    default: '',
    maximum: 2_000,
    placeholder: '\\"city" ^(Oslo|Rome)$',
    shownWhen: { param: 'mode', is: ['regular'] },
  }),
  relativeExpression: param.text({
    title: 'Relative expression',
    help: 'The column, then comparisons joined by & and |: \\"year" > 2010 & != 2015.',
    default: '',
    maximum: 2_000,
    placeholder: '\\"year" >= 2010',
    shownWhen: { param: 'mode', is: ['relative'] },
  }),
});
type SplitParams = z.output<typeof params>;

export const splitData = defineNode({
  type: 'split-data',
  version: 1,
  title: 'Split Data',
  category: 'Data transformation',
  family: 'transform',
  icon: 'split',
  summary: 'Divides the rows into two tables: by chance, by time, by group or by a condition.',
  keywords: [
    'train',
    'test',
    'holdout',
    'partition',
    'stratified',
    'filter',
    'random',
    'sample',
    'validation',
    'time series',
    'group',
    'train test split',
    'partitioning',
    'StratifiedShuffleSplit',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { first: { kind: 'table', title: 'Results dataset1' }, second: { kind: 'table', title: 'Results dataset2' } },
  params,
  deterministic: true,
  describe({ mode, fraction, stratified, stratifyBy, timeColumn, groupColumns, regularExpression, relativeExpression }) {
    if (mode === 'regular') return regularExpression;
    if (mode === 'relative') return relativeExpression;
    const percent = Math.round(fraction * 1_000) / 10;
    const by = { rows: stratified ? stratifyBy : '', time: timeColumn, group: describeSelection(groupColumns) }[mode];
    return `${percent} / ${Math.round((100 - percent) * 10) / 10}${by ? ` by ${by}` : ''}`;
  },
  infer({ data }, chosen) {
    return { outputs: data ? { first: data, second: data } : {}, issues: issuesOf(chosen, data) };
  },
  lazy: 'counted',
  asks: (_inputs, chosen) => asked(chosen),
  sql({ data }, chosen, answers) {
    const schema = data ?? tableSchema([]);
    if (chosen.mode === 'rows') return splitRows(chosen, schema, answers);
    if (chosen.mode === 'time') return splitByTime(chosen, schema, answers);
    if (chosen.mode === 'group') return splitByGroup(chosen, schema);
    const { sql = 'false' } = conditionOf(chosen, schema);
    const where = (condition: string): ColumnQuery => listing((list) => `SELECT ${list} FROM data WHERE ${condition}`);
    return { first: where(`coalesce(${sql}, false)`), second: where(`NOT coalesce(${sql}, false)`) };
  },
  atScoring: ({ mode }) => ({
    as: 'identity',
    ...(mode !== 'regular' && mode !== 'relative'
      ? {}
      : { note: 'Rows of a request are not divided: each gets an answer, also those that training left out here.' }),
  }),
});

const conditionOf = ({ mode, regularExpression, relativeExpression }: SplitParams, schema: TableSchema) =>
  mode === 'regular' ? regularInSql(regularExpression, schema) : relativeInSql(relativeExpression, schema);

function issuesOf(chosen: SplitParams, data: TableSchema | undefined): Issue[] {
  if (chosen.mode === 'time') return timeIssues(chosen, data);
  if (chosen.mode === 'group') return groupIssues(chosen, data);
  if (chosen.mode !== 'rows') {
    const name = chosen.mode === 'regular' ? 'regularExpression' : 'relativeExpression';
    if (chosen[name].trim() === '') return [problem('parameter_missing', 'Write the expression by which rows are divided.', { param: name })];
    return conditionOf(chosen, data ?? tableSchema([], true)).issues;
  }
  if (!chosen.stratified) return [];
  const place = { param: 'stratifyBy' };
  const off = { title: 'Split without strata', set: { stratified: false } };
  if (chosen.stratifyBy === '') return [problem('parameter_missing', 'Choose the column whose values are shared out alike.', { ...place, fix: off })];
  if (!data || data.open || findColumn(data, chosen.stratifyBy)) return [];
  return [missingName('stratifyBy', chosen.stratifyBy, data, off)];
}

/** Whatever sorts or groups rows stays no query. */
function asked(chosen: SplitParams): Readonly<Record<string, string>> {
  if (chosen.mode === 'regular' || chosen.mode === 'relative') return {};
  if (chosen.mode === 'time') return cutInTime(chosen);
  return chosen.mode === 'rows' && !chosen.stratified ? edgeOfDraw(chosen, numberInSql(chosen.fraction)) : { rowByRow: 'SELECT false' };
}

/**
 * Exactly round(rows · fraction) rows are first. By chance: those whose seeded hash comes first. With strata: rows are ranked within their stratum,
 * and those whose rank is the smallest part of it come first, so that each stratum gives its fraction, off by less than one row.
 */
function splitRows({ fraction, ...drawing }: SplitParams, schema: TableSchema, answers: Answers): { first: ColumnQuery; second: ColumnQuery } {
  const rows = (side: 'first' | 'others'): ColumnQuery => drawnRows(schema, drawing, numberInSql(fraction), side, answers);
  return { first: rows('first'), second: rows('others') };
}
