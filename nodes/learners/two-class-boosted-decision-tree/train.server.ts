import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { targetsOf, twoClasses } from '../labels.server.ts';
import { modelOf } from '../model.server.ts';
import { boostedNeed, fitBoosted } from '../trees/boosted.server.ts';
import { twoClassBoostedDecisionTree as node } from './node.ts';

/** Minimises the mean log loss of sigmoid(score). */
const trainer: Trainer = {
  learner: node.type,
  memory: (shape, params) => boostedNeed(shape, node.params.parse(params)),
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = twoClasses(data.label);
    const targets = {
      loss: 'logistic',
      training: classes.targets,
      weights: weightsWithClasses(params.classWeights, classes.targets, 2, data.weights),
      validation: ({ label }: Pick<typeof data, 'label'>) => Float64Array.from(targetsOf(label, classes.values), (each) => (each < 0 ? NaN : each)),
    } as const;
    const fitted = await fitBoosted(data, params, targets, context);
    return modelOf({ learner: node.type, title: node.title, task: 'two-class', params, data, classes, ...fitted });
  },
};
export default trainer;
