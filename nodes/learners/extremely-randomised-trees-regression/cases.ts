import { defineCases } from '../../kit/define.ts';
import { extremelyRandomisedTreesRegression } from './node.ts';

const type = 'extremely-randomised-trees-regression';
export const cases = defineCases(extremelyRandomisedTreesRegression, [
  {
    name: 'the usual settings',
    expect: {
      outputs: {
        learner: {
          learner: type,
          task: 'regression',
          params: { resampling: 'replicate', trees: 100, maximumDepth: 32, minimumSamples: 1, columns: 'third', seed: 0 },
        },
      },
    },
  },
  {
    name: 'more, flatter trees',
    params: { trees: 200, maximumDepth: 10, minimumSamples: 5 },
    expect: { outputs: { learner: { learner: type, task: 'regression', params: { trees: 200, maximumDepth: 10, minimumSamples: 5 } } } },
  },
  {
    name: 'depths to try',
    params: { mode: 'range', maximumDepthRange: [4, 12] },
    expect: { outputs: { learner: { learner: type, task: 'regression', ranges: { maximumDepth: [4, 12], trees: [8, 32, 100] } } } },
  },
]);
