import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { multiclassDecisionForest } from './node.ts';

export default defineRun(multiclassDecisionForest, (_inputs, params) => ({
  learner: learnerOf({ learner: multiclassDecisionForest.type, task: 'multiclass' }, params),
}));
