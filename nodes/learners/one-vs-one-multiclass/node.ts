import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';

export const oneVsOneMulticlass = defineNode({
  type: 'one-vs-one-multiclass',
  version: 1,
  title: 'One-vs-One Multiclass',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'split',
  summary: 'Turns a two-class algorithm into one for several classes: a model for each pair of classes.',
  keywords: ['ovr', 'ovo', 'one versus rest', 'pairwise', 'ensemble', 'binary', 'classifier', 'OneVsOneClassifier'],
  inputs: { learner: { kind: 'learner', title: 'Untrained binary classification model' } },
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({}),
  deterministic: true,
  infer({ learner }) {
    const wrong = learner && learner.task !== 'two-class';
    const message = 'The learner wired here is no two-class algorithm. Wire one, such as Two-Class Logistic Regression.';
    return {
      outputs: { learner: { learner: 'one-vs-one-multiclass', task: 'multiclass' } },
      issues: wrong ? [problem('learner_wrong_task', message, { port: 'learner' })] : [],
    };
  },
  atScoring: () => ({ as: 'vanish' }),
});
