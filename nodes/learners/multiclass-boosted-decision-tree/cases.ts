import { defineCases } from '../../kit/define.ts';
import { multiclassBoostedDecisionTree } from './node.ts';

const type = 'multiclass-boosted-decision-tree';
export const cases = defineCases(multiclassBoostedDecisionTree, [
  {
    name: 'the usual settings',
    expect: {
      outputs: { learner: { learner: type, task: 'multiclass', params: { leaves: 20, minimumSamples: 10, learningRate: 0.2, trees: 100, l2: 1, seed: 42 } } },
    },
  },
  {
    name: 'fewer, slower trees',
    params: { trees: 20, learningRate: 0.05 },
    expect: { outputs: { learner: { learner: type, task: 'multiclass', params: { leaves: 20, learningRate: 0.05, trees: 20 } } } },
  },
  {
    name: 'numbers of leaves to try',
    params: { mode: 'range', leavesRange: [8, 32] },
    expect: { outputs: { learner: { learner: type, task: 'multiclass', ranges: { leaves: [8, 32], trees: [20, 100, 500] } } } },
  },
]);
