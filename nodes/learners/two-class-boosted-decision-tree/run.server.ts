import { defineRun } from '../../kit/define.ts';
import { twoClassBoostedDecisionTree } from './node.ts';

export default defineRun(twoClassBoostedDecisionTree, (_inputs, params) => ({
  learner: { learner: twoClassBoostedDecisionTree.type, task: 'two-class', params },
}));
