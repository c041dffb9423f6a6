import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { twoClassLogisticRegression } from './node.ts';

export default defineRun(twoClassLogisticRegression, (_inputs, params) => ({
  learner: learnerOf({ learner: twoClassLogisticRegression.type, task: 'two-class' }, params),
}));
