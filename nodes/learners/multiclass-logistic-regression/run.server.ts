import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { multiclassLogisticRegression } from './node.ts';

export default defineRun(multiclassLogisticRegression, (_inputs, params) => ({
  learner: learnerOf({ learner: multiclassLogisticRegression.type, task: 'multiclass' }, params),
}));
