import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { describeForest, forestParams, splitsParams } from '../trees/forest-params.ts';

export const decisionForestRegression = defineNode({
  type: 'decision-forest-regression',
  version: 1,
  title: 'Decision Forest Regression',
  category: 'Machine learning: regression',
  family: 'learn',
  icon: 'tree',
  summary: 'Many deep trees on rows drawn at random, averaged to predict a number. Hard to overfit.',
  keywords: ['random forest', 'bagging', 'ensemble', 'trees', 'regressor', 'RandomForestRegressor'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...forestParams({ trees: 8, columns: 'third', resampling: 'bagging' }), ...splitsParams() }),
  deterministic: true,
  describe: describeForest,
  infer: () => ({ outputs: { learner: { learner: 'decision-forest-regression', task: 'regression' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
