import type { DenseMatrix } from '../../kernels/dense.server.ts';
import { factor } from '../../kernels/solve.ts';

export interface Fit {
  /** Intercept last. */
  readonly coefficients: Float64Array;
  /** Mean squared error on the training rows, by iteration. */
  readonly history: readonly number[];
  readonly notes: readonly string[];
}

/**
 * Minimises Σ weight × (target − prediction)² + l2 Σ coefficient²; the intercept is not penalised. Cholesky with pivoting on the normal
 * equations of scaled columns, then two steps of refinement by the residuals, which bring back what squaring the condition lost (Björck 1996,
 * §2.9). With an intercept the last column of the matrix must be ones.
 */
export async function leastSquares(matrix: DenseMatrix, l2: number, intercept: boolean, breathe: () => Promise<void>): Promise<Fit> {
  const size = matrix.columnCount;
  const penalized = intercept ? size - 1 : size;
  const gram = await normalMatrix(matrix, l2, penalized, breathe);
  const solver = factor(gram, size);
  await breathe();
  // The kernel adds an intercept of its own; here it is one of the columns, so that one stays zero.
  const solution = new Float64Array(size + 1);
  for (let round = 0; round < 3; round += 1) {
    const right = matrix.multiplyTransposed(residualsOf(matrix, solution).residuals);
    for (let index = 0; index < penalized; index += 1) right[index]! -= l2 * solution[index]!;
    solver.solve(right.subarray(0, size)).forEach((change, index) => (solution[index]! += change));
    await breathe();
  }
  const { dependent } = solver;
  const notes = dependent.length > 0 ? [`${dependent.length} of ${size} columns follow from others; their coefficients are zero.`] : [];
  const coefficients = new Float64Array(penalized + 1);
  coefficients.set(solution.subarray(0, size));
  return { coefficients, history: [residualsOf(matrix, solution).error], notes };
}

/** matrixᵀ × weights × matrix, with l2 added on the diagonal of the first `penalized` columns. */
export async function normalMatrix(matrix: DenseMatrix, l2: number, penalized: number, breathe: () => Promise<void>): Promise<Float64Array> {
  for (let block = 0; block < matrix.gramBlocks; block += 1) {
    matrix.addGramBlock(block);
    await breathe();
  }
  const gram = matrix.gram();
  for (let index = 0; index < penalized; index += 1) gram[index * matrix.columnCount + index]! += l2;
  return gram;
}

/** Weighted residuals, and the weighted mean of their squares. */
export function residualsOf(matrix: DenseMatrix, solution: Float64Array): { residuals: Float64Array; error: number } {
  let [error, total] = [0, 0];
  const residuals = matrix.multiply(solution).map((prediction, row) => {
    const weight = matrix.weights[row]!;
    const residual = matrix.targets[row]! - prediction;
    error += weight * residual ** 2;
    total += weight;
    return weight * residual;
  });
  return { residuals, error: error / total };
}
