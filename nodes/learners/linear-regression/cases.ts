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
]);
