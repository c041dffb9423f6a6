import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { targetsOf, twoClasses } from '../labels.server.ts';
import { matrixMemory } from '../matrix.server.ts';
import { modelOf } from '../model.server.ts';
import { fitNetwork } from '../network.server.ts';
import { twoClassNeuralNetwork as node } from './node.ts';

/** Minimises the mean log loss of sigmoid(score). */
const trainer: Trainer = {
  learner: node.type,
  memory: matrixMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = twoClasses(data.label);
    const targets = {
      loss: 'log-loss',
      outputs: 1,
      training: Float32Array.from(classes.targets),
      weights: weightsWithClasses(params.classWeights, classes.targets, 2, data.weights),
      validation: ({ label }: Pick<typeof data, 'label'>) => Float32Array.from(targetsOf(label, classes.values), (each) => (each < 0 ? NaN : each)),
    } as const;
    const fitted = await fitNetwork(data, params, targets, context);
    return modelOf({ learner: node.type, title: node.title, task: 'two-class', params, data, classes, ...fitted });
  },
};
export default trainer;
