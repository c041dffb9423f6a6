import { defineCases } from '../../kit/define.ts';
import { fastForestQuantileRegression } from './node.ts';

const type = 'fast-forest-quantile-regression';
export const cases = defineCases(fastForestQuantileRegression, [
  {
    name: 'the usual settings',
    expect: {
      outputs: {
        learner: {
          learner: type,
          task: 'regression',
          quantiles: [0.25, 0.5, 0.75],
          params: { trees: 100, leaves: 20, minimumSamples: 10, rowShare: 0.7, columnShare: 0.7, quantiles: [0.25, 0.5, 0.75], seed: 0 },
        },
      },
    },
  },
  {
    name: 'an interval of 90 %',
    params: { quantiles: [0.95, 0.05] },
    expect: { outputs: { learner: { learner: type, task: 'regression', quantiles: [0.05, 0.95] } } },
  },
  {
    name: 'numbers of leaves to try',
    params: { mode: 'range', leavesRange: [8, 32] },
    expect: { outputs: { learner: { learner: type, task: 'regression', ranges: { leaves: [8, 32], trees: [16, 32, 64] } } } },
  },
]);
