import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { twoClassBoostedDecisionTree } from './node.ts';

export default defineRun(twoClassBoostedDecisionTree, (_inputs, params) => ({
  learner: learnerOf({ learner: twoClassBoostedDecisionTree.type, task: 'two-class' }, params),
}));
