import type { Trainer } from '../../kit/context.ts';
import { weightsWithClasses } from '../class-weights.ts';
import { linearMemory } from '../../kernels/linear-losses.server.ts';
import { prepareFeatures } from '../features.server.ts';
import { fitLinear } from '../fit-linear.server.ts';
import { twoClasses } from '../labels.server.ts';
import { coefficientImportance, linearScore, rawCoefficients } from '../linear.server.ts';
import { modelOf } from '../model.server.ts';
import { marginsOf, plattSlope } from '../platt.ts';
import { turns } from '../../kernels/turns.ts';
import { twoClassSupportVectorMachine as node } from './node.ts';
import { fourierFeatures, projectedMemory, unitRows } from './projections.server.ts';

/**
 * Minimises lambda/2 Σ coefficient² + the weighted mean of max(0, 1 − s m)²/2, s = ±1 (L2-loss support vector machine); the intercept is free.
 * scikit-learn's LinearSVC is the same with C = 1/(2 × lambda × rows), but for its penalised intercept. With the RBF kernel the columns are
 * replaced by random Fourier features (Rahimi & Recht 2007).
 */
const trainer: Trainer = {
  learner: node.type,
  memory(shape, given) {
    const { kernel, components, unitSphere } = node.params.parse(given);
    if (kernel === 'rbf') return projectedMemory(shape, components);
    return unitSphere ? projectedMemory(shape, shape.columnCount) : linearMemory(shape);
  },
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = twoClasses(data.label);
    const features = prepareFeatures(data, { missing: 'impute', scaling: params.normalize ? 'standardize' : 'none' });
    const breathe = turns(context.signal);
    const weights = weightsWithClasses(params.classWeights, classes.targets, 2, data.weights);
    const rows = params.unitSphere
      ? await unitRows(features, data.rowCount, breathe)
      : { columns: features.columns, values: features.values, write: undefined };
    const curved = params.kernel === 'rbf' ? await fourierFeatures(rows, data.rowCount, params, breathe) : undefined;
    const matrix = curved ?? rows;
    const totalWeight = weights ? weights.reduce((sum, each) => sum + each, 0) : data.rowCount;
    const options = { l1: 0, l2: params.lambda * totalWeight, tolerance: 1e-7, memory: 20, maximumIterations: params.iterations };
    const fitted = await fitLinear({ ...options, loss: 'squared-hinge', features: matrix, targets: classes.targets, weights, outputs: 1 }, context);
    const [coefficients] = fitted.rows as [Float64Array];
    const slope = plattSlope(marginsOf(matrix.values, coefficients, data.rowCount), classes.targets, weights);
    const logOdds = [coefficients.map((each) => each * slope)];
    const score = linearScore(logOdds);
    const plain = !params.unitSphere && params.kernel === 'linear';
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'two-class',
      params,
      data,
      features,
      classes,
      score: (builder, values) => {
        const scaled = rows.write?.(builder, values) ?? values;
        return score(builder, curved ? curved.write(builder, scaled) : scaled);
      },
      importance: params.kernel === 'linear' ? coefficientImportance(logOdds, features, params.normalize) : new Map(),
      ...(plain ? { coefficients: rawCoefficients(logOdds, features) } : {}),
      history: fitted.history,
      notes: [...fitted.notes, 'Probabilities are sigmoid(a × margin), with one number a fitted to the training rows (Platt).'],
    });
  },
};
export default trainer;
