import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { boostedParams, describeBoosted } from '../trees/boosted-params.ts';

export const boostedDecisionTreeRegression = defineNode({
  type: 'boosted-decision-tree-regression',
  version: 1,
  title: 'Boosted Decision Tree Regression',
  category: 'Machine learning: regression',
  family: 'learn',
  icon: 'tree',
  summary: 'Many small decision trees that predict a number, each correcting the ones before.',
  keywords: [
    'gradient boosting',
    'gbm',
    'gbdt',
    'lightgbm',
    'xgboost',
    'ensemble',
    'trees',
    'poisson',
    'quantile',
    'absolute error',
    'GradientBoostingRegressor',
    'HistGradientBoosting',
    'catboost',
    'gradient boosted trees',
  ],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({
    ...boostedParams(),
    loss: param.choice({
      title: 'Loss',
      help: 'Squared: the mean. Absolute: the median, robust to outliers. Poisson: the mean of counts. Quantile: a value that a share of rows stays below.',
      options: { squared: 'Squared', absolute: 'Absolute', poisson: 'Poisson', quantile: 'Quantile' },
      default: 'squared',
    }),
    quantile: param.number({
      title: 'Quantile',
      help: 'The share of rows that shall lie below the prediction.',
      default: 0.5,
      above: 0,
      maximum: 0.999,
      step: 0.05,
      shownWhen: { param: 'loss', is: ['quantile'] },
    }),
  }),
  deterministic: true,
  describe: (params) => `${describeBoosted(params)}${params.loss === 'squared' ? '' : `, ${params.loss} loss`}`,
  infer: () => ({ outputs: { learner: { learner: 'boosted-decision-tree-regression', task: 'regression' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
