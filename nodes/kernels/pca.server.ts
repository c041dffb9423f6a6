import { Tensor } from 'onnxruntime-node';
import { GraphBuilder, int, ints } from '../kit/onnx/builder.ts';
import { openSession } from '../kit/onnx/session.server.ts';
import { symmetricEigen } from './eigen.ts';

export interface PcaData {
  readonly rowCount: number;
  /** The columns; no missing values. */
  readonly columns: readonly (Float64Array | Float32Array)[];
}

export interface Components {
  readonly means: Float64Array;
  /** Of the columns, with n − 1. */
  readonly variances: Float64Array;
  /** [columns, columns], one component a row, the one with the largest variance first. */
  readonly vectors: Float64Array;
  /** Variance along each component. */
  readonly explained: Float64Array;
}

/** Rows of a product: their columns side by side stay within the cache. */
const PIECE_ROWS = 512;
/** Products in a run, which threads share among them. */
const PIECES = 8;

export interface PcaOptions {
  /** Components of the correlation matrix instead of the covariance matrix. */
  readonly scale: boolean;
  /** 1 by default. The result does not depend on it. */
  readonly threads?: number;
}

/**
 * The principal components (Pearson 1901): the eigenvectors of the covariance matrix of the columns. ONNX Runtime multiplies chunks of rows in
 * float32, whose products are added up in float64. Its threads share out whole products, so these do not depend on their number.
 */
export async function principalComponents(
  { rowCount, columns }: PcaData,
  { scale, threads = 1 }: PcaOptions,
  breathe: () => Promise<void>,
): Promise<Components> {
  const width = columns.length;
  const size = width + 1;
  const shifts = Float64Array.from(columns, shiftOf);
  const shifted = shifts.some((each) => each !== 0);
  /** Rows from `from` on; where there are none, what is nothing after the shift. */
  const fillPiece = (piece: Float64Array | Float32Array, from: number): void => {
    const rows = Math.max(0, Math.min(PIECE_ROWS, rowCount - from));
    columns.forEach((values, index) => {
      if (rows > 0) piece.set(values.subarray(from, from + rows), index * PIECE_ROWS);
      if (rows < PIECE_ROWS) piece.fill(shifts[index]!, index * PIECE_ROWS + rows, (index + 1) * PIECE_ROWS);
    });
    piece.fill(1, width * PIECE_ROWS, width * PIECE_ROWS + rows).fill(0, width * PIECE_ROWS + rows, size * PIECE_ROWS);
  };
  const session = await openSession(productGraph(size, shifted), { threads });
  const products = new Float64Array(size * size);
  // One buffer for all runs, [pieces, size, rows]; the last row of a piece is of ones, whose products are the sums. What is to be shifted first
  // is not yet rounded to float32.
  const pieces = Math.min(PIECES, Math.ceil(rowCount / PIECE_ROWS));
  const buffer = new (shifted ? Float64Array : Float32Array)(pieces * size * PIECE_ROWS);
  try {
    const shift: Record<string, Tensor> = shifted ? { shift: new Tensor('float64', Float64Array.of(...shifts, 0), [size, 1]) } : {};
    for (let from = 0; from < rowCount; from += pieces * PIECE_ROWS) {
      for (let piece = 0; piece < pieces; piece += 1) fillPiece(buffer.subarray(piece * size * PIECE_ROWS), from + piece * PIECE_ROWS);
      const results = await session.run({ chunk: new Tensor(buffer, [pieces, size, PIECE_ROWS]), ...shift });
      const part = results[session.outputNames[0]!]!.data as Float32Array;
      for (let index = 0; index < products.length; index += 1) products[index]! += part[index]!;
      await breathe();
    }
  } finally {
    await session.release();
  }
  return componentsOf(products, shifts, rowCount, scale);
}

/** Where the first rows lie far from zero, their mean: products of what is left do not cancel. */
function shiftOf(values: Float64Array | Float32Array): number {
  const count = Math.min(1_000, values.length);
  let [sum, squares] = [0, 0];
  for (let row = 0; row < count; row += 1) sum += values[row]!;
  const mean = sum / Math.max(1, count);
  for (let row = 0; row < count; row += 1) squares += (values[row]! - mean) ** 2;
  return mean * mean > squares / Math.max(1, count) ? mean : 0;
}

/** The sum of the products of the rows of each piece of a chunk [pieces, size, rows] with each other, each less its shift. */
function productGraph(size: number, shifted: boolean): Uint8Array {
  const builder = new GraphBuilder();
  const chunk = builder.tensor('chunk', shifted ? 'double' : 'float', ['pieces', size, PIECE_ROWS]);
  const narrow = shifted ? builder.cast(builder.node('Sub', [chunk, builder.tensor('shift', 'double', [size, 1])]), 'float') : chunk;
  const turned = builder.node('Transpose', [narrow], { perm: ints([0, 2, 1]) });
  const products = builder.node('MatMul', [narrow, turned]);
  builder.result(builder.node('ReduceSum', [products, builder.int64s([0])], { keepdims: int(0) }), 'float', [size, size]);
  return builder.toBytes();
}

function componentsOf(products: Float64Array, shifts: Float64Array, rowCount: number, scale: boolean): Components {
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
  const { values, vectors } = symmetricEigen(covariance, width);
  return { means: shifts.map((shift, index) => shift + sums[index]! / rowCount), variances, vectors, explained: values.map((each) => Math.max(0, each)) };
}
