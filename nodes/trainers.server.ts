import type { Trainer, UnsupervisedTrainer } from './kit/context.ts';

/** The training algorithm of each learner by its node type, loaded when a step first needs it. */
export const trainers: Readonly<Record<string, () => Promise<{ default: Trainer }>>> = {
  'two-class-logistic-regression': () => import('./learners/two-class-logistic-regression/train.server.ts'),
  'two-class-boosted-decision-tree': () => import('./learners/two-class-boosted-decision-tree/train.server.ts'),
  'linear-regression': () => import('./learners/linear-regression/train.server.ts'),
  'two-class-neural-network': () => import('./learners/two-class-neural-network/train.server.ts'),
  'multiclass-neural-network': () => import('./learners/multiclass-neural-network/train.server.ts'),
  'neural-network-regression': () => import('./learners/neural-network-regression/train.server.ts'),
};

/** The same for algorithms that learn without a label. */
export const unsupervisedTrainers: Readonly<Record<string, () => Promise<{ default: UnsupervisedTrainer }>>> = {};
