import type { FitContext, MemoryNeed, TrainingData, TrainingShape } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import { prepareFeatures, type Features } from './features.server.ts';
import { rowMajor } from './matrix.server.ts';
import type { StoredRows } from './neighbours-graph.ts';
import { turns } from '../kernels/turns.ts';

/** Numbers that a model keeps at most: 100 MB, and at scoring so many multiplications for each row. */
export const STORED_LIMIT = 25_000_000;

export const neighboursMemory = ({ rowCount, columnCount }: TrainingShape): MemoryNeed => ({
  bytes: rowCount * columnCount * 4,
  limit: STORED_LIMIT * 4,
  advice: `The model keeps all rows: train on at most ${Math.floor(STORED_LIMIT / columnCount).toLocaleString('en-US')} (Split Data), leave out columns, or choose another algorithm.`,
});

/** The training rows as the model keeps them. Throws NodeError `memory_exhausted`, `parameter_invalid`, and as `prepareFeatures`. */
export async function storeRows(
  data: TrainingData,
  weights: Float64Array | undefined,
  { neighbours, normalize }: { neighbours: number; normalize: boolean },
  context: FitContext,
): Promise<{ features: Features; stored: StoredRows; notes: readonly string[] }> {
  const { rowCount } = data;
  const count = (value: number) => value.toLocaleString('en-US');
  if (neighbours > rowCount) {
    const message = `There are only ${count(rowCount)} rows to learn from, but ${count(neighbours)} neighbours are asked for. Lower the number of neighbours, or train on more rows.`;
    throw new NodeError('parameter_invalid', message, { param: 'neighbours' });
  }
  const features = prepareFeatures(data, { missing: 'impute', scaling: normalize ? 'standardize' : 'none' });
  const width = features.columns.length;
  if (rowCount * width > STORED_LIMIT) {
    const found = `The model keeps all rows: ${count(rowCount)} rows × ${count(width)} columns (categories count one for each level) make ${count(Math.ceil((rowCount * width * 4) / 1e6))} MB, and ${STORED_LIMIT * 4e-6} MB is the limit.`;
    throw new NodeError(
      'memory_exhausted',
      `${found} Train on at most ${count(Math.floor(STORED_LIMIT / width))} rows (Split Data), leave out columns, or choose another algorithm.`,
    );
  }
  const points = await rowMajor((index) => features.values(index), rowCount, width, turns(context.signal));
  context.progress(1);
  const notes = [`The model keeps all ${count(rowCount)} training rows; scoring compares each row with all of them.`];
  return { features, stored: { points, rowCount, width, weights }, notes };
}
