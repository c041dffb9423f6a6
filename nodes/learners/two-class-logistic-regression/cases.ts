import { defineCases } from '../../kit/define.ts';
import { twoClassLogisticRegression } from './node.ts';

const type = 'two-class-logistic-regression';
export const cases = defineCases(twoClassLogisticRegression, [
  { name: 'the usual settings', expect: { outputs: { learner: { learner: type, task: 'two-class', params: { tolerance: 1e-7, l1: 1, l2: 1, memory: 20 } } } } },
  {
    name: 'ridge only',
    params: { l1: 0, l2: 10 },
    expect: { outputs: { learner: { learner: type, task: 'two-class', params: { tolerance: 1e-7, l1: 0, l2: 10, memory: 20 } } } },
  },
  {
    name: 'values to try',
    params: { mode: 'range', l1Range: [0, 1] },
    expect: {
      outputs: {
        learner: { params: { l1: 1, l2: 1 }, ranges: { tolerance: [1e-4, 1e-7], l1: [0, 1], l2: [0.01, 0.1, 1], memory: [5, 20, 50] } },
      },
    },
  },
]);
