import { SvelteMap } from 'svelte/reactivity';
import { isFinal, type RunEvent, type Status } from '#pipelines/events.ts';
import type { Api } from '../api.ts';
import type { LogLine, Run, SlotWait, StepCounts } from '../api-types.ts';
import { LiveRun } from '../live.svelte.ts';
import { LiveCurves } from './live-curves.svelte.ts';
import { afterEvent, attemptsAfter, type Attempt } from './step-events.ts';
import { isWaiting, WaitingPoll } from './waiting.svelte.ts';

export interface StepProgress {
  readonly fraction: number;
  readonly message: string;
}
/** What a running step uses, as last told. */
export interface StepUsage {
  readonly residentBytes: number;
  readonly cpuMilliseconds: number;
}

/** How many steps are in each state. */
export function countSteps(steps: readonly { readonly status: Status }[]): StepCounts {
  const of = (...wanted: Status[]): number => steps.filter((step) => wanted.includes(step.status)).length;
  return {
    total: steps.length,
    succeeded: of('succeeded'),
    reused: of('reused'),
    failed: of('failed'),
    skipped: of('skipped'),
    running: of('running', 'cancelling'),
    queued: of('queued'),
    cancelled: of('cancelled'),
    crashed: of('crashed'),
  };
}

/** One run as it happens: read once, then kept true by its events. */
export class RunView {
  run = $state.raw<Run | null>(null);
  error = $state.raw<unknown>(null);
  logs = $state.raw<readonly LogLine[]>([]);
  readonly progress = new SvelteMap<string, StepProgress>();
  readonly usage = new SvelteMap<string, StepUsage>();
  /** Every try of a step that its events told of. */
  readonly attempts = new SvelteMap<string, readonly Attempt[]>();
  readonly curves = new LiveCurves();
  live = $state.raw<LiveRun | null>(null);
  now = $state(Date.now());
  readonly counts = $derived(countSteps(this.run?.steps ?? []));
  readonly active = $derived(this.run !== null && !isFinal(this.run.status));
  readonly waits: WaitingPoll;
  readonly #api: Api;
  readonly #id: string;
  #clock: ReturnType<typeof setInterval> | null = null;
  #pending: RunEvent[] = [];
  #flush: ReturnType<typeof setTimeout> | null = null;
  /** Counts beginnings and ends: what was read for an earlier one begins nothing more. */
  #turn = 0;

  constructor(api: Api, id: string) {
    this.#api = api;
    this.#id = id;
    this.waits = new WaitingPoll((signal) => api.runs.waiting(id, signal));
  }

  async start(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const run = await this.#api.runs.get(this.#id);
      if (turn !== this.#turn) return;
      this.run = run;
      this.error = null;
      const ended = isFinal(run.status);
      if (ended) this.logs = (await this.#api.runs.logs(this.#id)).items;
      // The tries of a step are told by events alone; an ended run tells them once more, from the first on.
      if (turn !== this.#turn || (ended && !run.steps.some((step) => step.attempt > 1))) return;
      this.live = new LiveRun(
        (after) => this.#api.runs.eventsUrl(this.#id, after),
        (event) => (ended ? this.#takeAttempt(event) : this.#take(event)),
      ).start();
      if (ended) return;
      this.#watchWaits();
      this.#clock ??= setInterval(() => (this.now = Date.now()), 250);
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    }
  }

  stop(): void {
    this.#turn++;
    this.live?.stop();
    this.waits.stop();
    if (this.#clock) clearInterval(this.#clock);
    if (this.#flush) clearTimeout(this.#flush);
    this.#clock = null;
    this.#flush = null;
  }

  /** How long the run takes or took, in milliseconds. */
  elapsed(): number | null {
    const { run } = this;
    if (!run) return null;
    if (run.milliseconds !== null) return run.milliseconds;
    return run.startedAt === null ? null : Math.max(0, this.now - new Date(run.startedAt).getTime());
  }

  /** The place of a queued step, as last heard. */
  waitOf(node: string): SlotWait | null {
    const step = this.run?.steps.find((each) => each.node === node);
    return step?.status === 'queued' ? (this.waits.of(node) ?? step.waiting) : null;
  }

  /** Takes events in the order in which they happened. */
  apply(...events: readonly RunEvent[]): void {
    const { run } = this;
    if (!run) return;
    let { status, error, startedAt, finishedAt, milliseconds } = run;
    const steps = [...run.steps];
    const places = new Map(steps.map((step, at) => [step.node, at]));
    const lines: LogLine[] = [];
    for (const event of events) {
      if (event.type === 'run') {
        ({ status, error } = event);
        if (status === 'running') startedAt ??= new Date(event.at).toISOString();
        if (isFinal(status)) {
          finishedAt ??= new Date(event.at).toISOString();
          milliseconds ??= startedAt === null ? null : Math.max(0, event.at - Date.parse(startedAt));
        }
      } else if (event.type === 'log') lines.push({ at: new Date(event.at).toISOString(), level: event.level, node: event.node, message: event.message });
      else if (event.type === 'progress') this.progress.set(event.node, { fraction: event.fraction, message: event.message });
      else if (event.type === 'usage') this.usage.set(event.node, { residentBytes: event.residentBytes, cpuMilliseconds: event.cpuMilliseconds });
      else if (event.type !== 'metric') {
        const at = places.get(event.node);
        if (at !== undefined) steps[at] = afterEvent(steps[at]!, event);
        this.#takeAttempt(event);
        if (event.status !== 'running' && event.status !== 'cancelling') {
          this.progress.delete(event.node);
          this.usage.delete(event.node);
        }
      }
    }
    this.curves.take(events);
    if (lines.length > 0) this.logs = [...this.logs, ...lines];
    this.run = { ...run, steps, status, error, startedAt, finishedAt, milliseconds };
    this.#watchWaits();
    if (isFinal(status)) void this.#finish();
  }

  /** A replay is thousands of events at once: they are taken together. */
  #take(event: RunEvent): void {
    this.#pending.push(event);
    this.#flush ??= setTimeout(() => {
      this.#flush = null;
      this.apply(...this.#pending.splice(0));
    }, 40);
  }

  #takeAttempt(event: RunEvent): void {
    if (event.type !== 'step') return;
    const before = this.attempts.get(event.node) ?? [];
    const after = attemptsAfter(before, event);
    if (after !== before) this.attempts.set(event.node, after);
  }

  #watchWaits(): void {
    this.waits.watch(this.run !== null && isWaiting(this.run));
  }

  async #finish(): Promise<void> {
    this.stop();
    try {
      this.run = await this.#api.runs.get(this.#id);
    } catch {
      // What the events told stands.
    }
  }
}
