import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { classesOf, targetsOf } from '../labels.server.ts';
import { modelOf } from '../model.server.ts';
import { boostedNeed, fitBoosted } from '../trees/boosted.server.ts';
import { multiclassBoostedDecisionTree as node } from './node.ts';

/** Minimises the mean cross-entropy of softmax(scores), by one tree a class in each round (Friedman 2001, algorithm 6, by Newton steps). */
const trainer: Trainer = {
  learner: node.type,
  memory: (shape, params) => boostedNeed(shape, node.params.parse(params)),
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = classesOf(data.label);
    const targets = {
      loss: 'softmax',
      classes: classes.levels,
      training: Float64Array.from(classes.targets),
      weights: weightsWithClasses(params.classWeights, classes.targets, classes.levels.length, data.weights),
      validation: ({ label }: Pick<typeof data, 'label'>) => Float64Array.from(targetsOf(label, classes.values), (each) => (each < 0 ? NaN : each)),
    } as const;
    const fitted = await fitBoosted(data, params, targets, context);
    return modelOf({ learner: node.type, title: node.title, task: 'multiclass', params, data, classes, ...fitted });
  },
};
export default trainer;
