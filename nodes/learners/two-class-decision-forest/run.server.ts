import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { twoClassDecisionForest } from './node.ts';

export default defineRun(twoClassDecisionForest, (_inputs, params) => ({
  learner: learnerOf({ learner: twoClassDecisionForest.type, task: 'two-class' }, params),
}));
