import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';

export const oneClassSupportVectorMachine = defineNode({
  type: 'one-class-support-vector-machine',
  version: 1,
  title: 'One-Class Support Vector Machine',
  category: 'Machine learning: anomaly detection',
  family: 'learn',
  icon: 'anomaly',
  summary: 'Draws a smooth border around the usual rows; what lies outside is strange.',
  keywords: ['svm', 'outlier', 'novelty', 'rbf', 'kernel', 'random fourier features', 'unsupervised', 'fraud', 'OneClassSVM', 'anomaly'],
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
    randomFeatures: param.integer({
      title: 'Number of random features',
      help: 'Waves that stand for the kernel. More come closer to the exact one.',
      default: 400,
      minimum: 10,
      maximum: 5_000,
      advanced: true,
    }),
    iterations: param.integer({ title: 'Iterations', help: 'Times that all rows are gone through.', default: 20, minimum: 1, maximum: 10_000, advanced: true }),
    seed: param.seed({ help: 'Chooses the waves, the rows where there are more than 20,000, and their order. The same seed gives the same model.' }),
  }),
  deterministic: true,
  describe: ({ nu }) => `η ${nu}`,
  infer: () => ({ outputs: { learner: { learner: 'one-class-support-vector-machine', task: 'anomaly' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
