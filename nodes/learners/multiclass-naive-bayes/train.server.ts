import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { classesOf } from '../labels.server.ts';
import { modelOf } from '../model.server.ts';
import { bayesMemory, fitBayes } from '../naive-bayes.server.ts';
import { multiclassNaiveBayes as node } from './node.ts';

/** Classes by Bayes' rule with independent columns. */
const trainer: Trainer = {
  learner: node.type,
  memory: bayesMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = classesOf(data.label);
    const weights = weightsWithClasses(params.classWeights, classes.targets, classes.levels.length, data.weights);
    const { score, ...fitted } = await fitBayes(data, classes, weights, params, context);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'multiclass',
      params,
      data,
      classes,
      score,
      ...fitted,
    });
  },
};
export default trainer;
