import { defineCases } from '../../kit/define.ts';
import { kNearestNeighboursClassification } from './node.ts';

const [learner, task] = ['k-nearest-neighbours-classification', 'multiclass'];
export const cases = defineCases(kNearestNeighboursClassification, [
  { name: 'the usual settings', expect: { outputs: { learner: { learner, task, params: { neighbours: 5, weighting: 'uniform', normalize: true } } } } },
  {
    name: 'two classes, by distance',
    params: { classes: 'two', weighting: 'distance', neighbours: 7 },
    expect: { outputs: { learner: { learner, task: 'two-class', params: { neighbours: 7, weighting: 'distance' } } } },
  },
  {
    name: 'values to try',
    params: { mode: 'range', neighboursRange: [3, 9] },
    expect: { outputs: { learner: { learner, task, params: { neighbours: 5 }, ranges: { neighbours: [3, 9] } } } },
  },
]);
