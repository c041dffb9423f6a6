import type { AnyNode } from '#nodes/kit/define.ts';
import type { StepError } from '#pipelines/events.ts';
import type { PlannedStep } from '#pipelines/plan.ts';
import type { FullStepPolicy } from '#pipelines/policy.ts';
import type { Compute } from '#server/compute/computes.ts';
import type { AttemptEnd } from './attempt.ts';
import type { Outputs } from './run-records.ts';
import type { StepKey } from './step-key.ts';

export interface Reuse {
  readonly outputs: Outputs;
  readonly runNumber: number;
  readonly milliseconds: number | null;
}

/** What a run under way knows of one of its steps beside its phase. */
export interface LiveStep {
  readonly id: string;
  readonly planned: PlannedStep;
  readonly name: string;
  readonly definition: AnyNode | undefined;
  readonly policy: FullStepPolicy;
  /** Undefined when the compute that it names is registered no more. */
  readonly compute: Compute | undefined;
  /** Slots of the compute that its attempt holds. */
  taken: number;
  /** When all that it needs was there. */
  readyAt: number | null;
  /** Of the attempt under way: processor time so far, and memory now. */
  usage: { readonly cpuMilliseconds: number; readonly residentBytes: number } | null;
  /** Until its next attempt. */
  rest: NodeJS.Timeout | null;
  leaseNo: number;
  key: StepKey | null;
  reason: string | null;
  reuse: Reuse | null;
  outputs: Outputs | null;
  error: StepError | null;
  /** When the attempt began: on the wall, and for measuring. */
  startedAt: number;
  startedTicks: number;
  milliseconds: number | null;
  end: AttemptEnd | null;
  controller: AbortController | null;
  timedOut: boolean;
}
