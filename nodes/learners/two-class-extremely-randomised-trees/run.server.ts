import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { twoClassExtremelyRandomisedTrees } from './node.ts';

export default defineRun(twoClassExtremelyRandomisedTrees, (_inputs, params) => ({
  learner: learnerOf({ learner: twoClassExtremelyRandomisedTrees.type, task: 'two-class' }, params),
}));
