import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { describeForest, forestParams } from '../trees/forest-params.ts';

export const twoClassExtremelyRandomisedTrees = defineNode({
  type: 'two-class-extremely-randomised-trees',
  version: 1,
  title: 'Two-Class Extremely Randomised Trees',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'tree',
  summary: 'Many trees with cuts at random, averaged to tell two classes apart. Fast to train, and smooth.',
  keywords: ['random forest', 'bagging', 'ensemble', 'trees', 'extra trees', 'extremely randomized trees', 'classifier', 'ExtraTreesClassifier'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...forestParams({ trees: 100, columns: 'sqrt', resampling: 'replicate' }), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: describeForest,
  infer: () => ({ outputs: { learner: { learner: 'two-class-extremely-randomised-trees', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
