import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';

const share = { above: 0, maximum: 1, step: 0.1 } as const;

export const fastForestQuantileRegression = defineNode({
  type: 'fast-forest-quantile-regression',
  version: 1,
  title: 'Fast Forest Quantile Regression',
  category: 'Machine learning: regression',
  family: 'learn',
  icon: 'tree',
  summary: 'A forest that predicts not one number but its spread: any quantiles.',
  keywords: ['quantile', 'percentile', 'interval', 'uncertainty', 'random forest', 'regressor', 'median'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    mode: param.trainerMode(),
    trees: param.integer({ title: 'Number of trees', default: 100, minimum: 1, maximum: 10_000 }),
    treesRange: param.range({ title: 'Numbers of trees', default: [16, 32, 64], minimum: 1, maximum: 10_000, whole: true }),
    leaves: param.integer({ title: 'Number of leaves', help: 'Of each tree. Trees grow by the best gain.', default: 20, minimum: 2, maximum: 10_000 }),
    leavesRange: param.range({ title: 'Numbers of leaves', default: [16, 32, 64], minimum: 2, maximum: 10_000, whole: true }),
    minimumSamples: param.integer({
      title: 'Minimum number of training instances required to form a leaf',
      default: 10,
      minimum: 1,
      maximum: 1_000_000,
    }),
    minimumSamplesRange: param.range({ title: 'Minimum numbers of instances', default: [1, 5, 10], minimum: 1, maximum: 1_000_000, whole: true }),
    rowShare: param.number({ title: 'Bagging fraction', help: 'The share of rows that each tree sees.', default: 0.7, ...share }),
    rowShareRange: param.range({ title: 'Bagging fractions', default: [0.25, 0.5, 0.75], above: 0, maximum: 1 }),
    columnShare: param.number({ title: 'Split fraction', help: 'The share of columns that each split may choose from.', default: 0.7, ...share }),
    columnShareRange: param.range({ title: 'Split fractions', default: [0.25, 0.5, 0.75], above: 0, maximum: 1 }),
    quantiles: param.numbers({
      title: 'Quantiles to be estimated',
      help: 'Shares of rows that shall lie below, each a column of the predictions.',
      default: [0.25, 0.5, 0.75],
      minimum: 0.001,
      maximum: 0.999,
      maximumCount: 20,
    }),
    seed: param.seed({ help: 'Draws rows and columns. The same seed gives the same model.' }),
  }),
  deterministic: true,
  describe: ({ trees, quantiles }) => `${trees} trees, quantiles ${risingQuantiles(quantiles).join(', ')}`,
  infer: (_inputs, { quantiles }) => ({
    outputs: { learner: { learner: 'fast-forest-quantile-regression', task: 'regression', quantiles: risingQuantiles(quantiles) } },
    issues: [],
  }),
  atScoring: () => ({ as: 'vanish' }),
});

/** Each once, the smallest first. */
export function risingQuantiles(quantiles: readonly number[]): number[] {
  return [...new Set(quantiles)].sort((a, b) => a - b);
}
