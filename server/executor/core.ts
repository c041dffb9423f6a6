import { isFinal, type Status } from '#pipelines/events.ts';
import { DEFAULT_POLICY, retryDelay, type FullStepPolicy } from '#pipelines/policy.ts';

/**
 * `waiting` for others, `preparing` (is there an equal result?), `ready` for a slot, `running`, `stopping`, `resting` until its next attempt;
 * then a final status.
 */
export type Phase = 'waiting' | 'preparing' | 'ready' | 'running' | 'stopping' | 'resting' | FinalStatus;
export type FinalStatus = 'succeeded' | 'failed' | 'crashed' | 'cancelled' | 'skipped' | 'reused';

/** What of a step's policy decides what happens to it. */
export type CorePolicy = Pick<FullStepPolicy, 'retries' | 'retryDelaySeconds' | 'crashRetries' | 'onFailure'>;

export interface CoreStep {
  readonly node: string;
  /** Steps of this run whose results it takes; each once. */
  readonly needs: readonly string[];
  /** The lower, the sooner it goes: its place in the plan, where what is nearest to an output of the pipeline stands first. */
  readonly position: number;
  readonly phase: Phase;
  readonly policy: CorePolicy;
  /** Times that it was begun. */
  readonly attempt: number;
  /** Attempts that failed, and that crashed. */
  readonly failures: number;
  readonly crashes: number;
  /** Attempts that found what they take damaged or gone. */
  readonly losses: number;
  /** Needs that have no result yet, or none any more. */
  readonly open: number;
}

/** A run as the executor sees it. A value: `advance` gives a new one. */
export interface CoreState {
  readonly steps: ReadonlyMap<string, CoreStep>;
  readonly followers: ReadonlyMap<string, readonly string[]>;
  /** Steps that wait for a slot, in the order in which they want one. */
  readonly ready: readonly string[];
  readonly status: 'running' | 'cancelling' | FinalStatus;
  /** Steps without a final status. */
  readonly left: number;
  /** A step failed whose policy is to stop: nothing more begins. */
  readonly halted: boolean;
}

export type CoreEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'reused'; readonly node: string }
  | { readonly type: 'needed'; readonly node: string }
  /** A step cannot begin, since what it needs is damaged or gone. */
  | { readonly type: 'refused'; readonly node: string }
  /** A slot is given to a step that waits for one. */
  | { readonly type: 'granted'; readonly node: string }
  /** The time before its next attempt is over. */
  | { readonly type: 'rested'; readonly node: string }
  | { readonly type: 'succeeded' | 'stopped'; readonly node: string; readonly attempt: number }
  /** `again`: another attempt may end otherwise. */
  | { readonly type: 'failed' | 'crashed'; readonly node: string; readonly attempt: number; readonly again: boolean }
  /** What a step takes turned out damaged or gone: the results of `lost`, which are steps of this run that can make them again. */
  | { readonly type: 'starved'; readonly node: string; readonly attempt: number; readonly lost: readonly string[] }
  | { readonly type: 'cancel' };

export type CoreCommand =
  | { readonly do: 'prepare'; readonly node: string }
  /** The step wants a slot now. */
  | { readonly do: 'wait'; readonly node: string }
  | { readonly do: 'run'; readonly node: string; readonly attempt: number }
  | { readonly do: 'rest'; readonly node: string; readonly milliseconds: number }
  | { readonly do: 'stop'; readonly node: string }
  /**
   * The step's status is now this. `because` = the step that failed before it; of one that is begun again the milliseconds until then and how
   * often it failed and crashed so far; `lost` = its result is no more, so it is made again.
   */
  | {
      readonly do: 'record';
      readonly node: string;
      readonly status: Status;
      readonly because?: string;
      readonly rest?: number;
      readonly failures?: number;
      readonly crashes?: number;
      readonly lost?: true;
    }
  | { readonly do: 'finish'; readonly status: FinalStatus };

export interface CoreInput {
  readonly node: string;
  readonly needs: readonly string[];
  /** Of a run that is taken up again: where it stood. */
  readonly phase?: Phase;
  readonly attempt?: number;
  readonly failures?: number;
  readonly crashes?: number;
  readonly policy?: CorePolicy;
}

/** The state of a run before its first event, steps in plan order. */
export function createState(inputs: readonly CoreInput[], options: { cancelling?: boolean } = {}): CoreState {
  const phases = new Map(inputs.map((each) => [each.node, each.phase ?? 'waiting'] as const));
  const followers = new Map<string, string[]>(inputs.map((each) => [each.node, []]));
  const steps = new Map<string, CoreStep>();
  let left = 0;
  for (const [position, input] of inputs.entries()) {
    const needs = [...new Set(input.needs)].filter((each) => phases.has(each));
    for (const need of needs) followers.get(need)!.push(input.node);
    const phase = input.phase ?? 'waiting';
    if (!isFinal(phase as Status)) left++;
    steps.set(input.node, {
      node: input.node,
      needs,
      position,
      phase,
      policy: input.policy ?? DEFAULT_POLICY,
      attempt: input.attempt ?? 0,
      failures: input.failures ?? 0,
      crashes: input.crashes ?? 0,
      losses: 0,
      open: needs.filter((each) => !hasResult(phases.get(each)!)).length,
    });
  }
  return { steps, followers, ready: [], status: options.cancelling ? 'cancelling' : 'running', left, halted: false };
}

