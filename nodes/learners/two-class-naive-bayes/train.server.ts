import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { classesOf, twoClasses } from '../labels.server.ts';
import { modelOf } from '../model.server.ts';
import { bayesMemory, fitBayes } from '../naive-bayes.server.ts';
import { twoClassNaiveBayes as node } from './node.ts';

/** Classes by Bayes' rule with independent columns. */
const trainer: Trainer = {
  learner: node.type,
  memory: bayesMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    twoClasses(data.label);
    const classes = classesOf(data.label);
    const weights = weightsWithClasses(params.classWeights, classes.targets, classes.levels.length, data.weights);
    const { score, ...fitted } = await fitBayes(data, classes, weights, params, context);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'two-class',
      params,
      data,
      classes,
      // Two scores become log-odds of the second class.
      score: (builder, matrix) => builder.node('MatMul', [score(builder, matrix), builder.floats([-1, 1], [2, 1])]),
      ...fitted,
    });
  },
};
export default trainer;
