import { Tensor } from 'onnxruntime-node';
import { GraphBuilder, int } from '../kit/onnx/builder.ts';
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

/** Rows of a product: their columns side by side stay within the cache, and a run is short. */
const CHUNK_ROWS = 4_096;

export interface PcaOptions {
  /** Components of the correlation matrix instead of the covariance matrix. */
  readonly scale: boolean;
  /** 1 by default. The result does not depend on it. */
  readonly threads?: number;
}

/**
 * The principal components (Pearson 1901): the eigenvectors of the covariance matrix of the columns. ONNX Runtime multiplies chunks of rows in
 * float32, whose products are added up in float64. Its threads share out the rows of a product and not its sums (`Gemm` of a matrix with its
 * own transpose), so these do not depend on their number.
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
  const session = await openSession(productGraph(size, shifted), { threads });
  const products = new Float64Array(size * size);
  // One buffer for all chunks; its last row is of ones, whose products are the sums.
  const buffer = new Float64Array(size * CHUNK_ROWS);
  try {
    const shift: Record<string, Tensor> = shifted ? { shift: new Tensor('float64', Float64Array.of(...shifts, 0), [size, 1]) } : {};
    for (let from = 0; from < rowCount; from += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, rowCount - from);
      const chunk = buffer.subarray(0, size * rows).fill(1, width * rows);
      columns.forEach((values, index) => chunk.set(values.subarray(from, from + rows), index * rows));
      const results = await session.run({ chunk: new Tensor('float64', chunk, [size, rows]), ...shift });
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
  const some = Float64Array.from(values.subarray(0, 1_000));
  const mean = some.reduce((sum, each) => sum + each, 0) / Math.max(1, some.length);
  const variance = some.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, some.length);
  return mean * mean > variance ? mean : 0;
}

/** The products of the rows of a chunk [size, rows] with each other, each less its shift. */
function productGraph(size: number, shifted: boolean): Uint8Array {
  const builder = new GraphBuilder();
  const chunk = builder.tensor('chunk', 'double', [size, 'rows']);
  const moved = shifted ? builder.node('Sub', [chunk, builder.tensor('shift', 'double', [size, 1])]) : chunk;
  const narrow = builder.cast(moved, 'float');
  builder.result(builder.node('Gemm', [narrow, narrow], { transB: int(1) }), 'float', [size, size]);
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
