import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { describeNetwork, networkParams } from '../network-params.ts';

export const multiclassNeuralNetwork = defineNode({
  type: 'multiclass-neural-network',
  version: 1,
  title: 'Multiclass Neural Network',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'network',
  summary: 'Layers of units that learn curved borders between several classes.',
  keywords: ['deep learning', 'mlp', 'multilayer perceptron', 'softmax', 'adam', 'backpropagation', 'classifier', 'MLPClassifier', 'neural net'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...networkParams({ learningRate: 0.1 }), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: describeNetwork,
  infer: () => ({ outputs: { learner: { learner: 'multiclass-neural-network', task: 'multiclass' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
