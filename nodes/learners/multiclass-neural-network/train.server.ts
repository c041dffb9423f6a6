import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { classesOf, targetsOf } from '../labels.server.ts';
import { matrixMemory } from '../matrix.server.ts';
import { modelOf } from '../model.server.ts';
import { fitNetwork } from '../network.server.ts';
import { multiclassNeuralNetwork as node } from './node.ts';

/** Minimises the mean cross-entropy of softmax(scores). */
const trainer: Trainer = {
  learner: node.type,
  memory: matrixMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = classesOf(data.label);
    const targets = {
      loss: 'cross-entropy',
      outputs: classes.levels.length,
      training: Float32Array.from(classes.targets),
      weights: weightsWithClasses(params.classWeights, classes.targets, classes.levels.length, data.weights),
      validation: ({ label }: Pick<typeof data, 'label'>) => Float32Array.from(targetsOf(label, classes.values), (each) => (each < 0 ? NaN : each)),
    } as const;
    const fitted = await fitNetwork(data, params, targets, context);
    return modelOf({ learner: node.type, title: node.title, task: 'multiclass', params, data, classes, ...fitted });
  },
};
export default trainer;
