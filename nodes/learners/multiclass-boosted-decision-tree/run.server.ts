import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { multiclassBoostedDecisionTree } from './node.ts';

export default defineRun(multiclassBoostedDecisionTree, (_inputs, params) => ({
  learner: learnerOf({ learner: multiclassBoostedDecisionTree.type, task: 'multiclass' }, params),
}));
