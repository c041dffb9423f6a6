import { z } from 'zod';
import { allColumns } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import { scoredSchema } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { column, tableSchema } from '../../kit/table.ts';
import { expectedSignature, unsupervisedFeatures } from '../unsupervised.ts';

const figure = (name: string) => column(name, 'number', { nullable: true });
export const SWEEP_SCHEMA = tableSchema([
  column('Number of centroids', 'integer'),
  figure('Sum of squared distances'),
  figure('Silhouette'),
  figure('Davies–Bouldin'),
  figure('Caliński–Harabasz'),
  column('Chosen', 'boolean'),
]);

export const sweepClustering = defineNode({
  type: 'sweep-clustering',
  version: 1,
  title: 'Sweep Clustering',
  category: 'Model training',
  family: 'learn',
  icon: 'tune',
  summary: 'Tries several numbers of groups and keeps the best.',
  keywords: ['elbow', 'silhouette', 'number of clusters', 'k', 'k-means', 'tune', 'davies-bouldin', 'calinski-harabasz'],
  inputs: { learner: { kind: 'learner', title: 'Untrained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: {
    model: { kind: 'model', title: 'Best trained model' },
    data: { kind: 'table', title: 'Results dataset' },
    sweep: { kind: 'table', title: 'Sweep results' },
  },
  params: z.object({
    metric: param.choice({
      title: 'Metric for measuring clustering result',
      help: 'By which the best number is chosen. The sweep results have all of them.',
      options: {
        silhouette: 'Silhouette (highest)',
        'davies-bouldin': 'Davies–Bouldin (lowest)',
        'calinski-harabasz': 'Caliński–Harabasz (highest)',
        elbow: 'Elbow of the sum of squared distances',
      },
      default: 'silhouette',
    }),
    columns: param.columns({
      title: 'Column set',
      help: 'The features to compare rows by. Labels, ids, weights, scores and dates never count.',
      port: 'data',
      default: allColumns,
    }),
    append: param.flag({ title: 'Check for append or uncheck for result only', help: 'Off: only the groups and distances come out.', default: true }),
  }),
  deterministic: true,
  describe: ({ metric }) => `by ${metric.replace('-', '–')}`,
  infer({ learner, data }, { columns, append }) {
    const { features, issues } = unsupervisedFeatures('clustering', learner, data, columns);
    if (learner?.task === 'clustering' && learner.learner !== 'k-means-clustering')
      issues.push(problem('learner_wrong_task', 'Sweep Clustering tries numbers of centroids of K-Means Clustering. Wire that.', { port: 'learner' }));
    const signature = expectedSignature('clustering', learner?.learner, features);
    return {
      outputs: { model: data ? { task: 'clustering', signature } : { task: 'clustering' }, data: scoredSchema(data, signature, append), sweep: SWEEP_SCHEMA },
      issues,
    };
  },
  atScoring: () => ({ as: 'train' }),
});
