import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { boostedDecisionTreeRegression } from './node.ts';

export default defineRun(boostedDecisionTreeRegression, (_inputs, params) => ({
  learner: learnerOf({ learner: boostedDecisionTreeRegression.type, task: 'regression' }, params),
}));
