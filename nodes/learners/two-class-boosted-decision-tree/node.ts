import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';

export const twoClassBoostedDecisionTree = defineNode({
  type: 'two-class-boosted-decision-tree',
  version: 1,
  title: 'Two-Class Boosted Decision Tree',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'tree',
  summary: 'Many small decision trees, each correcting the ones before. Strong on tables, takes missing values as they are.',
  keywords: ['gradient boosting', 'gbm', 'gbdt', 'lightgbm', 'xgboost', 'ensemble', 'binary', 'classifier', 'trees'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    leaves: param.integer({
      title: 'Maximum number of leaves per tree',
      help: 'More leaves fit finer, and overfit sooner.',
      default: 20,
      minimum: 2,
      maximum: 10_000,
    }),
    minimumSamples: param.integer({
      title: 'Minimum number of samples per leaf node',
      help: 'Rows that a leaf must hold at least.',
      default: 10,
      minimum: 1,
      maximum: 1_000_000,
    }),
    learningRate: param.number({
      title: 'Learning rate',
      help: 'How much each tree corrects. Smaller needs more trees.',
      default: 0.2,
      above: 0,
      maximum: 1,
      step: 0.01,
    }),
    trees: param.integer({ title: 'Number of trees constructed', default: 100, minimum: 1, maximum: 10_000 }),
    seed: param.seed({ help: 'Chooses the rows that give the bins where there are more than 200,000. The same seed gives the same model.' }),
  }),
  deterministic: true,
  describe: ({ trees, leaves, learningRate }) => `${trees} trees × ${leaves} leaves, rate ${learningRate}`,
  infer: () => ({ outputs: { learner: { learner: 'two-class-boosted-decision-tree', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
