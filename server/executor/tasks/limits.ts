import { tmpdir } from 'node:os';

/** What a task may use. */
export interface TaskLimits {
  readonly memoryBytes: number;
  readonly threads: number;
  readonly temporaryFolder: string;
  readonly signal: AbortSignal;
}

/** Tasks serve people who wait, so they may use both cores; none of their results hangs on the order of sums. */
export const taskLimits = (signal: AbortSignal): TaskLimits => ({ memoryBytes: 2 * 2 ** 30, threads: 2, temporaryFolder: tmpdir(), signal });
