import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { linearMemory } from '../../kernels/linear-losses.server.ts';
import { prepareFeatures } from '../features.server.ts';
import { fitLinear } from '../fit-linear.server.ts';
import { twoClasses } from '../labels.server.ts';
import { coefficientImportance, linearScore, rawCoefficients } from '../linear.server.ts';
import { modelOf } from '../model.server.ts';
import { twoClassLogisticRegression as node } from './node.ts';

/**
 * Minimises Σ weight × log loss + l1 Σ|coefficient| + l2/2 Σ coefficient² over standardised columns; the intercept is not penalised.
 * scikit-learn's LogisticRegression on standardised columns is the same with C = 1/l2 (l1 = 0), or C = 1/(l1 + l2) and
 * l1_ratio = l1/(l1 + l2).
 */
const trainer: Trainer = {
  learner: node.type,
  memory: linearMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = twoClasses(data.label);
    const features = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
    const weights = weightsWithClasses(params.classWeights, classes.targets, 2, data.weights);
    const { rows, history, notes } = await fitLinear({ ...params, loss: 'logistic', features, targets: classes.targets, weights, outputs: 1 }, context);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'two-class',
      params,
      data,
      features,
      classes,
      score: linearScore(rows),
      importance: coefficientImportance(rows, features, true),
      coefficients: rawCoefficients(rows, features),
      history,
      notes,
    });
  },
};
export default trainer;
