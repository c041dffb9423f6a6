import { defineCases } from '../../kit/define.ts';
import { multiclassExtremelyRandomisedTrees } from './node.ts';

const type = 'multiclass-extremely-randomised-trees';
export const cases = defineCases(multiclassExtremelyRandomisedTrees, [
  {
    name: 'the usual settings',
    expect: {
      outputs: {
        learner: {
          learner: type,
          task: 'multiclass',
          params: { resampling: 'replicate', trees: 100, maximumDepth: 32, minimumSamples: 1, columns: 'sqrt', seed: 0 },
        },
      },
    },
  },
  {
    name: 'more, flatter trees',
    params: { trees: 200, maximumDepth: 10, minimumSamples: 5 },
    expect: { outputs: { learner: { learner: type, task: 'multiclass', params: { trees: 200, maximumDepth: 10, minimumSamples: 5 } } } },
  },
  {
    name: 'depths to try',
    params: { mode: 'range', maximumDepthRange: [4, 12] },
    expect: { outputs: { learner: { learner: type, task: 'multiclass', ranges: { maximumDepth: [4, 12], trees: [8, 32, 100] } } } },
  },
]);
