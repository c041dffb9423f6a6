import { defineCases } from '../../kit/define.ts';
import { neuralNetworkRegression } from './node.ts';

const type = 'neural-network-regression';
export const cases = defineCases(neuralNetworkRegression, [
  {
    name: 'the usual settings',
    expect: {
      outputs: {
        learner: {
          learner: type,
          task: 'regression',
          params: { hiddenNodes: [100], activation: 'sigmoid', learningRate: 0.005, iterations: 100, momentum: 0, shuffle: true, seed: 0 },
        },
      },
    },
  },
  {
    name: 'two layers of ReLU, by Adam',
    params: { hiddenNodes: [64, 32], activation: 'relu', optimizer: 'adam', learningRate: 0.001, batch: 200 },
    expect: {
      outputs: { learner: { learner: type, task: 'regression', params: { hiddenNodes: [64, 32], activation: 'relu', optimizer: 'adam', batch: 200 } } },
    },
  },
  {
    name: 'learning rates to try',
    params: { mode: 'range', learningRateRange: [0.01, 0.1] },
    expect: { outputs: { learner: { learner: type, task: 'regression', ranges: { learningRate: [0.01, 0.1], iterations: [20, 40, 80, 160] } } } },
  },
]);
