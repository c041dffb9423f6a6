import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { kNearestNeighboursRegression } from './node.ts';

export default defineRun(kNearestNeighboursRegression, (_inputs, params) => ({
  learner: learnerOf({ learner: kNearestNeighboursRegression.type, task: 'regression' }, params),
}));
