import { defineRun } from '../../kit/define.ts';
import { linearRegression } from './node.ts';

export default defineRun(linearRegression, (_inputs, params) => ({ learner: { learner: linearRegression.type, task: 'regression', params } }));
