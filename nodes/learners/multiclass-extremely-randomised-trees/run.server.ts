import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { multiclassExtremelyRandomisedTrees } from './node.ts';

export default defineRun(multiclassExtremelyRandomisedTrees, (_inputs, params) => ({
  learner: learnerOf({ learner: multiclassExtremelyRandomisedTrees.type, task: 'multiclass' }, params),
}));
