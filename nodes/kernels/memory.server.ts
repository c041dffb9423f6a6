import { NodeError } from '../kit/issues.ts';

/** More than this in one piece is refused, also where the machine has more. */
const LIMIT = 8 * 2 ** 30;

export interface MemoryAdvice {
  /** 8 GB by default. */
  readonly limit?: number;
  /** What to do about it, as a sentence. */
  readonly advice?: string;
}

/** Refuses work whose largest pieces would not fit. `what` begins the message, such as `The training matrix`. Throws NodeError `memory_exhausted`. */
export function requireMemory(bytes: number, what: string, { limit = LIMIT, advice = 'Use fewer rows or columns.' }: MemoryAdvice = {}): void {
  const free = process.availableMemory();
  const most = Math.min(limit, free);
  if (bytes <= most) return;
  const gigabytes = (each: number) => `${(each / 2 ** 30).toFixed(1)} GB`;
  const left = limit < free ? `${gigabytes(limit)} is the limit` : `${gigabytes(free)} are free`;
  throw new NodeError('memory_exhausted', `${what} needs ${gigabytes(bytes)}, and ${left}. ${advice}`);
}
