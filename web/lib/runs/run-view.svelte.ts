import { SvelteMap } from 'svelte/reactivity';
import { isFinal, type RunEvent, type Status } from '#pipelines/events.ts';
import type { Api } from '../api.ts';
import type { LogLine, Run, Step, StepCounts } from '../api-types.ts';
import { LiveRun } from '../live.svelte.ts';

export interface StepProgress {
  readonly fraction: number;
  readonly message: string;
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
  /** Live curves: node → metric → points of [iteration, value]. */
  readonly metrics = new SvelteMap<string, SvelteMap<string, readonly (readonly [number, number])[]>>();
  live = $state.raw<LiveRun | null>(null);
  now = $state(Date.now());
  readonly counts = $derived(countSteps(this.run?.steps ?? []));
  readonly active = $derived(this.run !== null && !isFinal(this.run.status));
  readonly #api: Api;
  readonly #id: string;
  #clock: ReturnType<typeof setInterval> | null = null;

  constructor(api: Api, id: string) {
    this.#api = api;
    this.#id = id;
  }

  async start(): Promise<void> {
    try {
      this.run = await this.#api.runs.get(this.#id);
      this.error = null;
      if (isFinal(this.run.status)) {
        this.logs = (await this.#api.runs.logs(this.#id)).items;
        return;
      }
      this.live = new LiveRun(
        (after) => this.#api.runs.eventsUrl(this.#id, after),
        (event) => this.apply(event),
      ).start();
      this.#clock ??= setInterval(() => (this.now = Date.now()), 250);
    } catch (error) {
      this.error = error;
    }
  }

  stop(): void {
    this.live?.stop();
    if (this.#clock) clearInterval(this.#clock);
    this.#clock = null;
  }

  /** How long the run takes or took, in milliseconds. */
  elapsed(): number | null {
    const { run } = this;
    if (!run) return null;
    if (run.milliseconds !== null) return run.milliseconds;
    return run.startedAt === null ? null : Math.max(0, this.now - new Date(run.startedAt).getTime());
  }

  apply(event: RunEvent): void {
    const { run } = this;
    if (!run) return;
    if (event.type === 'run') {
      this.run = { ...run, status: event.status, error: event.error };
      if (isFinal(event.status)) void this.#finish();
    } else if (event.type === 'step') {
      const steps = run.steps.map((step): Step => {
        if (step.node !== event.node) return step;
        const { status, attempt, milliseconds, reason, error, outputs, reusedFrom } = event;
        return { ...step, status, attempt, milliseconds, reason, error, outputs, reusedFrom };
      });
      this.run = { ...run, steps };
      if (isFinal(event.status)) this.progress.delete(event.node);
    } else if (event.type === 'progress') {
      this.progress.set(event.node, { fraction: event.fraction, message: event.message });
    } else if (event.type === 'log') {
      this.logs = [...this.logs, { at: new Date(event.at).toISOString(), level: event.level, node: event.node, message: event.message }];
    } else if (event.value !== null) {
      const curves = this.metrics.get(event.node) ?? new SvelteMap<string, readonly (readonly [number, number])[]>();
      curves.set(event.name, [...(curves.get(event.name) ?? []), [event.iteration, event.value]]);
      this.metrics.set(event.node, curves);
    }
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
