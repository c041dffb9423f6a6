import { defineCases } from '../../kit/define.ts';
import { poissonRegression } from './node.ts';

const [learner, task] = ['poisson-regression', 'regression'];
export const cases = defineCases(poissonRegression, [
  { name: 'the usual settings', expect: { outputs: { learner: { learner, task, params: { tolerance: 1e-7, l1: 1, l2: 1, memory: 20 } } } } },
  {
    name: 'values to try',
    params: { mode: 'range', l1Range: [0] },
    expect: { outputs: { learner: { learner, task, params: { l1: 1 }, ranges: { l1: [0] } } } },
  },
]);
