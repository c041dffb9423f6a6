import { z } from 'zod';
import { allColumns } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import { appliedSchema, modelOutputs } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { unsupervisedFeatures } from '../../train/unsupervised.ts';

export const dbscan = defineNode({
  type: 'dbscan',
  version: 1,
  title: 'DBSCAN',
  category: 'Machine learning: clustering',
  family: 'learn',
  icon: 'cluster',
  summary: 'Finds dense groups of any form, and rows that belong to none.',
  keywords: ['density', 'cluster', 'clustering', 'noise', 'outlier', 'unsupervised', 'segment'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    columns: param.columns({
      title: 'Column set',
      help: 'The features to compare rows by. Labels, ids, weights, scores and dates never count.',
      port: 'data',
      default: allColumns,
    }),
    radius: param.number({ title: 'Radius', help: 'Rows at most so far away are neighbours (eps).', default: 0.5, above: 0, maximum: 1e9, step: 0.1 }),
    minimumRows: param.integer({
      title: 'Minimum number of neighbours',
      help: 'A row with so many rows within the radius, itself among them, is inside of a group.',
      default: 5,
      minimum: 1,
      maximum: 1_000_000,
    }),
    normalize: param.flag({
      title: 'Normalize features',
      help: 'Brings each column to mean 0 and deviation 1, so that all count alike in the distance.',
      default: true,
    }),
  }),
  deterministic: true,
  describe: ({ radius, minimumRows }) => `radius ${radius}, ${minimumRows} neighbours`,
  infer({ data }, { columns }) {
    if (!data) return { outputs: {}, issues: [] };
    const { issues } = unsupervisedFeatures('clustering', undefined, data, columns);
    return { outputs: { data: appliedSchema(data, { outputs: modelOutputs('clustering', undefined), drops: [] }) }, issues };
  },
  atScoring: () => ({
    as: 'refuse',
    reason: 'DBSCAN groups the rows it is given and cannot place new ones. Use K-Means Clustering for a model that can be served.',
  }),
});
