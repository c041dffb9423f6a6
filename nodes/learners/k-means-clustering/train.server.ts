import type { UnsupervisedTrainer } from '../../kit/context.ts';
import { fitClusters } from '../clusters/fit.server.ts';
import { kMeansClustering as node } from './node.ts';

const trainer: UnsupervisedTrainer = {
  learner: node.type,
  fit: async (data, given, context) => (await fitClusters(data, node.params.parse(given), context)).model,
};
export default trainer;
