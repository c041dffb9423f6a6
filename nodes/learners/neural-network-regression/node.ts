import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';

import { describeNetwork, networkParams } from '../network-params.ts';

export const neuralNetworkRegression = defineNode({
  type: 'neural-network-regression',
  version: 1,
  title: 'Neural Network Regression',
  category: 'Machine learning: regression',
  family: 'learn',
  icon: 'network',
  summary: 'Layers of units that learn a curved surface through numbers.',
  keywords: ['deep learning', 'mlp', 'multilayer perceptron', 'adam', 'backpropagation', 'predict', 'number', 'MLPRegressor', 'neural net'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...networkParams({ learningRate: 0.005 }) }),
  deterministic: true,
  describe: describeNetwork,
  infer: () => ({ outputs: { learner: { learner: 'neural-network-regression', task: 'regression' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
