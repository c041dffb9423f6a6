import { isFinal, type NewRunEvent, type Status } from '#pipelines/events.ts';
import type { CoreCommand, FinalStatus } from './core.ts';
import type { LiveStep } from './live-step.ts';
import { summariesOf } from './run-records.ts';
import type { LiveRunFacts, RunWorld } from './run-world.ts';

/** What one turn of a run changes: all of it is written in one transaction, and only then acted upon. */
export interface Turn {
  readonly writes: (() => void)[];
  readonly events: NewRunEvent[];
  readonly after: (() => void)[];
  /** Slots that were taken, to give them back if the transaction fails. */
  readonly claimed: LiveStep[];
}

export const newTurn = (): Turn => ({ writes: [], events: [], after: [], claimed: [] });

type RecordCommand = Extract<CoreCommand, { do: 'record' }>;

/** How the rows and events of one run's steps change. */
export class StepChanges {
  readonly #world: RunWorld;
  readonly #run: LiveRunFacts;
  readonly #steps: ReadonlyMap<string, LiveStep>;

  constructor(world: RunWorld, run: LiveRunFacts, steps: ReadonlyMap<string, LiveStep>) {
    this.#world = world;
    this.#run = run;
    this.#steps = steps;
  }

  /** Adds to the turn what follows from a step's new status; `attempt` counts from 1. */
  record(step: LiveStep, command: RecordCommand, attempt: number, turn: Turn): void {
    if (command.status === 'running') this.#begin(step, attempt, turn);
    else if (command.lost) this.#lose(step, turn);
    else if (command.status === 'queued') this.#requeue(step, command, turn);
    else if (command.status === 'cancelling') this.#stop(step, turn);
    else this.#end(step, command.status as FinalStatus, command.because, turn);
    this.#tell(step, command, attempt, turn);
  }

  /** Says that a step waits for a slot. */
  waits(step: LiveStep, attempt: number, turn: Turn): void {
    const reason = `waits for a slot of "${step.compute!.name}"`;
    turn.events.push({ type: 'step', node: step.planned.node, status: 'queued', attempt, reason, ...NOTHING });
  }

  #begin(step: LiveStep, attempt: number, turn: Turn): void {
    const { records, now, owner } = this.#world;
    const { key, canonical } = step.key!;
    const at = now();
    const deadline = at + this.limitOf(step);
    const { reason, readyAt } = step;
    const change = { run: this.#run.id, node: step.planned.node, owner, attempt, at, deadline, reason, key, canonical, readyAt, compute: step.compute!.name };
    step.outputs = null;
    turn.writes.push(() => (step.leaseNo = records.beginStep(change)));
  }

  #requeue(step: LiveStep, { failures = 0, crashes = 0 }: RecordCommand, turn: Turn): void {
    const change = { run: this.#run.id, node: step.planned.node, leaseNo: step.leaseNo, failures, crashes };
    turn.writes.push(() => this.#world.records.requeueStep(change));
  }

  #lose(step: LiveStep, turn: Turn): void {
    const change = { run: this.#run.id, node: step.planned.node, leaseNo: step.leaseNo };
    step.reason = RESULT_LOST;
    step.error = null;
    turn.writes.push(() => this.#world.records.loseStep(change));
  }

  #stop(step: LiveStep, turn: Turn): void {
    const { records, now } = this.#world;
    const change = { run: this.#run.id, node: step.planned.node, leaseNo: step.leaseNo, deadline: now() + STOP_MILLISECONDS };
    turn.writes.push(() => records.stopStep(change));
  }

  #end(step: LiveStep, status: FinalStatus, because: string | undefined, turn: Turn): void {
    const { records, now } = this.#world;
    const { id: run, number: runNumber, workspaceId } = this.#run;
    const { end, reuse, key } = step;
    const at = now();
    if (because !== undefined) step.reason = `"${this.#steps.get(because)!.name}" did not succeed`;
    const published = status === 'succeeded' && end?.type === 'succeeded' ? end : null;
    const taken = status === 'reused' ? reuse! : null;
    step.outputs = published?.outputs ?? taken?.outputs ?? null;
    if (taken) step.reason = step.planned.pin ? PINNED : null;
    const milliseconds = taken ? taken.milliseconds : step.milliseconds;
    const change = {
      run,
      node: step.planned.node,
      leaseNo: step.leaseNo,
      status,
      at,
      milliseconds,
      peakBytes: published?.peakBytes ?? null,
      cpuMilliseconds: end && 'cpuMilliseconds' in end ? end.cpuMilliseconds : null,
      error: status === 'failed' || status === 'crashed' ? step.error : null,
      reason: step.reason,
      reusedFrom: taken?.runNumber || null,
      key: taken && !step.planned.pin ? key!.key : null,
    };
    turn.writes.push(() => {
      const stepId = records.endStep(change);
      if (taken) records.publish(workspaceId, stepId, 0, taken.outputs, at);
      if (!published) return;
      records.publish(workspaceId, stepId, step.leaseNo, published.outputs, at);
      if (step.definition?.deterministic !== false) records.remember(workspaceId, key!.key, { stepId, runNumber, milliseconds: milliseconds ?? 0 }, at);
      for (const effect of published.effects) effect.commit();
    });
    if (!published) return;
    turn.after.push(() => {
      published.release();
      for (const effect of published.effects) effect.afterCommit?.();
    });
  }

  /** The longest that one attempt of a step may take, in milliseconds. */
  limitOf({ policy }: LiveStep): number {
    const { stepMilliseconds } = this.#world;
    return policy.timeLimitSeconds === null ? stepMilliseconds : Math.min(stepMilliseconds, policy.timeLimitSeconds * 1_000);
  }

  #tell(step: LiveStep, { status, lost, rest = 0 }: RecordCommand, attempt: number, turn: Turn): void {
    const over = isFinal(status);
    const { end } = step;
    turn.events.push({
      type: 'step',
      node: step.planned.node,
      status,
      attempt,
      milliseconds: status === 'reused' ? (step.reuse?.milliseconds ?? null) : over && status !== 'skipped' ? step.milliseconds : null,
      reason: status === 'queued' && !lost ? whyAgain(step, rest) : TOLD.has(status) ? step.reason : null,
      error: status === 'failed' || status === 'crashed' || status === 'queued' ? step.error : null,
      outputs: over && step.outputs ? summariesOf(step.outputs) : [],
      reusedFrom: (status === 'reused' && step.reuse!.runNumber) || null,
      peakBytes: over && end && 'peakBytes' in end ? end.peakBytes : null,
      cpuMilliseconds: over && end && 'cpuMilliseconds' in end ? end.cpuMilliseconds : null,
    });
  }
}

/** The reason of the one event after which a step that had a result is not final any more. */
export const RESULT_LOST = 'the result was damaged or gone before it was used';
/** Why a step counts as reused whatever its parameters and inputs are. */
export const PINNED = 'pinned';
/** With these statuses it is told why a step runs, or why it does not. */
const TOLD: ReadonlySet<Status> = new Set(['queued', 'running', 'skipped', 'succeeded', 'reused']);
const STOP_MILLISECONDS = 60_000;
const NOTHING = { milliseconds: null, error: null, outputs: [], reusedFrom: null };

function whyAgain({ end }: LiveStep, milliseconds: number): string {
  if (end?.type === 'starved') return end.error.message;
  return milliseconds >= 500 ? `tries again in ${Math.round(milliseconds / 1_000)} s` : 'tries again';
}
