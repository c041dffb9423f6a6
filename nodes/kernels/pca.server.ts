import { Tensor } from 'onnxruntime-node';
import { GraphBuilder, int, MICROSOFT } from '../kit/onnx/builder.ts';
import { openSession } from '../kit/onnx/session.server.ts';
import { largestEigen } from './largest-eigen.ts';

export interface PcaData {
  readonly rowCount: number;
  /** The columns; no missing values. */
  readonly columns: readonly Float32Array[];
}

export interface Components {
  readonly means: Float64Array;
  /** Of the columns, with n − 1. */
  readonly variances: Float64Array;
  /** [count, columns], one component a row, the one with the largest variance first. */
  readonly vectors: Float64Array;
  /** Variance along each component. */
  readonly explained: Float64Array;
  /** Variance along all components, also those that were not asked for. */
  readonly total: number;
}

/** Rows of a product: its float32 sums stay short. */
const PIECE_ROWS = 2_048;
/** Bytes that a run brings together. */
const RUN_BYTES = 4 * 2 ** 20;
const FEWEST_PIECES = 8;

export interface PcaOptions {
  /** Components of the correlation matrix instead of the covariance matrix. */
  readonly scale: boolean;
  /** How many components; all by default. Few of many columns are found much sooner. */
  readonly count?: number;
  /** 1 by default. The result does not depend on it. */
  readonly threads?: number;
}

/**
 * The principal components (Pearson 1901): the eigenvectors of the covariance matrix of the columns. ONNX Runtime multiplies pieces of rows in
 * float32, whose products are added up in float64. Its threads share out whole products, so these do not depend on their number.
 */
export async function principalComponents(
  { rowCount, columns }: PcaData,
  { scale, count = columns.length, threads = 1 }: PcaOptions,
  breathe: () => Promise<void>,
): Promise<Components> {
  const size = columns.length + 1;
  const shifts = Float64Array.from(columns, shiftOf);
  const pieces = Math.max(1, Math.min(Math.ceil(rowCount / PIECE_ROWS), Math.max(FEWEST_PIECES, Math.floor(RUN_BYTES / (4 * size * PIECE_ROWS)))));
  const session = await openSession(productGraph(shifts), { threads: Math.min(threads, pieces) });
  const products = new Float64Array(size * size);
  const joined = new Float32Array(pieces * size * PIECE_ROWS);
  try {
    for (let from = 0; from < rowCount; from += pieces * PIECE_ROWS) {
      const used = Math.min(pieces, Math.ceil((rowCount - from) / PIECE_ROWS));
      for (let piece = 0; piece < used; piece += 1)
        joinPiece(columns, shifts, from + piece * PIECE_ROWS, rowCount, joined.subarray(piece * size * PIECE_ROWS, (piece + 1) * size * PIECE_ROWS));
      const values = new Tensor('float32', joined.subarray(0, used * size * PIECE_ROWS), [used, size, PIECE_ROWS]);
      const results = await session.run({ [VALUES]: values });
      const part = results[session.outputNames[0]!]!.data as Float64Array;
      for (let index = 0; index < products.length; index += 1) products[index]! += part[index]!;
      await breathe();
    }
  } finally {
    await session.release();
  }
  return componentsOf(products, shifts, { rowCount, scale, count }, breathe);
}

const VALUES = 'values';

/** Puts the columns' rows from `from` on one behind the other, and ones behind them. Rows that are not there are nothing once shifted. */
function joinPiece(columns: readonly Float32Array[], shifts: Float64Array, from: number, rowCount: number, to: Float32Array): void {
  const rows = Math.min(PIECE_ROWS, rowCount - from);
  columns.forEach((values, column) => {
    const at = column * PIECE_ROWS;
    to.set(values.subarray(from, from + rows), at);
    if (rows < PIECE_ROWS) to.fill(shifts[column]!, at + rows, at + PIECE_ROWS);
  });
  const ones = columns.length * PIECE_ROWS;
  to.fill(1, ones, ones + rows).fill(0, ones + rows);
}

/** Where the first rows lie far from zero, their mean: products of what is left do not cancel. */
function shiftOf(values: Float32Array): number {
  const count = Math.min(1_000, values.length);
  let [sum, squares] = [0, 0];
  for (let row = 0; row < count; row += 1) sum += values[row]!;
  const mean = sum / Math.max(1, count);
  for (let row = 0; row < count; row += 1) squares += (values[row]! - mean) ** 2;
  return mean * mean > squares / Math.max(1, count) ? Math.fround(mean) : 0;
}

/**
 * Of columns [pieces, columns, rows], less their shifts, and of the ones behind them the sum of the products of the columns with each other, in
 * float64. A difference of float32 numbers is rounded once, as if it were taken in float64.
 */
function productGraph(shifts: Float64Array): Uint8Array {
  const builder = new GraphBuilder();
  const size = shifts.length + 1;
  const values = builder.tensor(VALUES, 'float', ['pieces', size, PIECE_ROWS]);
  const shifted = shifts.some((each) => each !== 0);
  const chunk = shifted ? builder.node('Sub', [values, builder.floats([...shifts, 0], [1, size, 1])]) : values;
  const products = builder.node('FusedMatMul', [chunk, chunk], { transB: int(1) }, { domain: MICROSOFT });
  builder.result(builder.node('ReduceSum', [builder.cast(products, 'double'), builder.int64s([0])], { keepdims: int(0) }), 'double', [size, size]);
  return builder.toBytes();
}

async function componentsOf(
  products: Float64Array,
  shifts: Float64Array,
  { rowCount, scale, count }: { rowCount: number; scale: boolean; count: number },
  breathe: () => Promise<void>,
): Promise<Components> {
  const width = shifts.length;
  const sums = products.subarray(width * (width + 1), width * (width + 1) + width);
  const covariance = new Float64Array(width * width);
  const spread = Math.max(1, rowCount - 1);
  for (let i = 0; i < width; i += 1)
    for (let j = 0; j <= i; j += 1) {
      const value = (products[i * (width + 1) + j]! - (sums[i]! * sums[j]!) / rowCount) / spread;
      covariance[i * width + j] = value;
      covariance[j * width + i] = value;
    }
  const variances = Float64Array.from({ length: width }, (_, index) => Math.max(0, covariance[index * width + index]!));
  if (scale) {
    const deviations = variances.map((each) => Math.sqrt(each) || 1);
    for (let i = 0; i < width; i += 1) for (let j = 0; j < width; j += 1) covariance[i * width + j]! /= deviations[i]! * deviations[j]!;
  }
  const total = variances.reduce((sum, each) => sum + (scale ? Number(each > 0) : each), 0);
  const { values, vectors } = await largestEigen(covariance, width, Math.min(count, width), breathe);
  return {
    means: shifts.map((shift, index) => shift + sums[index]! / rowCount),
    variances,
    vectors,
    explained: values.map((each) => Math.max(0, each)),
    total,
  };
}
