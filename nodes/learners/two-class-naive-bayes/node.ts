import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { bayesParams } from '../naive-bayes-params.ts';

export const twoClassNaiveBayes = defineNode({
  type: 'two-class-naive-bayes',
  version: 1,
  title: 'Two-Class Naive Bayes',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'sigmoid',
  summary: 'Learns how the values of each column are spread in each class, and asks which class fits a row best. Very fast.',
  keywords: ['bayes', 'gaussian', 'categorical', 'probability', 'classifier', 'generative', 'GaussianNB', 'CategoricalNB', 'BernoulliNB'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...bayesParams(), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: ({ priors }) => (priors === 'uniform' ? 'classes all alike' : ''),
  infer: () => ({ outputs: { learner: { learner: 'two-class-naive-bayes', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
