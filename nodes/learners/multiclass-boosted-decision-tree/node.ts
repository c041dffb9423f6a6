import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { boostedParams, describeBoosted } from '../trees/boosted-params.ts';

export const multiclassBoostedDecisionTree = defineNode({
  type: 'multiclass-boosted-decision-tree',
  version: 1,
  title: 'Multiclass Boosted Decision Tree',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'tree',
  summary: 'Small decision trees for each of several classes, each correcting the ones before.',
  keywords: [
    'gradient boosting',
    'gbm',
    'gbdt',
    'lightgbm',
    'xgboost',
    'ensemble',
    'trees',
    'softmax',
    'classifier',
    'GradientBoostingClassifier',
    'HistGradientBoosting',
    'catboost',
    'gradient boosted trees',
  ],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...boostedParams({ seed: 42, l2: 1 }), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: describeBoosted,
  infer: () => ({ outputs: { learner: { learner: 'multiclass-boosted-decision-tree', task: 'multiclass' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
