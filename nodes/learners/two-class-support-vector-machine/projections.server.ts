import { Tensor } from 'onnxruntime-node';
import { GraphBuilder, int } from '../../kit/onnx/builder.ts';
import { openSession } from '../../kit/onnx/session.server.ts';
import type { MemoryNeed, TrainingShape } from '../../kit/context.ts';
import { requireMemory } from '../../kernels/memory.server.ts';
import { randomNumbers } from '../../kernels/random.ts';
import type { Features } from '../features.server.ts';

/** Columns made of the matrix's columns: for training, and as part of the graph. */
export interface Projection {
  readonly columns: { readonly length: number };
  values(index: number): Float32Array;
  readonly write: (builder: GraphBuilder, matrix: string) => string;
}
type Source = Pick<Projection, 'columns' | 'values'>;

const PART_ROWS = 4_096;
const MEMORY_LIMIT = 4 * 2 ** 30;

/** The columns, those made of them, and the matrix of these. */
export const projectedMemory = ({ rowCount, columnCount }: TrainingShape, width: number): MemoryNeed => ({
  bytes: 4 * rowCount * (columnCount + 2 * width),
  limit: MEMORY_LIMIT,
  advice: 'Use fewer rows, or fewer random features.',
});

/** Each row divided by its length, so that all lie on the unit sphere; a row of zeros stays. */
export async function unitRows(features: Features, rowCount: number, breathe: () => Promise<void>): Promise<Projection> {
  const write = (builder: GraphBuilder, matrix: string): string => {
    const length = builder.node('ReduceL2', [matrix, builder.int64s([1])], { keepdims: int(1) });
    return builder.node('Div', [matrix, builder.node('Max', [length, builder.floats([1e-12])])]);
  };
  return project(features, features.columns.length, rowCount, write, breathe);
}

export interface FourierOptions {
  /** Number of random features. */
  readonly components: number;
  /** Of the kernel e^(−gamma |x − y|²); 0 for one over the number of columns. */
  readonly gamma: number;
  readonly seed: number;
}

/** √(2/D) cos(x Ω + b), Ω normal with variance 2 gamma, b uniform: its inner products come near the RBF kernel (Rahimi & Recht 2007). */
export async function fourierFeatures(
  source: Source,
  rowCount: number,
  { components, gamma, seed }: FourierOptions,
  breathe: () => Promise<void>,
): Promise<Projection> {
  const width = source.columns.length;
  const random = randomNumbers(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const spread = Math.sqrt(2 * (gamma > 0 ? gamma : 1 / width));
  const directions = Float32Array.from({ length: width * components }, () => spread * normal());
  const shifts = Float32Array.from({ length: components }, () => 2 * Math.PI * random());
  const write = (builder: GraphBuilder, matrix: string): string => {
    const angles = builder.node('Gemm', [matrix, builder.floats(directions, [width, components]), builder.floats(shifts)]);
    return builder.node('Mul', [builder.node('Cos', [angles]), builder.floats([Math.sqrt(2 / components)])]);
  };
  return project(source, components, rowCount, write, breathe);
}

/** Runs the very operators of the fitted graph over the rows, and keeps what they give as columns. One thread: the bytes are then always the same. */
async function project(source: Source, width: number, rowCount: number, write: Projection['write'], breathe: () => Promise<void>): Promise<Projection> {
  const from = source.columns.length;
  const { bytes, ...rest } = projectedMemory({ rowCount, columnCount: from }, width);
  requireMemory(bytes, `Making ${width.toLocaleString('en-US')} columns of ${from.toLocaleString('en-US')}`, rest);
  const builder = new GraphBuilder();
  builder.result(write(builder, builder.tensor('matrix', 'float', ['rows', from])), 'float', ['rows', width]);
  const session = await openSession(builder.toBytes(), { threads: 1 });
  try {
    const given = Array.from({ length: from }, (_, index) => source.values(index));
    const columns = Array.from({ length: width }, () => new Float32Array(rowCount));
    for (let start = 0; start < rowCount; start += PART_ROWS) {
      const count = Math.min(PART_ROWS, rowCount - start);
      const part = new Float32Array(count * from);
      for (let column = 0; column < from; column += 1) {
        const own = given[column]!;
        for (let row = 0; row < count; row += 1) part[row * from + column] = own[start + row]!;
      }
      const results = await session.run({ matrix: new Tensor('float32', part, [count, from]) });
      const made = results[session.outputNames[0]!]!.data as Float32Array;
      for (let column = 0; column < width; column += 1) {
        const own = columns[column]!;
        for (let row = 0; row < count; row += 1) own[start + row] = made[row * width + column]!;
      }
      await breathe();
    }
    return { columns: { length: width }, values: (index) => columns[index]!, write };
  } finally {
    await session.release();
  }
}
