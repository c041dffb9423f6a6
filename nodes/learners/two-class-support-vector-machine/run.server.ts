import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { twoClassSupportVectorMachine } from './node.ts';

export default defineRun(twoClassSupportVectorMachine, (_inputs, params) => ({
  learner: learnerOf({ learner: twoClassSupportVectorMachine.type, task: 'two-class' }, params),
}));
