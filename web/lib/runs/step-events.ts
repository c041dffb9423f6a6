import { isFinal, type RunEvent } from '#pipelines/events.ts';
import type { Step } from '../api-types.ts';

export type StepEvent = Extract<RunEvent, { type: 'step' }>;

/** A step of a run of which nothing is known yet. */
export const newStep = (run: { readonly id: string; readonly number: number }, node: string, name: string): Step => ({
  node,
  type: '',
  name,
  status: 'queued',
  attempt: 1,
  milliseconds: null,
  startedAt: null,
  finishedAt: null,
  reason: null,
  error: null,
  outputs: [],
  reusedFrom: null,
  peakBytes: null,
  runNumber: run.number,
  runId: run.id,
  compute: null,
  readyAt: null,
  cpuMilliseconds: null,
  rowsIn: null,
  rowsOut: null,
  expectedMilliseconds: null,
  waiting: null,
  attemptsAllowed: 1,
  needs: [],
});

/** The step as it stands after one of its events; what events do not tell stays. */
export function afterEvent(step: Step, event: StepEvent): Step {
  const { status, attempt, milliseconds, reason, error, outputs, reusedFrom } = event;
  const at = new Date(event.at).toISOString();
  const ended = isFinal(status);
  return {
    ...step,
    status,
    attempt,
    milliseconds,
    reason,
    error,
    outputs,
    reusedFrom,
    startedAt: status === 'running' ? at : step.startedAt,
    finishedAt: ended ? at : null,
    readyAt: step.readyAt ?? (status === 'running' || waitsForSlot(event) ? at : null),
    peakBytes: event.peakBytes ?? (ended ? step.peakBytes : null),
    cpuMilliseconds: event.cpuMilliseconds ?? (ended ? step.cpuMilliseconds : null),
    waiting: status === 'queued' ? step.waiting : null,
  };
}

/** Ready, and waiting for nothing but a free slot. */
export const waitsForSlot = ({ status, reason }: Pick<Step, 'status' | 'reason'>): boolean =>
  status === 'queued' && reason !== null && reason.startsWith('waits for a slot');

/** One try of a step, in milliseconds since 1970. */
export interface Attempt {
  readonly from: number;
  /** Null while it runs. */
  readonly to: number | null;
  readonly failed: boolean;
}

/** The tries of a step after one more of its events. */
export function attemptsAfter(attempts: readonly Attempt[], event: Pick<StepEvent, 'status' | 'at' | 'error'>): readonly Attempt[] {
  const last = attempts.at(-1);
  const open = last !== undefined && last.to === null;
  if (event.status === 'running') return open ? attempts : [...attempts, { from: event.at, to: null, failed: false }];
  if (!open || event.status === 'cancelling') return attempts;
  return [...attempts.slice(0, -1), { ...last, to: event.at, failed: event.status !== 'succeeded' }];
}
