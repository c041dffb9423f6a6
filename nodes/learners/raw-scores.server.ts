import { Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../kit/onnx/builder.ts';
import { BATCH_ROWS, openSession } from '../kit/onnx/session.server.ts';
import { rowMajor } from './matrix.server.ts';
import type { Features } from './features.server.ts';

/** Results of a run at most, so that one of many numbers a row ends soon too. */
const BATCH_NUMBERS = 2 ** 22;

/** What a score's graph gives the training rows, as it will at scoring: `width` numbers a row. `rows` chooses some of them. */
export async function rawScores(
  features: Features,
  rows: Uint32Array | null,
  rowCount: number,
  score: (builder: GraphBuilder, matrix: string) => string,
  { width = 1, breathe }: { width?: number; breathe: () => Promise<void> },
): Promise<Float32Array> {
  const inputs = features.columns.length;
  const pick = (values: Float32Array) => (rows ? Float32Array.from(rows, (row) => values[row]!) : values);
  const count = rows ? rows.length : rowCount;
  const matrix = await rowMajor((index) => pick(features.values(index)), count, inputs, breathe);
  const builder = new GraphBuilder();
  builder.result(score(builder, builder.tensor('matrix', 'float', ['rows', inputs])), 'float', ['rows', width]);
  const session = await openSession(builder.toBytes(), { threads: 1 });
  const scores = new Float32Array(count * width);
  try {
    const batch = Math.min(BATCH_ROWS, Math.ceil(BATCH_NUMBERS / width));
    for (let from = 0; from < count; from += batch) {
      const to = Math.min(from + batch, count);
      const results = await session.run({ matrix: new Tensor('float32', matrix.subarray(from * inputs, to * inputs), [to - from, inputs]) });
      scores.set(results[session.outputNames[0]!]!.data as Float32Array, from * width);
      await breathe();
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
