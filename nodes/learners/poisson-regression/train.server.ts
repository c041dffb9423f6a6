import type { Trainer } from '../../kit/context.ts';
import { linearMemory } from '../../kernels/linear-losses.server.ts';
import { prepareFeatures } from '../features.server.ts';
import { fitLinear } from '../fit-linear.server.ts';
import { countTargets } from '../labels.server.ts';
import { coefficientImportance, linearScore, rawCoefficients } from '../linear.server.ts';
import { modelOf } from '../model.server.ts';
import { poissonRegression as node } from './node.ts';

/**
 * Minimises Σ weight × (e^m − y m) + l1 Σ|coefficient| + l2/2 Σ coefficient² over standardised columns, m being the logarithm of the expected
 * count; the intercept is free. scikit-learn's PoissonRegressor on standardised columns is the same with alpha = l2 / rows when l1 is 0.
 */
const trainer: Trainer = {
  learner: node.type,
  memory: linearMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const targets = countTargets(data.label);
    const features = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
    let [total, sum, constant] = [0, 0, 0];
    targets.forEach((y, row) => {
      const weight = data.weights?.[row] ?? 1;
      total += weight;
      sum += weight * y;
      constant += y > 0 ? weight * (y * Math.log(y) - y) : 0;
    });
    const fit = { ...params, loss: 'poisson', features, targets, weights: data.weights, outputs: 1 } as const;
    // The curve shows half the mean deviance, which is zero for a perfect fit.
    const { rows, history, notes } = await fitLinear({ ...fit, startIntercept: Math.log(sum / total), constant: constant / total }, context);
    const score = linearScore(rows);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'regression',
      params,
      data,
      features,
      score: (builder, matrix) => builder.node('Exp', [score(builder, matrix)]),
      importance: coefficientImportance(rows, features, true),
      coefficients: rawCoefficients(rows, features),
      history,
      notes: [...notes, 'Coefficients add to the logarithm of the expected count.'],
    });
  },
};
export default trainer;