/** A result that is lost more often than this, each time before the same step could read it, points to a broken disk. */
const MOST_LOSSES = 3;

const hasResult = (phase: Phase): boolean => phase === 'succeeded' || phase === 'reused';
const isOver = (phase: Phase): boolean => isFinal(phase as Status);

/** What the events make of a run, and what is to be done. Events that no longer fit, such as the end of an earlier attempt, change nothing. */
export function advance(state: CoreState, ...events: readonly CoreEvent[]): { state: CoreState; commands: CoreCommand[] } {
  const draft = new RunDraft(state);
  for (const event of events) draft.apply(event);
  return { state: draft.result(), commands: draft.takeCommands() };
}

/** Several advances in a row at the cost of one copy; the state that it began with stays as it was. */
export class RunDraft {
  #commands: CoreCommand[] = [];
  readonly #base: CoreState;
  readonly #steps: Map<string, CoreStep>;
  #ready: string[];
  #status: CoreState['status'];
  #left: number;
  /** A step failed whose policy is to stop: nothing more begins. */
  #halted: boolean;

  constructor(state: CoreState) {
    this.#base = state;
    this.#steps = new Map(state.steps);
    this.#ready = [...state.ready];
    this.#status = state.status;
    this.#left = state.left;
    this.#halted = state.halted;
  }

