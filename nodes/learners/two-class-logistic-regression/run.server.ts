import { defineRun } from '../../kit/define.ts';
import { twoClassLogisticRegression } from './node.ts';

export default defineRun(twoClassLogisticRegression, (_inputs, params) => ({
  learner: { learner: twoClassLogisticRegression.type, task: 'two-class', params },
}));
