import { isFinal, type Status } from '#pipelines/events.ts';

/** `waiting` for others, `preparing` (is there an equal result?), `ready` for a slot, `running`, `stopping`; then a final status. */
export type Phase = 'waiting' | 'preparing' | 'ready' | 'running' | 'stopping' | FinalStatus;
export type FinalStatus = 'succeeded' | 'failed' | 'crashed' | 'cancelled' | 'skipped' | 'reused';

export interface CoreStep {
  readonly node: string;
  /** Steps of this run whose results it takes; each once. */
  readonly needs: readonly string[];
  /** The lower, the sooner it goes: its place in the plan, where what is nearest to an output of the pipeline stands first. */
  readonly position: number;
  readonly phase: Phase;
  /** Times that it was begun. */
  readonly attempt: number;
  /** Needs that have no result yet. */
  readonly open: number;
}

/** A run as the executor sees it. A value: `advance` gives a new one. */
export interface CoreState {
  readonly steps: ReadonlyMap<string, CoreStep>;
  readonly followers: ReadonlyMap<string, readonly string[]>;
  /** Steps that wait for a slot, in the order in which they will get one. */
  readonly ready: readonly string[];
  readonly status: 'running' | 'cancelling' | FinalStatus;
  /** Steps without a final status. */
  readonly left: number;
  /** A step whose process ended by no fault of its own is begun so many times in all. */
  readonly attempts: number;
}

export type CoreEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'reused'; readonly node: string }
  | { readonly type: 'needed'; readonly node: string }
  /** A step cannot begin, since what it needs is damaged or gone. */
  | { readonly type: 'refused'; readonly node: string }
  | { readonly type: 'slots'; readonly free: number }
  | { readonly type: 'succeeded' | 'failed' | 'stopped'; readonly node: string; readonly attempt: number }
  | { readonly type: 'crashed'; readonly node: string; readonly attempt: number; readonly again: boolean }
  | { readonly type: 'cancel' };

export type CoreCommand =
  | { readonly do: 'prepare'; readonly node: string }
  | { readonly do: 'run'; readonly node: string; readonly attempt: number }
  | { readonly do: 'stop'; readonly node: string }
  /** The step's status is now this; `because` = the step that failed before it. */
  | { readonly do: 'record'; readonly node: string; readonly status: Status; readonly because?: string }
  | { readonly do: 'finish'; readonly status: FinalStatus };

export interface CoreInput {
  readonly node: string;
  readonly needs: readonly string[];
  /** Of a run that is taken up again: where it stood. */
  readonly phase?: Phase;
  readonly attempt?: number;
}

/** The state of a run before its first event, steps in plan order. */
export function createState(inputs: readonly CoreInput[], options: { attempts?: number; cancelling?: boolean } = {}): CoreState {
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
      attempt: input.attempt ?? 0,
      open: needs.filter((each) => !hasResult(phases.get(each)!)).length,
    });
  }
  return { steps, followers, ready: [], status: options.cancelling ? 'cancelling' : 'running', left, attempts: options.attempts ?? 2 };
}

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

  constructor(state: CoreState) {
    this.#base = state;
    this.#steps = new Map(state.steps);
    this.#ready = [...state.ready];
    this.#status = state.status;
    this.#left = state.left;
  }

  result(): CoreState {
    return { ...this.#base, steps: this.#steps, ready: this.#ready, status: this.#status, left: this.#left };
  }

  /** The commands since the last call. */
  takeCommands(): CoreCommand[] {
    return this.#commands.splice(0);
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  apply(event: CoreEvent): void {
    if (isOver(this.#status as Phase)) return;
    switch (event.type) {
      case 'begin':
        this.#begin();
        break;
      case 'slots':
        for (const node of this.#ready.splice(0, Math.max(0, event.free))) this.#start(this.#steps.get(node)!);
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
    for (const step of this.#base.steps.values()) if (isOver(step.phase) && !hasResult(step.phase)) this.#skipFollowers(step.node);
    for (const step of this.#base.steps.values()) if (step.open === 0 && this.#phase(step.node) === 'waiting') this.#prepare(step);
  }

  #settle(event: Exclude<CoreEvent, { type: 'begin' | 'slots' | 'cancel' }>, step: CoreStep | undefined): void {
    if (!step) return;
    if (event.type === 'reused' || event.type === 'needed' || event.type === 'refused') {
      if (step.phase !== 'preparing') return;
      if (event.type === 'reused') this.#end(step, 'reused');
      else if (event.type === 'refused') this.#end(step, 'failed');
      else this.#makeReady(step);
      return;
    }
    if ((step.phase !== 'running' && step.phase !== 'stopping') || step.attempt !== event.attempt) return;
    const stopping = step.phase === 'stopping';
    if (event.type === 'succeeded') this.#end(step, 'succeeded');
    else if (stopping || event.type === 'stopped') this.#end(step, 'cancelled');
    else if (event.type === 'failed') this.#end(step, 'failed');
    else if (event.type === 'crashed' && event.again && step.attempt < this.#base.attempts) {
      this.#commands.push({ do: 'record', node: step.node, status: 'queued' });
      this.#makeReady(step);
    } else this.#end(step, 'crashed');
  }

  #phase(node: string): Phase {
    return this.#steps.get(node)!.phase;
  }

  #prepare(step: CoreStep): void {
    this.#steps.set(step.node, { ...step, phase: 'preparing' });
    this.#commands.push({ do: 'prepare', node: step.node });
  }

  #makeReady(step: CoreStep): void {
    this.#steps.set(step.node, { ...step, phase: 'ready' });
    let at = this.#ready.length;
    while (at > 0 && this.#steps.get(this.#ready[at - 1]!)!.position > step.position) at--;
    this.#ready.splice(at, 0, step.node);
  }

  #start(step: CoreStep): void {
    const attempt = step.attempt + 1;
    this.#steps.set(step.node, { ...step, phase: 'running', attempt });
    this.#commands.push({ do: 'record', node: step.node, status: 'running' }, { do: 'run', node: step.node, attempt });
  }

  #end(step: CoreStep, status: FinalStatus, because?: string): void {
    this.#steps.set(step.node, { ...step, phase: status });
    this.#left--;
    this.#commands.push({ do: 'record', node: step.node, status, ...(because === undefined ? {} : { because }) });
    if (status === 'cancelled' || status === 'skipped') return;
    if (!hasResult(status)) return this.#skipFollowers(step.node);
    for (const name of this.#base.followers.get(step.node)!) {
      const follower = this.#steps.get(name)!;
      const open = follower.open - 1;
      this.#steps.set(name, { ...follower, open });
      if (open === 0 && follower.phase === 'waiting' && this.#status === 'running') this.#prepare({ ...follower, open });
    }
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
