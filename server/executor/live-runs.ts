import type { Computes } from '#server/compute/computes.ts';
import { CallersFirst } from './callers-first.ts';
import { waitingSteps } from './compute-load.ts';
import type { LiveRun } from './live-run.ts';
import { RunQueue, type QueuedRun } from './run-queue.ts';
import type { WaitingStep } from './run-types.ts';

export interface LiveRunsOptions {
  readonly computes: Pick<Computes, 'working'>;
  /** Runs that are carried out at the same time. */
  readonly most: number;
  /** Whether callers wait for their answers. */
  answersAwaited(): boolean;
  /** Reads a run from the database. */
  open(id: string): LiveRun;
  /** A run could not be taken up. */
  onBroken(error: unknown, id: string): void;
  onEnded(id: string): void;
}

/** So long may taking up runs keep the event loop. */
const PUMP_MILLISECONDS = 2;

/** The runs that are carried out and those that wait for it; hands out the slots of computes to their steps. */
export class LiveRuns {
  readonly #options: LiveRunsOptions;
  readonly #queue = new RunQueue();
  readonly #live = new Map<string, LiveRun>();
  readonly #callersFirst: CallersFirst;
  #offering = false;
  #pumping = false;
  #closed = false;

  constructor(options: LiveRunsOptions) {
    this.#options = options;
    this.#callersFirst = new CallersFirst(
      () => options.answersAwaited(),
      () => this.offer(),
    );
  }

  get size(): number {
    return this.#live.size;
  }

  get queued(): number {
    return this.#queue.size;
  }

  get(id: string): LiveRun | undefined {
    return this.#live.get(id);
  }

  values(): MapIterator<LiveRun> {
    return this.#live.values();
  }

  /** Of a run that waits, from 1; null for others. */
  placeOf(id: string): number | null {
    return this.#queue.placeOf(id);
  }

  /** The steps of a run under way that wait for slots, by node. */
  waiting(id: string): ReadonlyMap<string, WaitingStep> {
    const live = this.#live.get(id);
    return live ? waitingSteps(live, this.#live.values()) : new Map();
  }

  /** Has a run wait until there is room for it. */
  enqueue(run: QueuedRun): void {
    this.#queue.add(run);
  }

  /** Takes no more runs up, and hands out no more slots. */
  close(): void {
    this.#closed = true;
  }

  /** Takes up what waits, after whatever else there is to do now, such as answering. */
  pumpSoon(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    setImmediate(() => this.#pump());
  }

  #pump(): void {
    if (this.#closed) return;
    const until = performance.now() + PUMP_MILLISECONDS;
    try {
      const underWay = Map.groupBy(this.#live.values(), ({ pipelineId }) => pipelineId);
      const count = (pipelineId: string): number => underWay.get(pipelineId)?.length ?? 0;
      for (let next = this.#queue.first(count); next && this.#mayBegin(next, count(next.pipelineId)); next = this.#queue.first(count)) {
        if (performance.now() > until) return void setImmediate(() => this.#pump());
        const live = this.activate(next.id, (run) => run.begin());
        if (live) underWay.set(live.pipelineId, [...(underWay.get(live.pipelineId) ?? []), live]);
      }
      this.#pumping = false;
    } catch (error) {
      this.#pumping = false;
      throw error;
    }
  }

  /** Beyond the usual number only what would otherwise wait for runs that it should go before. */
  #mayBegin({ priority }: QueuedRun, ofItsPipeline: number): boolean {
    const { most } = this.#options;
    if (this.#live.size < most) return true;
    return this.#live.size < 2 * most && (ofItsPipeline === 0 || [...this.#live.values()].every((run) => run.priority < priority));
  }

  /** Takes up a run at once, whether it waits or not. */
  activate(id: string, begin: (run: LiveRun) => void): LiveRun | undefined {
    this.#queue.remove(id);
    try {
      const run = this.#options.open(id);
      this.#live.set(id, run);
      void run.ended.then(() => this.#leave(run, id));
      begin(run);
      return run;
    } catch (error) {
      this.#options.onBroken(error, id);
      return undefined;
    }
  }

  #leave(run: LiveRun, id: string): void {
    this.#live.delete(id);
    this.#options.onEnded(id);
    for (const { slots } of this.#options.computes.working()) slots.leave(run);
    this.offer();
    this.pumpSoon();
  }

  /** Gives free slots to steps that wait for them. */
  offer(): void {
    if (this.#offering || this.#closed || this.#callersFirst.stepBack()) return;
    this.#offering = true;
    try {
      for (const { slots } of this.#options.computes.working()) {
        for (let run = slots.next(); run; run = slots.next()) {
          const { used } = slots;
          run.offer();
          if (slots.used === used) break;
        }
      }
    } finally {
      this.#offering = false;
    }
  }
}
