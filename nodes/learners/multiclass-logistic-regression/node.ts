import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { linearParams, memoryParams } from '../linear-params.ts';

export const multiclassLogisticRegression = defineNode({
  type: 'multiclass-logistic-regression',
  version: 1,
  title: 'Multiclass Logistic Regression',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'sigmoid',
  summary: 'A weighted sum of the columns for each class, turned into probabilities. Fast, calm and easy to explain.',
  keywords: ['softmax', 'multinomial', 'linear', 'classifier', 'probability', 'lasso', 'ridge', 'elastic net', 'l-bfgs'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...linearParams(), ...memoryParams(), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: ({ l1, l2 }) => `L1 ${l1}, L2 ${l2}`,
  infer: () => ({ outputs: { learner: { learner: 'multiclass-logistic-regression', task: 'multiclass' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
