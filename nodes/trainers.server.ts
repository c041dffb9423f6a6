import type { Trainer, UnsupervisedTrainer } from './kit/context.ts';

/** The training algorithm of each learner by its node type, loaded when a step first needs it. */
export const trainers: Readonly<Record<string, () => Promise<{ default: Trainer }>>> = {
  'two-class-logistic-regression': () => import('./learners/two-class-logistic-regression/train.server.ts'),
  'two-class-boosted-decision-tree': () => import('./learners/two-class-boosted-decision-tree/train.server.ts'),
  'multiclass-boosted-decision-tree': () => import('./learners/multiclass-boosted-decision-tree/train.server.ts'),
  'two-class-decision-forest': () => import('./learners/two-class-decision-forest/train.server.ts'),
  'multiclass-decision-forest': () => import('./learners/multiclass-decision-forest/train.server.ts'),
  'two-class-extremely-randomised-trees': () => import('./learners/two-class-extremely-randomised-trees/train.server.ts'),
  'multiclass-extremely-randomised-trees': () => import('./learners/multiclass-extremely-randomised-trees/train.server.ts'),
  'boosted-decision-tree-regression': () => import('./learners/boosted-decision-tree-regression/train.server.ts'),
  'decision-forest-regression': () => import('./learners/decision-forest-regression/train.server.ts'),
  'fast-forest-quantile-regression': () => import('./learners/fast-forest-quantile-regression/train.server.ts'),
  'extremely-randomised-trees-regression': () => import('./learners/extremely-randomised-trees-regression/train.server.ts'),
  'linear-regression': () => import('./learners/linear-regression/train.server.ts'),
  'one-vs-one-multiclass': () => import('./learners/one-vs-one-multiclass/train.server.ts'),
  'one-vs-all-multiclass': () => import('./learners/one-vs-all-multiclass/train.server.ts'),
  'multiclass-naive-bayes': () => import('./learners/multiclass-naive-bayes/train.server.ts'),
  'two-class-naive-bayes': () => import('./learners/two-class-naive-bayes/train.server.ts'),
  'two-class-averaged-perceptron': () => import('./learners/two-class-averaged-perceptron/train.server.ts'),
  'two-class-support-vector-machine': () => import('./learners/two-class-support-vector-machine/train.server.ts'),
  'poisson-regression': () => import('./learners/poisson-regression/train.server.ts'),
  'multiclass-logistic-regression': () => import('./learners/multiclass-logistic-regression/train.server.ts'),
  'k-nearest-neighbours-classification': () => import('./learners/k-nearest-neighbours-classification/train.server.ts'),
  'k-nearest-neighbours-regression': () => import('./learners/k-nearest-neighbours-regression/train.server.ts'),
  'two-class-neural-network': () => import('./learners/two-class-neural-network/train.server.ts'),
  'multiclass-neural-network': () => import('./learners/multiclass-neural-network/train.server.ts'),
  'neural-network-regression': () => import('./learners/neural-network-regression/train.server.ts'),
};

/** The same for algorithms that learn without a label. */
export const unsupervisedTrainers: Readonly<Record<string, () => Promise<{ default: UnsupervisedTrainer }>>> = {
  'k-means-clustering': () => import('./learners/k-means-clustering/train.server.ts'),
  'isolation-forest': () => import('./learners/isolation-forest/train.server.ts'),
  'pca-based-anomaly-detection': () => import('./learners/pca-based-anomaly-detection/train.server.ts'),
  'one-class-support-vector-machine': () => import('./learners/one-class-support-vector-machine/train.server.ts'),
};
