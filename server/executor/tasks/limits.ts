import { tmpdir } from 'node:os';
import type { DuckEngine } from '../runtime/duck-engine.ts';

/** What a task may use. */
export interface TaskLimits {
  readonly memoryBytes: number;
  readonly threads: number;
  readonly temporaryFolder: string;
  /** The database of the process, for what takes one thread. */
  readonly engine?: DuckEngine;
  readonly signal: AbortSignal;
}

/** Tasks serve people who wait, so they may use both cores; none of their results hangs on the order of sums. */
export const taskLimits = (signal: AbortSignal, engine?: DuckEngine): TaskLimits => ({
  memoryBytes: 2 * 2 ** 30,
  threads: 2,
  temporaryFolder: tmpdir(),
  engine,
  signal,
});
