import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { classWeightsParam } from '../class-weights.ts';
import { describeNetwork, networkParams } from '../network-params.ts';

export const twoClassNeuralNetwork = defineNode({
  type: 'two-class-neural-network',
  version: 1,
  title: 'Two-Class Neural Network',
  category: 'Machine learning: classification',
  family: 'learn',
  icon: 'network',
  summary: 'Layers of units that learn curved borders between two classes.',
  keywords: ['deep learning', 'mlp', 'multilayer perceptron', 'adam', 'backpropagation', 'binary', 'classifier', 'MLPClassifier', 'neural net'],
  inputs: {},
  outputs: { learner: { kind: 'learner', title: 'Untrained model' } },
  params: z.object({ ...networkParams({ learningRate: 0.1 }), classWeights: classWeightsParam() }),
  deterministic: true,
  describe: describeNetwork,
  infer: () => ({ outputs: { learner: { learner: 'two-class-neural-network', task: 'two-class' } }, issues: [] }),
  atScoring: () => ({ as: 'vanish' }),
});
