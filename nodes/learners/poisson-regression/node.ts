import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { linearParams, memoryParams } from '../linear-params.ts';

export const poissonRegression = defineNode({
  type: 'poisson-regression',
  version: 1,
  title: 'Poisson Regression',
  category: 'Machine learning: regression',
  family: 'learn',
  icon: 'linear',
  summary: 'Predicts a count, such as visits a day: the logarithm of its mean is a weighted sum of the columns.',
  keywords: ['count', 'rate', 'glm', 'generalized linear model', 'log link', 'events', 'frequency', 'PoissonRegressor'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...linearParams(), ...memoryParams() }),
  deterministic: true,
  describe: ({ l1, l2 }) => `L1 ${l1}, L2 ${l2}`,
  infer: () => ({ outputs: { learner: { learner: 'poisson-regression', task: 'regression' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
