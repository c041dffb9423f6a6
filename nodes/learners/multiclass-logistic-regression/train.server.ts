import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { linearMemory } from '../../kernels/linear-losses.server.ts';
import { prepareFeatures } from '../features.server.ts';
import { fitLinear } from '../fit-linear.server.ts';
import { classesOf } from '../labels.server.ts';
import { coefficientImportance, linearScore, rawCoefficients } from '../linear.server.ts';
import { modelOf } from '../model.server.ts';
import { multiclassLogisticRegression as node } from './node.ts';

/**
 * Minimises Σ weight × cross-entropy of softmax(scores) + l1 Σ|coefficient| + l2/2 Σ coefficient² over standardised columns; intercepts are
 * free. scikit-learn's LogisticRegression is the same with C = 1/l2 (l1 = 0), or C = 1/(l1 + l2) and l1_ratio = l1/(l1 + l2).
 */
const trainer: Trainer = {
  learner: node.type,
  memory: linearMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = classesOf(data.label);
    const outputs = classes.levels.length;
    const features = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
    const weights = weightsWithClasses(params.classWeights, classes.targets, outputs, data.weights);
    const { rows, history, notes } = await fitLinear({ ...params, loss: 'softmax', features, targets: classes.targets, weights, outputs }, context);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'multiclass',
      params,
      data,
      features,
      classes,
      score: linearScore(rows),
      importance: coefficientImportance(rows, features, true),
      coefficients: rawCoefficients(rows, features, classes.levels),
      history,
      notes,
    });
  },
};
export default trainer;
