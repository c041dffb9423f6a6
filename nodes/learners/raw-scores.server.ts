import { Tensor } from 'onnxruntime-node';
import type { FeatureData } from '../kit/context.ts';
import { GraphBuilder } from '../kit/onnx/builder.ts';
import { BATCH_ROWS, openSession } from '../kit/onnx/session.server.ts';
import { rowMajor } from './matrix.server.ts';
import type { Features } from './features.server.ts';

/** Results of a run at most, so that one of many numbers a row ends soon too. */
const BATCH_NUMBERS = 2 ** 22;
/** Numbers of the matrix that lie in memory at a time, where it is made in pieces. */
const PIECE_NUMBERS = 2 ** 20;

/** A matrix of float32, of which rows are asked for in turn. */
export interface MatrixRows {
  readonly rowCount: number;
  readonly width: number;
  /** At most so many rows at a time. */
  readonly most: number;
  /** Row after row. */
  read(from: number, to: number): Promise<Float32Array> | Float32Array;
}

/** The matrix of the training rows in pieces, so that it is never held as a whole. */
export function matrixInPieces({ features, rowCount }: FeatureData, made: Features, breathe: () => Promise<void>): MatrixRows {
  const width = made.columns.length;
  return {
    rowCount,
    width,
    most: Math.max(BATCH_ROWS, Math.floor(PIECE_NUMBERS / width)),
    read(from, to) {
      const some = features.map(({ schema, values }) => ({
        schema,
        values: values instanceof Float64Array ? values.subarray(from, to) : values.slice(from, to),
      }));
      return rowMajor(made.of({ features: some, rowCount: to - from }), to - from, width, breathe);
    },
  };
}

/** What a score's graph gives the rows, as it will at scoring: `width` numbers a row. */
export async function rawScores(
  rows: MatrixRows,
  score: (builder: GraphBuilder, matrix: string) => string,
  { width = 1, breathe }: { width?: number; breathe: () => Promise<void> },
): Promise<Float32Array> {
  const { rowCount, width: inputs } = rows;
  const builder = new GraphBuilder();
  builder.result(score(builder, builder.tensor('matrix', 'float', ['rows', inputs])), 'float', ['rows', width]);
  const session = await openSession(builder.toBytes(), { threads: 1 });
  const scores = new Float32Array(rowCount * width);
  try {
    const batch = Math.min(BATCH_ROWS, Math.ceil(BATCH_NUMBERS / width));
    for (let first = 0; first < rowCount; first += rows.most) {
      const end = Math.min(first + rows.most, rowCount);
      const matrix = await rows.read(first, end);
      for (let from = first; from < end; from += batch) {
        const to = Math.min(from + batch, end);
        const part = matrix.subarray((from - first) * inputs, (to - first) * inputs);
        const results = await session.run({ matrix: new Tensor('float32', part, [to - from, inputs]) });
        scores.set(results[session.outputNames[0]!]!.data as Float32Array, from * width);
        await breathe();
      }
    }
  } finally {
    await session.release();
  }
  return scores;
}

/** The value below which the share of the values lies. */
export function quantileOf(values: Float32Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}
