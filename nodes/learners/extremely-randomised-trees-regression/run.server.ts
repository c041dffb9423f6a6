import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { extremelyRandomisedTreesRegression } from './node.ts';

export default defineRun(extremelyRandomisedTreesRegression, (_inputs, params) => ({
  learner: learnerOf({ learner: extremelyRandomisedTreesRegression.type, task: 'regression' }, params),
}));
