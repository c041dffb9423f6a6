import { tmpdir } from 'node:os';
import type { KernelCrews } from '#nodes/kernels/kernel-crews.server.ts';
import type { DuckEngine } from '../runtime/duck-engine.ts';

/** What a task may use. */
export interface TaskLimits {
  readonly memoryBytes: number;
  readonly threads: number;
  readonly crews?: KernelCrews;
  readonly temporaryFolder: string;
  /** The database of the process, for what takes one thread. */
  readonly engine?: DuckEngine;
  readonly signal: AbortSignal;
}

/** What a step process keeps from one task to the next. */
export interface TaskProcess {
  readonly engine: DuckEngine;
  readonly crews: KernelCrews;
}

const MOST_MEMORY = 2 * 2 ** 30;

/**
 * Tasks serve people who wait, so they may use both cores; none of their results hangs on the order of sums. `memoryBytes` is what their process
 * may use.
 */
export const taskLimits = (signal: AbortSignal, kept?: TaskProcess, memoryBytes = MOST_MEMORY): TaskLimits => ({
  memoryBytes: Math.min(MOST_MEMORY, memoryBytes),
  threads: 2,
  temporaryFolder: tmpdir(),
  ...kept,
  signal,
});
