import type { FitContext } from '../../kit/context.ts';
import { NodeError } from '../../kit/issues.ts';
import type { DenseMatrix } from '../../kernels/dense.server.ts';
import { randomNumbers, shuffled } from '../../kernels/random.ts';
import type { Fit } from './least-squares.server.ts';
import type { LinearParams } from './node.ts';

const PART = 20_000;

/** Online gradient descent on half the squared error. Targets must be standardised already. Throws NodeError `values_not_finite` when it diverges. */
export async function descend(matrix: DenseMatrix, params: LinearParams, context: FitContext, breathe: () => Promise<void>): Promise<Fit> {
  const coefficients = new Float64Array(matrix.columnCount + 1);
  const sum = new Float64Array(coefficients.length);
  const random = randomNumbers(params.seed);
  const history: number[] = [];
  let first = 1;
  for (let epoch = 1; epoch <= params.epochs; epoch += 1) {
    const order = shuffled(matrix.rowCount, random);
    let loss = 0;
    for (let from = 0; from < order.length; from += PART) {
      const part = order.subarray(from, from + PART);
      loss += matrix.descend(coefficients, part, { rate: params.learningRate, l2: params.l2, decreasing: params.decrease, intercept: params.intercept, first });
      first += part.length;
      await breathe();
    }
    if (!coefficients.every(Number.isFinite))
      throw new NodeError('values_not_finite', 'Gradient descent ran away to infinity. Lower the learning rate, or normalize the features.', {
        param: 'learningRate',
      });
    coefficients.forEach((each, index) => (sum[index]! += each));
    history.push(loss / matrix.rowCount);
    context.metric('training loss', loss / matrix.rowCount, epoch);
    context.progress(epoch / params.epochs, `epoch ${epoch} of ${params.epochs}`);
  }
  return { coefficients: params.average && params.epochs > 0 ? sum.map((each) => each / params.epochs) : coefficients, history, notes: [] };
}
