import type { Trainer } from '../../kit/context.ts';
import { createDenseMatrix } from '../../kernels/dense.server.ts';
import { minimize } from '../../kernels/minimize.ts';
import { prepareFeatures } from '../features.server.ts';
import { twoClasses } from '../labels.server.ts';
import { coefficientImportance, linearScore, rawCoefficients } from '../linear.server.ts';
import { modelOf } from '../model.server.ts';
import { turns } from '../turns.server.ts';
import { twoClassLogisticRegression as node } from './node.ts';

const MAXIMUM_ITERATIONS = 1_000;

/**
 * Minimises Σ weight × log loss + l1 Σ|coefficient| + l2/2 Σ coefficient² over standardised columns; the intercept is not penalised.
 * scikit-learn's LogisticRegression on standardised columns is the same with C = 1/l2 (l1 = 0), or C = 1/(l1 + l2) and
 * l1_ratio = l1/(l1 + l2).
 */
const trainer: Trainer = {
  learner: node.type,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const classes = twoClasses(data.label);
    const features = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
    const width = features.columns.length;
    const breathe = turns(context.signal);
    const matrix = await createDenseMatrix(data.rowCount, width);
    for (let index = 0; index < width; index += 1) {
      matrix.column(index).set(features.values(index));
      await breathe();
    }
    matrix.targets.set(classes.targets);
    if (data.weights) matrix.weights.set(data.weights);
    const totalWeight = data.weights ? data.weights.reduce((sum, each) => sum + each, 0) : data.rowCount;

    let loss = 0;
    const history: number[] = [];
    const { coefficients, converged, iterations } = await minimize(
      (at, gradient) => {
        loss = matrix.logisticLoss(at, gradient);
        let penalty = 0;
        for (let index = 0; index < width; index += 1) {
          penalty += at[index]! ** 2;
          gradient[index]! += params.l2 * at[index]!;
        }
        return loss + (params.l2 / 2) * penalty;
      },
      new Float64Array(width + 1),
      {
        l1: new Float64Array(width + 1).fill(params.l1, 0, width),
        memory: params.memory,
        tolerance: params.tolerance,
        maximumIterations: MAXIMUM_ITERATIONS,
        async iterate(iteration) {
          history.push(loss / totalWeight);
          context.metric('training loss', loss / totalWeight, iteration);
          context.progress(iteration / (iteration + 20), `iteration ${iteration}`);
          await breathe();
        },
      },
    );
    const zeros = coefficients.subarray(0, width).filter((each) => each === 0).length;
    const notes = [
      converged ? `The optimizer converged after ${iterations} iterations.` : `The optimizer was stopped after ${iterations} iterations, before it converged.`,
      ...(zeros > 0 ? [`L1 set ${zeros} of ${width} coefficients to zero.`] : []),
    ];
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'two-class',
      params,
      data,
      features,
      classes,
      score: linearScore([coefficients]),
      importance: coefficientImportance([coefficients], features, true),
      coefficients: rawCoefficients([coefficients], features),
      history,
      notes,
    });
  },
};
export default trainer;
