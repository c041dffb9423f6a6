import { defineCases } from '../../kit/define.ts';
import { kNearestNeighboursRegression } from './node.ts';

const [learner, task] = ['k-nearest-neighbours-regression', 'regression'];
export const cases = defineCases(kNearestNeighboursRegression, [
  { name: 'the usual settings', expect: { outputs: { learner: { learner, task, params: { neighbours: 5, weighting: 'uniform', normalize: true } } } } },
  {
    name: 'values to try',
    params: { mode: 'range', neighboursRange: [3, 9] },
    expect: { outputs: { learner: { learner, task, params: { neighbours: 5 }, ranges: { neighbours: [3, 9] } } } },
  },
]);
