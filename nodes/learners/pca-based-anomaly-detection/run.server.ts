import { defineRun } from '../../kit/define.ts';
import { pcaBasedAnomalyDetection } from './node.ts';

export default defineRun(pcaBasedAnomalyDetection, (_inputs, params) => ({ learner: { learner: pcaBasedAnomalyDetection.type, task: 'anomaly', params } }));
