import type { DenseMatrix } from '../../kernels/dense.server.ts';
import { proximalStep } from '../../kernels/newton.ts';
import { normalMatrix, residualsOf, type Fit } from './least-squares.server.ts';

/** Sweeps between two turns and two looks at the residuals. */
const SWEEPS = 20;
const MAXIMUM_ROUNDS = 500;

/**
 * Minimises Σ weight × (target − prediction)² + l1 Σ|coefficient| + l2 Σ coefficient² by cyclic coordinate descent on the normal equations
 * (Friedman, Hastie & Tibshirani 2010); the intercept is not penalised. Each round begins from the residuals of the rows themselves, which
 * brings back what the Gram matrix lost. With an intercept the last column of the matrix must be ones.
 */
export async function elasticNet(matrix: DenseMatrix, { l1, l2 }: { l1: number; l2: number }, intercept: boolean, breathe: () => Promise<void>): Promise<Fit> {
  const size = matrix.columnCount;
  const penalized = intercept ? size - 1 : size;
  const gram = await normalMatrix(matrix, l2, penalized, breathe);
  const half = Float64Array.from({ length: size }, (_, index) => (index < penalized ? l1 / 2 : 0));
  // The kernel adds an intercept of its own; here it is one of the columns, so that one stays zero.
  const solution = new Float64Array(size + 1);
  let converged = false;
  for (let round = 0; round < MAXIMUM_ROUNDS && !converged; round += 1) {
    const slopes = matrix.multiplyTransposed(residualsOf(matrix, solution).residuals).subarray(0, size);
    const gradient = slopes.map((each, index) => (index < penalized ? l2 * solution[index]! : 0) - each);
    const step = proximalStep(solution.subarray(0, size), gradient, gram, half, SWEEPS);
    let gained = 0;
    step.forEach((change, index) => {
      solution[index]! += change;
      gained = Math.max(gained, change * change * gram[index * size + index]!);
    });
    // A column's change lowers the loss by its square × its length; the loss of the mean alone is the sum of weights, as targets are standardised.
    converged = gained <= 1e-12 * matrix.weights.length;
    await breathe();
  }
  const own = solution.subarray(0, penalized);
  const zeros = own.filter((each) => each === 0).length;
  const notes = [
    ...(zeros > 0 ? [`${zeros} of ${penalized} coefficients are zero.`] : []),
    ...(converged ? [] : ['Coordinate descent was stopped before it converged; a larger L2 weight helps where columns follow from others.']),
  ];
  const coefficients = new Float64Array(penalized + 1);
  coefficients.set(solution.subarray(0, size));
  return { coefficients, history: [residualsOf(matrix, solution).error], notes };
}
