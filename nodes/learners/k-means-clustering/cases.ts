import { defineCases } from '../../kit/define.ts';
import { kMeansClustering } from './node.ts';

const type = 'k-means-clustering';
export const cases = defineCases(kMeansClustering, [
  {
    name: 'the usual settings',
    expect: {
      outputs: { learner: { learner: type, task: 'clustering', params: { clusters: 2, seeding: 'k-means++', iterations: 100, normalize: true, seed: 0 } } },
    },
  },
  {
    name: 'labels that are there are filled or overwritten',
    params: { labels: 'overwrite' },
    expect: { outputs: { learner: { learner: type, task: 'clustering', labels: 'overwrite' } } },
  },
  {
    name: 'numbers of centroids to try, for Sweep Clustering',
    params: { mode: 'range', clustersRange: [2, 3, 4] },
    expect: { outputs: { learner: { learner: type, task: 'clustering', ranges: { clusters: [2, 3, 4] } } } },
  },
]);
