import { defineCases } from '../../kit/define.ts';
import { linearRegression } from './node.ts';

export const cases = defineCases(linearRegression, [
  {
    name: 'the usual settings',
    expect: {
      outputs: { learner: { learner: 'linear-regression', task: 'regression', params: { method: 'ordinary-least-squares', l2: 0.001, intercept: true } } },
    },
  },
  {
    name: 'gradient descent',
    params: { method: 'online-gradient-descent', epochs: 3 },
    expect: {
      outputs: {
        learner: {
          learner: 'linear-regression',
          task: 'regression',
          params: { method: 'online-gradient-descent', learningRate: 0.1, epochs: 3, normalize: true, decrease: true },
        },
      },
    },
  },
  {
    name: 'values to try of least squares',
    params: { mode: 'range', l1Range: [0, 5] },
    expect: {
      outputs: { learner: { learner: 'linear-regression', task: 'regression', params: { l1: 0 }, ranges: { l1: [0, 5], l2: [0.001, 0.01, 0.1, 1] } } },
    },
  },
  {
    name: 'values to try of gradient descent',
    params: { mode: 'range', method: 'online-gradient-descent', epochsRange: [1, 3] },
    expect: { outputs: { learner: { learner: 'linear-regression', task: 'regression', ranges: { epochs: [1, 3], learningRate: [0.01, 0.1] } } } },
  },
]);
