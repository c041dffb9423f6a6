import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { kNearestNeighboursClassification, taskOf } from './node.ts';

export default defineRun(kNearestNeighboursClassification, (_inputs, params) => ({
  learner: learnerOf({ learner: kNearestNeighboursClassification.type, task: taskOf(params) }, params),
}));
