import { z } from 'zod';
import { allColumns } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import { scoredSchema } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { expectedSignature, unsupervisedFeatures } from '../unsupervised.ts';

export const trainClusteringModel = defineNode({
  type: 'train-clustering-model',
  version: 1,
  title: 'Train Clustering Model',
  category: 'Model training',
  family: 'learn',
  icon: 'train',
  summary: 'Finds groups of rows by a clustering algorithm, and tells each row’s group.',
  keywords: ['fit', 'learn', 'unsupervised', 'segment', 'group', 'k-means'],
  inputs: { learner: { kind: 'learner', title: 'Untrained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: { model: { kind: 'model', title: 'Trained model' }, data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    columns: param.columns({
      title: 'Column set',
      help: 'The features to compare rows by. Labels, ids, weights, scores and dates never count.',
      port: 'data',
      default: allColumns,
    }),
    append: param.flag({ title: 'Check for append or uncheck for result only', help: 'Off: only the groups and distances come out.', default: true }),
  }),
  deterministic: true,
  infer({ learner, data }, { columns, append }) {
    const { features, issues } = unsupervisedFeatures('clustering', learner, data, columns);
    const signature = expectedSignature('clustering', learner?.learner, features);
    return { outputs: { model: data ? { task: 'clustering', signature } : { task: 'clustering' }, data: scoredSchema(data, signature, append) }, issues };
  },
  atScoring: () => ({ as: 'train' }),
});
