import { defineCases } from '../../kit/define.ts';
import { multiclassLogisticRegression } from './node.ts';

const [learner, task] = ['multiclass-logistic-regression', 'multiclass'];
export const cases = defineCases(multiclassLogisticRegression, [
  {
    name: 'the usual settings',
    expect: { outputs: { learner: { learner, task, params: { tolerance: 1e-7, l1: 1, l2: 1, memory: 20, classWeights: 'none' } } } },
  },
  {
    name: 'values to try',
    params: { mode: 'range', l2Range: [1, 10] },
    expect: { outputs: { learner: { learner, task, params: { l2: 1 }, ranges: { l2: [1, 10] } } } },
  },
]);
