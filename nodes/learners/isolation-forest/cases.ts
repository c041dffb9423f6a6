import { defineCases } from '../../kit/define.ts';
import { isolationForest } from './node.ts';

const type = 'isolation-forest';
export const cases = defineCases(isolationForest, [
  {
    name: 'the usual settings',
    expect: { outputs: { learner: { learner: type, task: 'anomaly', params: { trees: 100, samples: 256, share: 0.05, seed: 0 } } } },
  },
  {
    name: 'the limit of the paper',
    params: { share: 0, trees: 200 },
    expect: { outputs: { learner: { learner: type, task: 'anomaly', params: { trees: 200, samples: 256, share: 0 } } } },
  },
]);
