import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { describeForest, forestParams } from '../trees/forest-params.ts';

export const extremelyRandomisedTreesRegression = defineNode({
  type: 'extremely-randomised-trees-regression',
  version: 1,
  title: 'Extremely Randomised Trees Regression',
  category: 'Machine learning: regression',
  family: 'learn',
  icon: 'tree',
  summary: 'Many trees with cuts at random, averaged to predict a number. Fast to train, and smooth.',
  keywords: ['random forest', 'bagging', 'ensemble', 'trees', 'extra trees', 'extremely randomized trees', 'regressor', 'ExtraTreesRegressor'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...forestParams({ trees: 100, columns: 'third', resampling: 'replicate' }) }),
  deterministic: true,
  describe: describeForest,
  infer: () => ({ outputs: { learner: { learner: 'extremely-randomised-trees-regression', task: 'regression' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
