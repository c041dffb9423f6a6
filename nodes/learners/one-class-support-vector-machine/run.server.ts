import { defineRun } from '../../kit/define.ts';
import { oneClassSupportVectorMachine } from './node.ts';

export default defineRun(oneClassSupportVectorMachine, (_inputs, params) => ({
  learner: { learner: oneClassSupportVectorMachine.type, task: 'anomaly', params },
}));