  result(): CoreState {
    return { ...this.#base, steps: this.#steps, ready: this.#ready, status: this.#status, left: this.#left, halted: this.#halted };
  }

  /** The commands since the last call. */
  takeCommands(): CoreCommand[] {
    return this.#commands.splice(0);
  }

  /** The steps that wait for a slot, first come first. */
  get ready(): readonly string[] {
    return this.#ready;
  }

  step(node: string): CoreStep {
    return this.#steps.get(node)!;
  }

  apply(event: CoreEvent): void {
    if (isOver(this.#status as Phase)) return;
    switch (event.type) {
      case 'begin':
        this.#begin();
        break;
      case 'cancel':
        this.#cancel();
        break;
      default:
        this.#settle(event, this.#steps.get(event.node));
    }
    if (this.#left === 0) this.#finish();
  }

  #begin(): void {
    if (this.#status === 'cancelling') return this.#cancelOpen();
    // A run that is taken up again may have failed steps whose followers were not skipped yet.
    for (const step of this.#base.steps.values()) if (isOver(step.phase) && !hasResult(step.phase)) this.#skipAfter(step);
    for (const step of this.#base.steps.values()) if (step.open === 0 && this.#phase(step.node) === 'waiting') this.#prepare(step);
  }

  #settle(event: Exclude<CoreEvent, { type: 'begin' | 'cancel' }>, step: CoreStep | undefined): void {
    if (!step) return;
    switch (event.type) {
      case 'reused':
        if (step.phase === 'preparing') this.#end(step, 'reused');
        return;
      case 'refused':
        if (step.phase === 'preparing') this.#end(step, 'failed');
        return;
      case 'needed':
        if (step.phase === 'preparing') this.#makeReady(step);
        return;
      case 'rested':
        if (step.phase === 'resting') this.#makeReady(step);
        return;
      case 'granted':
        if (step.phase === 'ready') this.#start(step);
        return;
      default:
        if ((step.phase === 'running' || step.phase === 'stopping') && step.attempt === event.attempt) this.#settleAttempt(event, step);
    }
  }

  #settleAttempt(event: Extract<CoreEvent, { attempt: number }>, step: CoreStep): void {
    if (event.type === 'succeeded') this.#end(step, 'succeeded');
    else if (step.phase === 'stopping' || event.type === 'stopped') this.#end(step, 'cancelled');
    else if (event.type === 'starved') this.#starve(step, event.lost);
    else if (event.type === 'failed') this.#retry({ ...step, failures: step.failures + 1 }, 'failed', event.again && step.failures < step.policy.retries);
    else if (event.type === 'crashed') this.#retry({ ...step, crashes: step.crashes + 1 }, 'crashed', event.again && step.crashes < step.policy.crashRetries);
  }

  /** A crash is tried again at once, since it says nothing of the step; a failure after a while. */
  #retry(step: CoreStep, status: 'failed' | 'crashed', again: boolean): void {
    if (!again || this.#halted) return this.#end(step, status);
    const milliseconds = status === 'failed' ? retryDelay(step.policy, step.failures) * 1_000 : 0;
    this.#commands.push({ do: 'record', node: step.node, status: 'queued', rest: milliseconds, failures: step.failures, crashes: step.crashes });
    if (milliseconds === 0) return this.#makeReady(step);
    this.#steps.set(step.node, { ...step, phase: 'resting' });
    this.#commands.push({ do: 'rest', node: step.node, milliseconds });
  }

  /** Begins the lost steps again, and this one after them. */
  #starve(step: CoreStep, lost: readonly string[]): void {
    if (this.#halted || step.losses >= MOST_LOSSES) return this.#end(step, 'failed');
    for (const node of lost) if (hasResult(this.#phase(node))) this.#lose(this.#steps.get(node)!);
    const { failures, crashes } = step;
    this.#commands.push({ do: 'record', node: step.node, status: 'queued', rest: 0, failures, crashes });
    const again: CoreStep = { ...this.#steps.get(step.node)!, losses: step.losses + 1 };
    if (again.open === 0) this.#prepare(again);
    else this.#await(again);
  }

  /** Takes back the result of a step, which makes it again. Followers that have a result keep it; those that wait for a slot wait for the step. */
  #lose(step: CoreStep): void {
    this.#left++;
    this.#commands.push({ do: 'record', node: step.node, status: 'queued', lost: true });
    for (const name of this.#base.followers.get(step.node)!) {
      const follower = this.#steps.get(name)!;
      const waits = follower.phase === 'ready';
      if (waits) this.#ready.splice(this.#ready.indexOf(name), 1);
      this.#steps.set(name, { ...follower, open: follower.open + 1, phase: waits ? 'waiting' : follower.phase });
    }
    if (step.open === 0) this.#prepare(step);
    else this.#await(step);
  }

  /** Waits for what it needs, unless that has ended without a result by now. */
  #await(step: CoreStep): void {
    const ended = step.needs.find((need) => isOver(this.#phase(need)) && !hasResult(this.#phase(need)));
    if (ended === undefined) return void this.#steps.set(step.node, { ...step, phase: 'waiting' });
    this.#end(step, 'skipped', ended);
    this.#skipFollowers(step.node);
  }

  #phase(node: string): Phase {
    return this.#steps.get(node)!.phase;
  }

  #prepare(step: CoreStep): void {
    this.#steps.set(step.node, { ...step, phase: 'preparing' });
    this.#commands.push({ do: 'prepare', node: step.node });
  }

  #makeReady(step: CoreStep): void {
    if (step.open > 0) return this.#await(step);
    this.#steps.set(step.node, { ...step, phase: 'ready' });
    let at = this.#ready.length;
    while (at > 0 && this.#steps.get(this.#ready[at - 1]!)!.position > step.position) at--;
    this.#ready.splice(at, 0, step.node);
    this.#commands.push({ do: 'wait', node: step.node });
  }

  #start(step: CoreStep): void {
    const attempt = step.attempt + 1;
    this.#ready.splice(this.#ready.indexOf(step.node), 1);
    this.#steps.set(step.node, { ...step, phase: 'running', attempt });
    this.#commands.push({ do: 'record', node: step.node, status: 'running' }, { do: 'run', node: step.node, attempt });
  }

  #end(step: CoreStep, status: FinalStatus, because?: string): void {
    this.#steps.set(step.node, { ...step, phase: status });
    this.#left--;
    this.#commands.push({ do: 'record', node: step.node, status, ...(because === undefined ? {} : { because }) });
    if (status === 'cancelled' || status === 'skipped') return;
    if (!hasResult(status)) return this.#skipAfter(step);
    for (const name of this.#base.followers.get(step.node)!) {
      const follower = this.#steps.get(name)!;
      const open = follower.open - 1;
      this.#steps.set(name, { ...follower, open });
      if (open === 0 && follower.phase === 'waiting' && this.#status === 'running') this.#prepare({ ...follower, open });
    }
  }

  /** What cannot go on without a step that did not succeed, and all else that has not begun when its policy is to stop. */
  #skipAfter(step: CoreStep): void {
    if (step.policy.onFailure === 'continue') return this.#skipFollowers(step.node);
    this.#halted = true;
    this.#ready = [];
    for (const other of [...this.#steps.values()])
      if (other.phase === 'waiting' || other.phase === 'preparing' || other.phase === 'ready' || other.phase === 'resting')
        this.#end(other, 'skipped', step.node);
  }

  #skipFollowers(node: string): void {
    const queue = [...this.#base.followers.get(node)!];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      const step = this.#steps.get(name)!;
      if (step.phase !== 'waiting') continue;
      this.#end(step, 'skipped', node);
      queue.push(...this.#base.followers.get(name)!);
    }
  }

  #cancel(): void {
    if (this.#status !== 'running') return;
    this.#status = 'cancelling';
    this.#cancelOpen();
  }

  #cancelOpen(): void {
    this.#ready = [];
    for (const step of [...this.#steps.values()]) {
      if (isOver(step.phase) || step.phase === 'stopping') continue;
      if (step.phase === 'running') {
        this.#steps.set(step.node, { ...step, phase: 'stopping' });
        this.#commands.push({ do: 'record', node: step.node, status: 'cancelling' }, { do: 'stop', node: step.node });
      } else this.#end(step, 'cancelled');
    }
  }

  #finish(): void {
    const phases = new Set([...this.#steps.values()].map((step) => step.phase));
    const status = (['cancelled', 'failed', 'crashed'] as const).find((each) => phases.has(each)) ?? 'succeeded';
    this.#status = status;
    this.#commands.push({ do: 'finish', status });
  }
}
