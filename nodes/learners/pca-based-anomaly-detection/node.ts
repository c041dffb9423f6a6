import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';

export const pcaBasedAnomalyDetection = defineNode({
  type: 'pca-based-anomaly-detection',
  version: 1,
  title: 'PCA-Based Anomaly Detection',
  category: 'Machine learning: anomaly detection',
  family: 'learn',
  icon: 'anomaly',
  summary: 'Finds rows that break the usual ties between columns.',
  keywords: ['outlier', 'principal component', 'novelty', 'fraud', 'fault', 'unsupervised', 'reconstruction error'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    components: param.integer({
      title: 'Number of components',
      help: 'Directions that count as usual; less than the columns. Categories have a column per level.',
      default: 2,
      minimum: 1,
      maximum: 1_000,
    }),
    share: param.number({
      title: 'Expected share of anomalies',
      help: 'So many of the training rows count as anomalies; it sets the limit, not the order of scores.',
      default: 0.05,
      above: 0,
      maximum: 0.5,
      step: 0.01,
    }),
    normalize: param.flag({
      title: 'Enable input feature mean normalization',
      help: 'Brings each column to mean 0 and deviation 1, so that all count alike.',
      default: true,
    }),
  }),
  deterministic: true,
  describe: ({ components }) => `${components} components`,
  infer: () => ({ outputs: { learner: { learner: 'pca-based-anomaly-detection', task: 'anomaly' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
