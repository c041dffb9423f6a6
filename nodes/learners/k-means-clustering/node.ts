import { defineNode } from '../../kit/define.ts';
import { K_MEANS, kMeansLearner, kMeansParams } from '../clusters/params.ts';

export const kMeansClustering = defineNode({
  type: K_MEANS.type,
  version: 1,
  title: K_MEANS.title,
  category: 'Machine learning: clustering',
  family: 'learn',
  icon: 'cluster',
  summary: 'Puts rows that lie close together into one group, around so many centres.',
  keywords: ['kmeans', 'k-means++', 'lloyd', 'segment', 'segmentation', 'group', 'unsupervised', 'centroid'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: kMeansParams,
  deterministic: true,
  describe: ({ mode, clusters, clustersRange }) => (mode === 'range' ? `${clustersRange.join(', ')} centroids` : `${clusters} centroids`),
  infer: (_inputs, params) => ({ outputs: { learner: kMeansLearner(params) }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
