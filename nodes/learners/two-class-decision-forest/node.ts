import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { describeForest, forestParams, splitsParams } from '../trees/forest-params.ts';

export const twoClassDecisionForest = defineNode({
  type: 'two-class-decision-forest',
  version: 1,
  title: 'Two-Class Decision Forest',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'tree',
  summary: 'Many deep trees on rows drawn at random, averaged to tell two classes apart. Hard to overfit.',
  keywords: ['random forest', 'bagging', 'ensemble', 'trees', 'classifier', 'RandomForestClassifier'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...forestParams({ trees: 8, columns: 'sqrt', resampling: 'bagging' }), ...splitsParams(), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: describeForest,
  infer: () => ({ outputs: { learner: { learner: 'two-class-decision-forest', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
