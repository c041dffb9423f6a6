import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { boostedParams, describeBoosted } from '../trees/boosted-params.ts';

export const twoClassBoostedDecisionTree = defineNode({
  type: 'two-class-boosted-decision-tree',
  version: 1,
  title: 'Two-Class Boosted Decision Tree',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'tree',
  summary: 'Many small decision trees, each correcting the ones before. Strong on tables, takes missing values as they are.',
  keywords: [
    'gradient boosting',
    'gbm',
    'gbdt',
    'lightgbm',
    'xgboost',
    'ensemble',
    'trees',
    'binary',
    'classifier',
    'GradientBoostingClassifier',
    'HistGradientBoosting',
    'catboost',
    'gradient boosted trees',
  ],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...boostedParams(), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: describeBoosted,
  infer: () => ({ outputs: { learner: { learner: 'two-class-boosted-decision-tree', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
