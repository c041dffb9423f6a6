import type { MemoryNeed, TrainingShape } from '../kit/context.ts';
import { requireMemory } from '../kernels/memory.server.ts';

export { requireMemory };

/** What a matrix of float32 takes. */
export const matrixMemory = ({ rowCount, columnCount }: TrainingShape): MemoryNeed => ({ bytes: rowCount * columnCount * 4 });

/** Columns as a matrix of float32, row after row. Throws NodeError `memory_exhausted`. */
export async function rowMajor(column: (index: number) => Float32Array, rowCount: number, width: number, breathe: () => Promise<void>): Promise<Float32Array> {
  requireMemory(rowCount * width * 4, `A matrix of ${rowCount.toLocaleString('en-US')} rows × ${width.toLocaleString('en-US')} columns`);
  const matrix = new Float32Array(rowCount * width);
  for (let index = 0; index < width; index += 1) {
    const values = column(index);
    for (let row = 0, at = index; row < rowCount; row += 1, at += width) matrix[at] = values[row]!;
    await breathe();
  }
  return matrix;
}
