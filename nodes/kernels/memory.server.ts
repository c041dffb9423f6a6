import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { NodeError } from '../kit/issues.ts';

/** More than this in one piece is refused, also where the machine has more. */
const LIMIT = 8 * 2 ** 30;

const ALLOWED = 'modelwright: bytes that this process may hold';

/** What this process may hold, for its threads that begin from now on too. Whoever holds it there, estimates are measured by it. */
export const allowMemory = (bytes: number): void => setEnvironmentData(ALLOWED, bytes);

/** Bytes that the machine has, and the process may still take. */
export function freeMemory(): number {
  const allowed = getEnvironmentData(ALLOWED);
  const free = process.availableMemory();
  return typeof allowed === 'number' ? Math.max(0, Math.min(free, allowed - process.memoryUsage.rss())) : free;
}

export interface MemoryAdvice {
  /** 8 GB by default. */
  readonly limit?: number;
  /** What to do about it, as a sentence. */
  readonly advice?: string;
}

/** Refuses work whose largest pieces would not fit. `what` begins the message, such as `The training matrix`. Throws NodeError `memory_exhausted`. */
export function requireMemory(bytes: number, what: string, { limit = LIMIT, advice = 'Use fewer rows or columns.' }: MemoryAdvice = {}): void {
  const free = freeMemory();
  const most = Math.min(limit, free);
  if (bytes <= most) return;
  const left = limit < free ? `${told(limit)} is the limit` : `${told(free)} are free`;
  throw new NodeError('memory_exhausted', `${what} needs ${told(bytes)}, and ${left}. ${advice}`);
}

const told = (bytes: number): string => (bytes < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`);
