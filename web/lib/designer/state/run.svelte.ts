import { SvelteMap } from 'svelte/reactivity';
import type { PipelineDocument } from '#pipelines/document.ts';
import { isFinal, type RunEvent, type Status } from '#pipelines/events.ts';
import type { Observed } from '#pipelines/propagate.ts';
import type { PipelineState, PlanStep, Run, RunRequest, RunSummary, StartedRun, Step } from '../../api-types.ts';
import type { Api } from '../../api.ts';
import { LiveRun } from '../../live.svelte.ts';
import { LiveCurves } from '../../runs/live-curves.svelte.ts';
import { afterEvent, newStep } from '../../runs/step-events.ts';
import { shareDone } from '../../runs/step-words.ts';

export interface Progress {
  readonly fraction: number;
  readonly message: string;
  /** When the step began to tell, in milliseconds since 1970. */
  readonly since: number;
}
type Reporting = { readonly nameOf: (node: string) => string; readonly say: (text: string, urgent?: boolean) => void };

const WORDS: Readonly<Partial<Record<Status, string>>> = { succeeded: 'succeeded', failed: 'failed', crashed: 'crashed', cancelled: 'was cancelled' };

/** The newest result of each node, what the next run will do, and the run that is on its way. */
export class RunState {
  /**
   * The newest step of each node over all runs. Many at once come as a new map: a reactive one tells all who look for what it lacks of every
   * single addition, which is as many times as there are nodes, squared.
   */
  steps = $state.raw(new SvelteMap<string, Step>());
  readonly progress = new SvelteMap<string, Progress>();
  /** Of the run that was followed last. */
  readonly curves = new LiveCurves();
  plan = $state.raw<ReadonlyMap<string, PlanStep>>(new Map());
  observed = $state.raw<Observed>({});
  /** The newest run, live while it runs. */
  current = $state.raw<RunSummary | null>(null);
  starting = $state(false);
  cancelling = $state(false);
  lost = $derived.by(() => this.#live?.lost ?? false);
  /** What the newest run ran, to tell whether a failed node was changed since. */
  ranDocument = $state.raw<PipelineDocument | null>(null);
  runs = $state.raw<readonly RunSummary[] | null>(null);

  #live = $state.raw<LiveRun | null>(null);
  #points: RunEvent[] = [];
  #planRequest: AbortController | null = null;
  /** Counts what is followed: another run, or nothing more. What was asked for an earlier one comes too late. */
  #turn = 0;
  /** Counts the questions for the newest results, and for the list of runs: an answer to an earlier one counts no more. */
  #asked = 0;
  #listed = 0;
  /** Steps that had ended when this began to look: their events come once more and are not spoken again. */
  #ended: ReadonlySet<string> = new Set();
  readonly #api: Api;
  readonly #pipeline: string;
  readonly #reporting: Reporting;

  constructor(api: Api, pipeline: string, reporting: Reporting) {
    this.#api = api;
    this.#pipeline = pipeline;
    this.#reporting = reporting;
  }

  /** A run is on its way. */
  get active(): boolean {
    return this.current !== null && !isFinal(this.current.status);
  }

  /** Steps of the current run that ended, and how many it has. */
  get tally(): { done: number; total: number; failed: number } {
    const run = this.current;
    if (!run) return { done: 0, total: 0, failed: 0 };
    const own = [...this.steps.values()].filter((step) => step.runId === run.id);
    return {
      done: own.filter((step) => isFinal(step.status)).length,
      total: Math.max(run.counts.total, own.length),
      failed: own.filter((step) => step.status === 'failed' || step.status === 'crashed').length,
    };
  }

  /** Milliseconds that the unfinished steps took last time; null when one of them never ran. */
  get left(): number | null {
    const run = this.current;
    if (!run) return null;
    let sum = 0;
    for (const step of this.steps.values()) {
      if (step.runId !== run.id || isFinal(step.status)) continue;
      const last = step.expectedMilliseconds ?? this.plan.get(step.node)?.lastMilliseconds;
      if (last == null) return null;
      sum += last * (1 - (shareDone(step, this.progress.get(step.node)?.fraction, Date.now()) ?? 0));
    }
    return sum;
  }

  /** The newest run ended without all that was asked for, and can be taken up again. */
  get resumable(): boolean {
    return this.current !== null && ['failed', 'crashed', 'cancelled'].includes(this.current.status);
  }

  /** Reads the newest results; follows the newest run when it is still on its way. */
  async load(): Promise<void> {
    const turn = this.#turn;
    const state = await this.#newest();
    if (!state) return;
    this.observed = state.observed as Observed;
    const since = turn === this.#turn ? [] : [...this.steps.values()];
    this.#take([...state.steps, ...since]);
    // A run that was started meanwhile is newer.
    if (turn !== this.#turn) return;
    this.current = state.lastRun;
    if (!state.lastRun) return;
    const { id, status, counts } = state.lastRun;
    if (!isFinal(status)) await this.#follow(id, turn);
    else if (counts.failed + counts.crashed > 0) {
      const { document } = await this.#api.runs.get(id);
      if (turn === this.#turn) this.ranDocument = document;
    }
  }

  async loadRuns(): Promise<void> {
    const question = ++this.#listed;
    const { items } = await this.#api.runs.list({ pipeline: this.#pipeline, limit: 50 });
    if (question === this.#listed) this.runs = items;
  }

  /** Asks what a run of everything would do and why; an older question is dropped. */
  async loadPlan(): Promise<void> {
    this.#planRequest?.abort();
    const request = new AbortController();
    this.#planRequest = request;
    try {
      const { steps } = await this.#api.pipelines.plan(this.#pipeline, {}, request.signal);
      if (request.signal.aborted) return;
      this.plan = new Map(steps.map((step) => [step.node, step]));
    } catch (error) {
      if (!request.signal.aborted) this.plan = new Map();
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** @param prepare Saves what is to run, and gives it; meanwhile the run counts as starting. */
  async start(prepare: () => Promise<PipelineDocument>, request: RunRequest): Promise<void> {
    await this.#begin(async () => {
      const document = await prepare();
      return { ...(await this.#api.pipelines.run(this.#pipeline, request)), document };
    });
  }

  /** Takes the newest run up again, with the pipeline as that run had it. */
  async resume(): Promise<void> {
    const { current } = this;
    if (current) await this.#begin(async () => ({ ...(await this.#api.runs.resume(current.id)), document: null }));
  }

  async #begin(ask: () => Promise<StartedRun & { readonly document: PipelineDocument | null }>): Promise<void> {
    if (this.starting) return;
    const before = this.#turn;
    this.starting = true;
    try {
      const { id, number, document } = await ask();
      if (before !== this.#turn) return;
      const turn = ++this.#turn;
      this.ranDocument = document;
      await this.#follow(id, turn);
      this.#reporting.say(`Run ${number} started.`);
    } finally {
      this.starting = false;
    }
  }

  async cancel(): Promise<void> {
    if (!this.current) return;
    this.cancelling = true;
    await this.#api.runs.cancel(this.current.id);
  }

  /** Shows another run's steps instead of the newest ones. */
  show(run: Run): void {
    this.forget();
    this.#take(run.steps);
    this.current = run;
    this.ranDocument = run.document;
    if (!isFinal(run.status)) this.#listen(run.id);
  }

  /** Nothing is known of any node any more. */
  forget(): void {
    this.stop();
    this.steps = new SvelteMap();
    this.plan = new Map();
    this.ranDocument = null;
  }

  stop(): void {
    this.#turn++;
    this.#asked++;
    this.#live?.stop();
    this.#live = null;
    this.#planRequest?.abort();
  }

  #take(steps: readonly Step[]): void {
    this.steps = new SvelteMap([...this.steps, ...steps.map((step) => [step.node, step] as const)]);
  }

  /** The newest results of all nodes; null when something else is shown by then, or they were asked for again. */
  async #newest(): Promise<PipelineState | null> {
    const question = ++this.#asked;
    const state = await this.#api.pipelines.state(this.#pipeline);
    return question === this.#asked ? state : null;
  }

  async #follow(id: string, turn: number): Promise<void> {
    const run = await this.#api.runs.get(id);
    if (turn !== this.#turn) return;
    this.#ended = new Set(run.steps.filter((step) => isFinal(step.status)).map((step) => step.node));
    this.#take(run.steps);
    this.progress.clear();
    this.ranDocument ??= run.document;
    this.current = run;
    this.#listen(id);
  }

  #listen(id: string): void {
    this.#live?.stop();
    this.cancelling = false;
    this.#live = new LiveRun(
      (after) => this.#api.runs.eventsUrl(id, after),
      (event) => this.#apply(id, event),
    ).start();
    this.#points = [];
    this.curves.clear();
  }

  /** Points come faster than they can be drawn: those of a moment are taken together. */
  #takePoint(event: RunEvent): void {
    if (this.#points.push(event) > 1) return;
    setTimeout(() => this.curves.take(this.#points.splice(0)), 100);
  }

  #apply(id: string, event: RunEvent): void {
    const run = this.current;
    if (!run || run.id !== id) return;
    if (event.type === 'step') this.#applyStep(run, event);
    if (event.type === 'progress') {
      const since = this.progress.get(event.node)?.since ?? event.at;
      this.progress.set(event.node, { fraction: event.fraction, message: event.message, since });
    }
    if (event.type === 'metric') this.#takePoint(event);
    if (event.type === 'run') {
      this.current = { ...run, status: event.status, error: event.error };
      if (isFinal(event.status)) void this.#finished(id, run.number, event.status);
    }
  }

  #applyStep(run: RunSummary, event: Extract<RunEvent, { type: 'step' }>): void {
    const before = this.steps.get(event.node);
    const { node, status, error } = event;
    const name = this.#reporting.nameOf(node);
    const own = before?.runId === run.id ? before : { ...newStep(run, node, name), type: before?.type ?? '' };
    this.steps.set(node, { ...afterEvent(own, event), name });
    if (status !== 'running' && status !== 'cancelling') this.progress.delete(node);
    const word = WORDS[status];
    if (word && before?.status !== status && !this.#ended.has(node))
      this.#reporting.say(`${name} ${word}${error ? `: ${error.message}` : '.'}`, status === 'failed' || status === 'crashed');
  }

  async #finished(id: string, number: number, status: Status): Promise<void> {
    this.#live = null;
    this.cancelling = false;
    const [run, state] = await Promise.all([this.#api.runs.get(id), this.#newest()]);
    if (this.current?.id !== id) return;
    this.current = run;
    if (!state) return;
    this.#take(state.steps);
    this.observed = state.observed as Observed;
    this.#reporting.say(`Run ${number} ${WORDS[status] ?? status}.`, status === 'failed' || status === 'crashed');
    if (this.runs) void this.loadRuns();
    await this.loadPlan().catch(() => undefined);
  }
}
