import type { AnyNode } from '#nodes/kit/define.ts';
import type { StepError } from '#pipelines/events.ts';
import type { PlannedStep } from '#pipelines/plan.ts';
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
