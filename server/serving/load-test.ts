import { performance } from 'node:perf_hooks';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { LATENCY_BINS, binOf, quantile } from './latency-bins.ts';
import type { Quantiles } from './traffic.ts';

/** How the load rises. `clients` each send the next request when the last one is answered; a `rate` is kept whatever the answers do. */
export interface LoadPlan {
  readonly by: 'clients' | 'rate';
  /** Clients at the same time, or requests a second, one step after the other. */
  readonly steps: readonly number[];
  /** Of each step. */
  readonly seconds: number;
  /** Rows of each request. */
  readonly rows: number;
}
/** What a step measured; times in milliseconds, from the body of a request to that of its answer. */
export interface LoadStep extends Quantiles {
  readonly load: number;
  readonly seconds: number;
  readonly requests: number;
  readonly errors: number;
  readonly requestsPerSecond: number;
  readonly rowsPerSecond: number;
  readonly queue: Quantiles;
  readonly compute: Quantiles;
}
/** Sends one request; rejects when it is not answered. */
export type SendOne = () => Promise<{ readonly queueMilliseconds: number; readonly computeMilliseconds: number }>;

/** Requests under way at a rate; what does not fit any more counts as refused. */
const MOST_UNDER_WAY = 2_000;
/** Answers before this do not count: caches and batch sizes settle. */
const SETTLING = 300;

/** Counts what one step sees. */
class StepCounts {
  readonly load: number;
  readonly #rows: number;
  readonly #total = new Uint32Array(LATENCY_BINS);
  readonly #queue = new Uint32Array(LATENCY_BINS);
  readonly #compute = new Uint32Array(LATENCY_BINS);
  readonly #began: number;
  #requests = 0;
  #errors = 0;
  why: string | null = null;

  constructor(load: number, rows: number) {
    this.load = load;
    this.#rows = rows;
    this.#began = performance.now() + SETTLING;
  }

  async send(one: SendOne, due = performance.now()): Promise<boolean> {
    try {
      const { queueMilliseconds, computeMilliseconds } = await one();
      const now = performance.now();
      if (now < this.#began) return true;
      this.#requests++;
      this.#total[binOf(now - due)]!++;
      this.#queue[binOf(queueMilliseconds)]!++;
      this.#compute[binOf(computeMilliseconds)]!++;
      return true;
    } catch (error) {
      this.refused(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  refused(why: string): void {
    this.#errors++;
    this.why = why;
  }

  get result(): LoadStep {
    const seconds = Math.max(0.001, (performance.now() - this.#began) / 1_000);
    const quantiles = (bins: Uint32Array): Quantiles => ({ p50: quantile(bins, 0.5), p95: quantile(bins, 0.95), p99: quantile(bins, 0.99) });
    return {
      load: this.load,
      seconds,
      requests: this.#requests,
      errors: this.#errors,
      requestsPerSecond: this.#requests / seconds,
      rowsPerSecond: (this.#requests * this.#rows) / seconds,
      ...quantiles(this.#total),
      queue: quantiles(this.#queue),
      compute: quantiles(this.#compute),
    };
  }
}

/** A load that rises step by step. It ends with its last step, when `signal` aborts, or when more than half of a step failed. */
export class LoadTest {
  readonly plan: LoadPlan;
  readonly done: LoadStep[] = [];
  /** Why it ended before its last step; null when it did not. */
  stopped: string | null = null;
  #current: StepCounts | null = null;
  readonly #send: SendOne;
  readonly #signal: AbortSignal;

  constructor(plan: LoadPlan, send: SendOne, signal: AbortSignal) {
    this.plan = plan;
    this.#send = send;
    this.#signal = signal;
  }

  /** The step that runs, as far as it got. */
  get current(): LoadStep | null {
    return this.#current?.result ?? null;
  }

  async run(): Promise<void> {
    for (const load of this.plan.steps) {
      const counts = new StepCounts(load, this.plan.rows);
      this.#current = counts;
      const until = performance.now() + SETTLING + this.plan.seconds * 1_000;
      await (this.plan.by === 'clients' ? this.#clients(counts, until) : this.#rate(counts, until));
      const step = counts.result;
      if (this.#signal.aborted) break;
      this.done.push(step);
      this.#current = null;
      if (step.errors > step.requests) {
        this.stopped = `More than half of the requests failed: ${counts.why}`;
        break;
      }
    }
    this.#current = null;
    if (this.#signal.aborted) this.stopped = 'It was cancelled.';
  }

  async #clients(counts: StepCounts, until: number): Promise<void> {
    const client = async (): Promise<void> => {
      while (!this.#signal.aborted && performance.now() < until) {
        // A refusal comes at once; without a turn of the event loop in between nobody else would be answered.
        if (!(await counts.send(this.#send))) await turn();
      }
    };
    await Promise.all(Array.from({ length: counts.load }, client));
  }

  /** Requests are due at even times, and late ones count from when they were due. */
  async #rate(counts: StepCounts, until: number): Promise<void> {
    const began = performance.now();
    const underWay = new Set<Promise<unknown>>();
    let sent = 0;
    while (!this.#signal.aborted && performance.now() < until) {
      const due = Math.floor(((performance.now() - began) / 1_000) * counts.load);
      for (; sent < due; sent++) {
        if (underWay.size >= MOST_UNDER_WAY) counts.refused(`${MOST_UNDER_WAY} requests were under way already.`);
        else {
          const request = counts.send(this.#send, began + (sent / counts.load) * 1_000).finally(() => underWay.delete(request));
          underWay.add(request);
        }
      }
      await pause(1);
    }
    await Promise.all(underWay);
  }
}
