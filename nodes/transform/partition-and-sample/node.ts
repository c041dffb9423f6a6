import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, findColumn, OPEN_TABLE, tableSchema, type TableSchema } from '../../kit/table.ts';
import { missingName } from '../list-columns.ts';
import { askedForSample, assignAgainInSql, assignInSql, FOLD_NUMBER, headInSql, pickInSql, sampleAgainInSql, sampleInSql } from './queries.ts';

const assign = { param: 'mode', is: ['assign'] };
const sampling = { param: 'mode', is: ['sampling'] };
const pick = { param: 'mode', is: ['pick'] };

const params = z.object({
  mode: param.choice({
    title: 'Partition or sample mode',
    options: { assign: 'Assign to Folds', pick: 'Pick Fold', sampling: 'Sampling', head: 'Head' },
    default: 'sampling',
  }),
  partitioner: param.choice({
    title: 'Specify the partitioner method',
    options: { even: 'Partition evenly', custom: 'Partition with customized proportions' },
    default: 'even',
    shownWhen: assign,
  }),
  folds: param.integer({
    title: 'Number of folds',
    default: 5,
    minimum: 1,
    maximum: 100,
    shownWhen: { param: 'partitioner', is: ['even'] },
  }),
  proportions: param.numbers({
    title: 'List of proportions',
    help: 'One for each fold. What they leave of 1 is one more fold.',
    default: [0.5, 0.25, 0.25],
    above: 0,
    maximum: 1,
    maximumCount: 100,
    shownWhen: { param: 'partitioner', is: ['custom'] },
  }),
  replacement: param.flag({
    title: 'Use replacement',
    help: 'Each row is drawn from all of them, so that one can come several times and another never.',
    default: false,
    shownWhen: { param: 'mode', is: ['assign', 'sampling'] },
  }),
  randomized: param.flag({
    title: 'Randomized split',
    help: 'Off: rows are dealt to the folds in turn, or by proportions the first ones to the first fold.',
    default: true,
    shownWhen: assign,
  }),
  fold: param.integer({ title: 'Fold to pick', help: 'The first is 1.', default: 1, minimum: 1, maximum: 101, shownWhen: pick }),
  complement: param.flag({ title: 'Pick complement of the selected fold', default: false, shownWhen: pick }),
  rate: param.number({ title: 'Rate of sampling', default: 0.01, minimum: 0, maximum: 1, step: 0.01, shownWhen: sampling }),
  rows: param.integer({ title: 'Number of rows to select', default: 10, minimum: 0, maximum: 1_000_000_000, shownWhen: { param: 'mode', is: ['head'] } }),
  seed: param.seed({ advanced: false, shownWhen: { param: 'mode', is: ['assign', 'sampling'] } }),
  stratified: param.flag({
    title: 'Stratified split',
    help: 'Each value of one column is shared out alike.',
    default: false,
    shownWhen: { param: 'mode', is: ['assign', 'sampling'] },
  }),
  stratifyBy: param.oneColumn({ title: 'Stratification key column', port: 'data', shownWhen: { param: 'stratified', is: [true] } }),
});
export type PartitionParams = z.output<typeof params>;

export const partitionAndSample = defineNode({
  type: 'partition-and-sample',
  version: 2,
  title: 'Partition and Sample',
  category: 'Data transformation',
  family: 'transform',
  icon: 'sample',
  summary: 'Gives each row a fold, picks the rows of a fold, or takes some of the rows.',
  keywords: [
    'fold',
    'k-fold',
    'cross-validation',
    'sample',
    'subset',
    'head',
    'first rows',
    'stratified',
    'random',
    'data sampler',
    'row sampling',
    'KFold',
    'StratifiedKFold',
    'sampling',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  describe({ mode, partitioner, folds, proportions, fold, complement, rate, rows }) {
    if (mode === 'assign') return partitioner === 'even' ? `${folds} folds` : proportions.join(' / ');
    if (mode === 'pick') return complement ? `all but fold ${fold}` : `fold ${fold}`;
    return mode === 'head' ? `first ${rows} rows` : `${Math.round(rate * 10_000) / 100} % of rows`;
  },
  infer({ data }, chosen) {
    if (!data) return { outputs: { data: OPEN_TABLE }, issues: [] };
    return { outputs: { data: schemaOf(data, chosen) }, issues: issuesOf(data, chosen) };
  },
  asks: (_inputs, chosen) => (chosen.mode === 'sampling' && !chosen.replacement ? askedForSample(chosen) : {}),
  sql({ data = tableSchema([]) }, chosen, answers) {
    if (chosen.mode === 'head') return { data: headInSql(chosen.rows) };
    if (chosen.mode === 'pick') return { data: pickInSql(data, chosen) };
    if (chosen.mode === 'sampling') return { data: chosen.replacement ? sampleAgainInSql(data, chosen) : sampleInSql(data, chosen, answers) };
    return { data: chosen.replacement ? assignAgainInSql(data, chosen) : assignInSql(data, chosen) };
  },
  atScoring: () => ({ as: 'identity', note: 'Rows of a request have no folds and are not sampled: each gets an answer.' }),
});

function schemaOf(data: TableSchema, { mode }: PartitionParams): TableSchema {
  if (mode !== 'assign') return data;
  const others = data.columns.filter((each) => each.name.toLowerCase() !== FOLD_NUMBER.toLowerCase());
  return tableSchema([...others, column(FOLD_NUMBER, 'integer', { role: 'id' })], data.open);
}

function issuesOf(data: TableSchema, chosen: PartitionParams): Issue[] {
  const { mode, partitioner, proportions, stratified, stratifyBy } = chosen;
  if (mode === 'head') return [];
  if (mode === 'pick') {
    if (findColumn(data, FOLD_NUMBER) || data.open) return [];
    return [
      problem('column_missing', `The table has no column “${FOLD_NUMBER}”. Give its rows folds with another Partition and Sample before.`, { param: 'mode' }),
    ];
  }
  const issues: Issue[] = [];
  const sum = proportions.reduce((total, each) => total + each, 0);
  if (mode === 'assign' && partitioner === 'custom' && sum > 1 + 1e-9)
    issues.push(
      problem('parameter_invalid', `The proportions make ${Number(sum.toPrecision(6))} in all; they must not be more than 1.`, { param: 'proportions' }),
    );
  if (!stratified) return issues;
  const off = { title: 'Do without strata', set: { stratified: false } };
  if (stratifyBy === '')
    return [...issues, problem('parameter_missing', 'Choose the column whose values are shared out alike.', { param: 'stratifyBy', fix: off })];
  if (findColumn(data, stratifyBy) || data.open) return issues;
  return [...issues, missingName('stratifyBy', stratifyBy, data, off)];
}
