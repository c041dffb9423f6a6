import { defineRun } from '../../kit/define.ts';
import { isolationForest } from './node.ts';

export default defineRun(isolationForest, (_inputs, params) => ({ learner: { learner: isolationForest.type, task: 'anomaly', params } }));
