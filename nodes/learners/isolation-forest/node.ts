import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';

export const isolationForest = defineNode({
  type: 'isolation-forest',
  version: 1,
  title: 'Isolation Forest',
  category: 'Machine learning: anomaly detection',
  family: 'learn',
  icon: 'anomaly',
  summary: 'Finds rows that few random cuts set apart from all others.',
  keywords: ['outlier', 'novelty', 'fraud', 'fault', 'unsupervised', 'iforest', 'trees', 'IsolationForest', 'anomaly'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    trees: param.integer({ title: 'Number of trees', help: 'More give steadier scores.', default: 100, minimum: 1, maximum: 10_000 }),
    samples: param.integer({
      title: 'Rows per tree',
      help: 'Drawn at random for each tree. Few rows set anomalies apart better than many.',
      default: 256,
      minimum: 2,
      maximum: 100_000,
    }),
    share: param.number({
      title: 'Expected share of anomalies',
      help: 'So many of the training rows count as anomalies; it sets the limit, not the order of scores. 0: all rows with a score from 0.5.',
      default: 0.05,
      minimum: 0,
      maximum: 0.5,
      step: 0.01,
    }),
    seed: param.seed({ help: 'Draws rows, columns and cuts. The same seed gives the same model.' }),
  }),
  deterministic: true,
  describe: ({ trees, samples }) => `${trees} trees × ${samples} rows`,
  infer: () => ({ outputs: { learner: { learner: 'isolation-forest', task: 'anomaly' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
