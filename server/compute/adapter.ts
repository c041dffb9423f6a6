import type { StepSpec } from '#server/executor/messages.ts';
import type { StepReport, StepResult } from '#server/executor/step-pool.ts';

/** A submitted attempt. It follows from the attempt's id alone, so that one that was submitted before a crash is found again, never begun twice. */
export interface Handle {
  readonly attemptId: string;
}

export interface Capabilities {
  readonly slots: number;
  readonly threads: number;
  readonly memoryBytes: number;
  /** Attempts outlive the server, so that a restart may take them up again. */
  readonly outlivesServer: boolean;
}

export type AttemptStatus = 'queued' | 'running' | 'ended' | 'unknown';

/** The one port to whatever carries out steps. */
export interface ComputeAdapter {
  readonly name: string;
  capabilities(): Capabilities;
  /** Begins an attempt; submitting the same attempt again gives the same handle and begins nothing. */
  submit(spec: StepSpec, report: (report: StepReport) => void): Handle;
  status(handle: Handle): AttemptStatus;
  /** How the attempt ended; waits until it has. */
  result(handle: Handle): Promise<StepResult>;
  /** What it wrote from a line on, and the line to ask for next. */
  logs(handle: Handle, offset: number): { lines: readonly string[]; next: number };
  /** Asks the attempt to stop, and after a few seconds makes it. */
  stop(handle: Handle): void;
  /** Forgets an attempt that has ended. */
  cleanup(handle: Handle): void;
}
