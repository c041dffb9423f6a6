import { defineCases } from '../../kit/define.ts';
import { boostedDecisionTreeRegression } from './node.ts';

const type = 'boosted-decision-tree-regression';
export const cases = defineCases(boostedDecisionTreeRegression, [
  {
    name: 'the usual settings',
    expect: {
      outputs: { learner: { learner: type, task: 'regression', params: { leaves: 20, minimumSamples: 10, learningRate: 0.2, trees: 100, seed: 0 } } },
    },
  },
  {
    name: 'fewer, slower trees',
    params: { trees: 20, learningRate: 0.05 },
    expect: { outputs: { learner: { learner: type, task: 'regression', params: { leaves: 20, learningRate: 0.05, trees: 20 } } } },
  },
  {
    name: 'quantile loss',
    params: { loss: 'quantile', quantile: 0.9 },
    expect: { outputs: { learner: { learner: type, task: 'regression', params: { loss: 'quantile', quantile: 0.9 } } } },
  },
  {
    name: 'numbers of leaves to try',
    params: { mode: 'range', leavesRange: [8, 32] },
    expect: { outputs: { learner: { learner: type, task: 'regression', ranges: { leaves: [8, 32], trees: [20, 100, 500] } } } },
  },
]);
