import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';

export const oneClassSupportVectorMachine = defineNode({
  type: 'one-class-support-vector-machine',
  version: 2,
  title: 'One-Class Support Vector Machine',
  category: 'Machine learning: anomaly detection',
  family: 'learn',
  icon: 'anomaly',
  summary: 'Draws a smooth border around the usual rows; what lies outside is strange.',
  keywords: ['svm', 'outlier', 'novelty', 'rbf', 'kernel', 'unsupervised', 'fraud', 'OneClassSVM', 'anomaly'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    nu: param.number({
      title: 'η',
      help: 'The share of the training rows that shall lie outside of the border.',
      default: 0.1,
      above: 0,
      maximum: 0.5,
      step: 0.01,
    }),
    gamma: param.number({
      title: 'Kernel coefficient',
      help: 'How closely the border follows the rows: exp(−γ distance²) on standardised columns. 0: 1 by the number of columns.',
      default: 0,
      minimum: 0,
      maximum: 1e6,
      step: 0.01,
    }),
    rows: param.integer({
      title: 'Rows to learn from at most',
      help: 'Of more a sample is drawn. The border hardly gains by more rows; time and memory grow with their square.',
      default: 4_000,
      minimum: 100,
      maximum: 15_000,
      advanced: true,
    }),
    seed: param.seed({ help: 'Draws the rows where there are more than that. The same seed gives the same model.' }),
  }),
  migrate: { 2: ({ randomFeatures: _waves, iterations: _passes, ...kept }) => kept },
  deterministic: true,
  describe: ({ nu }) => `η ${nu}`,
  infer: () => ({ outputs: { learner: { learner: 'one-class-support-vector-machine', task: 'anomaly' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
