import type { UnsupervisedTrainer } from '../../kit/context.ts';
import { clusterMemory } from '../../kernels/k-means.server.ts';
import { fitClusters } from '../clusters/fit.server.ts';
import { kMeansClustering as node } from './node.ts';

const trainer: UnsupervisedTrainer = {
  learner: node.type,
  memory: (shape, params) => clusterMemory(shape, node.params.parse(params)),
  fit: async (data, given, context) => (await fitClusters(data, node.params.parse(given), context)).model,
};
export default trainer;
