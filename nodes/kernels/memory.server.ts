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
