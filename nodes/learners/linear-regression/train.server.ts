import type { Trainer } from '../../kit/context.ts';
import { createDenseMatrix, denseMemory } from '../../kernels/dense.server.ts';
import { prepareFeatures } from '../features.server.ts';
import { numericTargets } from '../labels.server.ts';
import { coefficientImportance, linearScore, rawCoefficients } from '../linear.server.ts';
import { modelOf } from '../model.server.ts';
import { turns } from '../../kernels/turns.ts';
import { descend } from './descend.server.ts';
import { elasticNet } from './elastic-net.server.ts';
import { leastSquares, type Fit } from './least-squares.server.ts';
import { linearRegression as node } from './node.ts';

const trainer: Trainer = {
  learner: node.type,
  memory: denseMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const exact = params.method === 'ordinary-least-squares';
    const targets = numericTargets(data.label);
    // Without an intercept, columns may not be moved: that would bring one in.
    const scaling = exact || params.normalize ? (params.intercept ? 'standardize' : 'scale') : 'none';
    const features = prepareFeatures(data, { missing: 'impute', scaling });
    const width = features.columns.length;
    const breathe = turns(context.signal);
    const matrix = await createDenseMatrix(data.rowCount, exact && params.intercept ? width + 1 : width);
    for (let index = 0; index < width; index += 1) {
      matrix.column(index).set(features.values(index));
      await breathe();
    }
    if (exact && params.intercept) matrix.column(width).fill(1);
    if (data.weights) matrix.weights.set(data.weights);

    const { mean, deviation } = scaleOf(targets, data.weights, params.intercept);
    for (let row = 0; row < targets.length; row += 1) matrix.targets[row] = (targets[row]! - mean) / deviation;
    function solve(): Promise<Fit> {
      if (!exact) return descend(matrix, params, context, breathe);
      // The absolute values grow with the label's unit, the squares with its square.
      if (params.l1 > 0) return elasticNet(matrix, { l1: params.l1 / deviation, l2: params.l2 }, params.intercept, breathe);
      return leastSquares(matrix, params.l2, params.intercept, breathe);
    }
    const fit = await solve();
    const coefficients = fit.coefficients.map((each) => each * deviation);
    coefficients[width]! += mean;
    const history = fit.history.map((each) => each * deviation * deviation);
    if (exact) context.metric('training loss', history[0]!, 1);
    context.progress(1);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'regression',
      params,
      data,
      features,
      score: linearScore([coefficients]),
      importance: coefficientImportance([coefficients], features, scaling !== 'none'),
      coefficients: rawCoefficients([coefficients], features),
      history,
      notes: fit.notes,
    });
  },
};
export default trainer;

/** Mean (0 without an intercept) and root mean square around it; L2 weighs on coefficients in either unit alike, as both terms scale. */
function scaleOf(targets: Float64Array, weights: Float64Array | undefined, centre: boolean): { mean: number; deviation: number } {
  let total = 0;
  let sum = 0;
  targets.forEach((value, row) => {
    total += weights?.[row] ?? 1;
    sum += (weights?.[row] ?? 1) * value;
  });
  const mean = centre ? sum / total : 0;
  let squares = 0;
  targets.forEach((value, row) => (squares += (weights?.[row] ?? 1) * (value - mean) ** 2));
  return { mean, deviation: Math.sqrt(squares / total) || 1 };
}
