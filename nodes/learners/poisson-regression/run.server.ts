import { defineRun } from '../../kit/define.ts';
import { learnerOf } from '../learner.ts';
import { poissonRegression } from './node.ts';

export default defineRun(poissonRegression, (_inputs, params) => ({ learner: learnerOf({ learner: poissonRegression.type, task: 'regression' }, params) }));
