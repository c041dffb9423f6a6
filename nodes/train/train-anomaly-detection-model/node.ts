import { z } from 'zod';
import { allColumns } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { expectedSignature, unsupervisedFeatures } from '../unsupervised.ts';

export const trainAnomalyDetectionModel = defineNode({
  type: 'train-anomaly-detection-model',
  version: 1,
  title: 'Train Anomaly Detection Model',
  category: 'Model training',
  family: 'learn',
  icon: 'train',
  summary: 'Learns what is usual, so that strange rows can be found.',
  keywords: ['fit', 'learn', 'unsupervised', 'outlier', 'novelty', 'fraud', 'isolation forest'],
  inputs: { learner: { kind: 'learner', title: 'Untrained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: { model: { kind: 'model', title: 'Trained model' } },
  params: z.object({
    columns: param.columns({
      title: 'Column set',
      help: 'The features to learn from. Labels, ids, weights, scores and dates never count.',
      port: 'data',
      default: allColumns,
    }),
  }),
  deterministic: true,
  infer({ learner, data }, { columns }) {
    const { features, issues } = unsupervisedFeatures('anomaly', learner, data, columns);
    const signature = expectedSignature('anomaly', learner?.learner, features);
    return { outputs: { model: data ? { task: 'anomaly', signature } : { task: 'anomaly' } }, issues };
  },
  atScoring: () => ({ as: 'train' }),
});
