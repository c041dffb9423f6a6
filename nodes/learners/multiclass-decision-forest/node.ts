import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { describeForest, forestParams, splitsParams } from '../trees/forest-params.ts';

export const multiclassDecisionForest = defineNode({
  type: 'multiclass-decision-forest',
  version: 1,
  title: 'Multiclass Decision Forest',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'tree',
  summary: 'Many deep trees on rows drawn at random, averaged to tell several classes apart. Hard to overfit.',
  keywords: ['random forest', 'bagging', 'ensemble', 'trees', 'classifier', 'RandomForestClassifier'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...forestParams({ trees: 8, columns: 'sqrt', resampling: 'bagging' }), ...splitsParams(), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: describeForest,
  infer: () => ({ outputs: { learner: { learner: 'multiclass-decision-forest', task: 'multiclass' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
