import { defineCases } from '../../kit/define.ts';
import { pcaBasedAnomalyDetection } from './node.ts';

const type = 'pca-based-anomaly-detection';
export const cases = defineCases(pcaBasedAnomalyDetection, [
  { name: 'the usual settings', expect: { outputs: { learner: { learner: type, task: 'anomaly', params: { components: 2, share: 0.05, normalize: true } } } } },
  { name: 'more components', params: { components: 5 }, expect: { outputs: { learner: { learner: type, task: 'anomaly', params: { components: 5 } } } } },
]);
