import { defineCases } from '../../kit/define.ts';
import { twoClassDecisionForest } from './node.ts';

const type = 'two-class-decision-forest';
export const cases = defineCases(twoClassDecisionForest, [
  {
    name: 'the usual settings',
    expect: {
      outputs: {
        learner: {
          learner: type,
          task: 'two-class',
          params: { resampling: 'bagging', trees: 8, maximumDepth: 32, minimumSamples: 1, columns: 'sqrt', seed: 0 },
        },
      },
    },
  },
  {
    name: 'more, flatter trees',
    params: { trees: 200, maximumDepth: 10, minimumSamples: 5 },
    expect: { outputs: { learner: { learner: type, task: 'two-class', params: { trees: 200, maximumDepth: 10, minimumSamples: 5 } } } },
  },
  {
    name: 'depths to try',
    params: { mode: 'range', maximumDepthRange: [4, 12] },
    expect: { outputs: { learner: { learner: type, task: 'two-class', ranges: { maximumDepth: [4, 12], trees: [8, 32, 100] } } } },
  },
]);
