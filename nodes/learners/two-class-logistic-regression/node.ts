import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { linearParams, memoryParams } from '../linear-params.ts';

export const twoClassLogisticRegression = defineNode({
  type: 'two-class-logistic-regression',
  version: 1,
  title: 'Two-Class Logistic Regression',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'sigmoid',
  summary: 'A weighted sum of the columns, turned into a probability. Fast, calm and easy to explain.',
  keywords: [
    'logit',
    'linear',
    'binary',
    'classifier',
    'probability',
    'lasso',
    'ridge',
    'elastic net',
    'l-bfgs',
    'LogisticRegression',
    'logistic regression learner',
  ],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...linearParams(), ...memoryParams(), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: ({ l1, l2 }) => `L1 ${l1}, L2 ${l2}`,
  infer: () => ({ outputs: { learner: { learner: 'two-class-logistic-regression', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
