import type { MemoryNeed, TrainingShape } from '../kit/context.ts';
import { aligned, KERNEL_BYTES, loadKernel, reserve } from './load.server.ts';

interface Exports {
  multiply(matrix: number, stride: number, columns: number, coefficients: number, margins: number): void;
  multiplyTransposed(matrix: number, stride: number, columns: number, vector: number, to: number): void;
  gramBlock(matrix: number, stride: number, columns: number, weights: number, begin: number, end: number, scratch: number, gram: number): void;
  descend(
    matrix: number,
    stride: number,
    columns: number,
    targets: number,
    weights: number,
    coefficients: number,
    order: number,
    rows: number,
    rate: number,
    l2: number,
    decreasing: boolean,
    intercept: boolean,
    first: number,
  ): number;
}

/** Rows per block of a Gram matrix: one column's block stays in cache. */
export const GRAM_ROWS = 1_024;

export interface DescendOptions {
  readonly rate: number;
  readonly l2: number;
  readonly decreasing: boolean;
  readonly intercept: boolean;
  /** Number of the first step, from 1. */
  readonly first: number;
}

/** A dense matrix of float64 in the kernel's memory, with a target and a weight per row. Coefficients and gradients hold the intercept last. */
export interface DenseMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  /** The values of a column, to be filled in. */
  column(index: number): Float64Array;
  readonly targets: Float64Array;
  /** 1 at first. */
  readonly weights: Float64Array;
  /** Matrix × coefficients + intercept. The result is overwritten by the next call. */
  multiply(coefficients: Float64Array): Float64Array;
  /** Matrixᵀ × vector, and the vector's sum last. */
  multiplyTransposed(vector: Float64Array): Float64Array;
  /** Adds the block's rows to the lower triangle of matrixᵀ × weights × matrix; blocks are counted from 0. */
  addGramBlock(block: number): void;
  readonly gramBlocks: number;
  /** The Gram matrix of the blocks added so far, row after row, both triangles. */
  gram(): Float64Array;
  /** Online gradient descent over rows in order; changes the coefficients and gives the weighted sum of squared errors met. */
  descend(coefficients: Float64Array, order: Uint32Array, options: DescendOptions): number;
}

/** At least so many bytes lie in the kernel's memory. */
export const denseMemory = ({ rowCount, columnCount }: TrainingShape): MemoryNeed => ({
  bytes: 8 * (rowCount * (columnCount + 3) + columnCount ** 2),
  limit: KERNEL_BYTES,
});

/** Throws NodeError `memory_exhausted` beyond 4 GB. */
export async function createDenseMatrix(rowCount: number, columnCount: number): Promise<DenseMatrix> {
  const kernel = await loadKernel<Exports>('dense');
  const { exports } = kernel;
  const stride = Math.ceil(rowCount / 2) * 2;
  const coefficientBytes = (columnCount + 1) * 8;
  const matrix = kernel.base;
  const targets = aligned(matrix + stride * columnCount * 8);
  const weights = aligned(targets + stride * 8);
  const margins = aligned(weights + stride * 8);
  const order = aligned(margins + stride * 8);
  const coefficients = aligned(order + stride * 4);
  const gradient = aligned(coefficients + coefficientBytes);
  const scratch = aligned(gradient + coefficientBytes);
  const gram = aligned(scratch + GRAM_ROWS * 8);
  reserve(kernel, gram + columnCount * columnCount * 8);
  const { buffer } = kernel.memory;
  const floats = (address: number, length: number) => new Float64Array(buffer, address, length);
  const given = floats(coefficients, columnCount + 1);
  floats(weights, rowCount).fill(1);
  return {
    rowCount,
    columnCount,
    column: (index) => floats(matrix + index * stride * 8, rowCount),
    targets: floats(targets, rowCount),
    weights: floats(weights, rowCount),
    multiply(values) {
      given.set(values);
      exports.multiply(matrix, stride, columnCount, coefficients, margins);
      return floats(margins, rowCount);
    },
    multiplyTransposed(vector) {
      // The padding row, where there is one, holds zeros in the matrix, but counts in the sum.
      floats(margins, stride).fill(0).set(vector);
      exports.multiplyTransposed(matrix, stride, columnCount, margins, gradient);
      return floats(gradient, columnCount + 1).slice();
    },
    gramBlocks: Math.ceil(rowCount / GRAM_ROWS),
    addGramBlock(block) {
      const begin = block * GRAM_ROWS;
      exports.gramBlock(matrix, stride, columnCount, weights, begin, Math.min(begin + GRAM_ROWS, stride), scratch, gram);
    },
    gram() {
      const values = floats(gram, columnCount * columnCount).slice();
      for (let i = 0; i < columnCount; i += 1) for (let j = 0; j < i; j += 1) values[j * columnCount + i] = values[i * columnCount + j]!;
      return values;
    },
    descend(values, rows, { rate, l2, decreasing, intercept, first }) {
      given.set(values);
      new Uint32Array(buffer, order, rows.length).set(rows);
      const loss = exports.descend(matrix, stride, columnCount, targets, weights, coefficients, order, rows.length, rate, l2, decreasing, intercept, first);
      values.set(given);
      return loss;
    },
  };
}
