import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { classWeightsParam } from '../class-weights.ts';

export const twoClassLogisticRegression = defineNode({
  type: 'two-class-logistic-regression',
  version: 1,
  title: 'Two-Class Logistic Regression',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'sigmoid',
  summary: 'A weighted sum of the columns, turned into a probability. Fast, calm and easy to explain.',
  keywords: ['logit', 'linear', 'binary', 'classifier', 'probability', 'lasso', 'ridge', 'elastic net', 'l-bfgs'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    mode: param.trainerMode(),
    tolerance: param.number({
      title: 'Optimization tolerance',
      help: 'Training ends when the loss falls by less than this share of itself per step.',
      default: 1e-7,
      above: 0,
      maximum: 1,
      advanced: true,
    }),
    toleranceRange: param.range({ title: 'Optimization tolerances', default: [1e-4, 1e-7], above: 0, maximum: 1 }),
    l1: param.number({
      title: 'L1 regularization weight',
      help: 'Sets weak coefficients to exactly zero; more does so sooner. 0 switches it off.',
      default: 1,
      minimum: 0,
      maximum: 1e9,
    }),
    l1Range: param.range({ title: 'L1 regularization weights', default: [0, 0.01, 0.1, 1], minimum: 0, maximum: 1e9 }),
    l2: param.number({ title: 'L2 regularization weight', help: 'Shrinks large coefficients. 0 switches it off.', default: 1, minimum: 0, maximum: 1e9 }),
    l2Range: param.range({ title: 'L2 regularization weights', default: [0.01, 0.1, 1], minimum: 0, maximum: 1e9 }),
    memory: param.integer({
      title: 'Memory size for L-BFGS',
      help: 'Steps that the optimizer remembers.',
      default: 20,
      minimum: 1,
      maximum: 1_000,
      advanced: true,
    }),
    memoryRange: param.range({ title: 'Memory sizes for L-BFGS', default: [5, 20, 50], minimum: 1, maximum: 1_000, whole: true }),
    classWeights: classWeightsParam(),
  }),
  deterministic: true,
  describe: ({ l1, l2 }) => `L1 ${l1}, L2 ${l2}`,
  infer: () => ({ outputs: { learner: { learner: 'two-class-logistic-regression', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
