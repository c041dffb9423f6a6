import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { decisionForestRegression } from './node.ts';

export default defineRun(decisionForestRegression, (_inputs, params) => ({
  learner: learnerOf({ learner: decisionForestRegression.type, task: 'regression' }, params),
}));
