import { NodeError } from '../kit/issues.ts';

/** More than this in one piece is refused, also where the machine has more. */
const LIMIT = 8 * 2 ** 30;

/** Refuses work whose largest pieces would not fit. `what` begins the message, such as `The training matrix`. Throws NodeError `memory_exhausted`. */
export function requireMemory(bytes: number, what: string): void {
  const limit = Math.min(LIMIT, process.availableMemory());
  if (bytes <= limit) return;
  const gigabytes = (each: number) => `${(each / 2 ** 30).toFixed(1)} GB`;
  throw new NodeError('memory_exhausted', `${what} needs ${gigabytes(bytes)}, and ${gigabytes(limit)} are free. Use fewer rows or columns.`);
}

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
