import type { Signature } from '#nodes/kit/signature.ts';
import { AppError } from '../errors.ts';
import { InferenceWorker } from './inference-worker.ts';
import { inputLayout, type Batch, type FromInference, type LoadOrder, type ScoredBatch } from './messages.ts';

export interface InferenceOptions {
  /** The ONNX file. */
  readonly path: string;
  /** An existing, empty folder. */
  readonly emptyFolder: string;
  /** Of each process. */
  readonly threads: number;
  /** Processes that each hold the model. */
  readonly workers?: number;
  /** Requests that may wait; more are refused with 503. */
  readonly queueLimit?: number;
  /** Rows that may go through the graph at once; one request with more goes alone. */
  readonly batchRows?: number;
  /** Requests are put together only as far as they probably take no longer than this in the graph, by what rows took so far. */
  readonly batchMilliseconds?: number;
  /** Milliseconds. A request that takes longer is answered 504, and a process that holds it is killed. */
  readonly timeout?: number;
  /** Told when the last process ended without being asked to. While others are left, a lost one is replaced. */
  readonly onDeath?: (reason: string) => void;
}

const DEFAULTS = { workers: 1, queueLimit: 256, batchRows: 10_000, batchMilliseconds: 20, timeout: 10_000 };

export interface Scored extends ScoredBatch {
  /** From the request's arrival here to its way into a process. */
  readonly queueMilliseconds: number;
  /** Requests that went through the graph with it, itself among them. */
  readonly together: number;
}

interface Waiting {
  readonly batch: Batch;
  readonly arrived: number;
  readonly deadline: number;
  readonly resolve: (scored: Scored) => void;
  readonly reject: (error: Error) => void;
  sent: number;
  settled: boolean;
}

/** A process and the batch that it works on: one at a time, since a second one on its way would cost more by smaller batches than it saves in waits. */
interface Place {
  worker: InferenceWorker | null;
  /** None when it has nothing to do. No map of batches: those that it had would hold on to the requests until the next full collection. */
  flying: readonly Waiting[];
  /** Of its batch. */
  id: number;
  /** Since when it works on it. */
  since: number;
}

const NOTHING: readonly Waiting[] = [];
/** How much a batch counts in the average time of a row. */
const WEIGHT = 0.1;
/** So many replacements within a minute; then those that are left have to do. */
const REPLACEMENTS = 3;
const MINUTE = 60_000;

/**
 * A model in processes of its own. Requests that arrive while all are busy are put together into one batch, so throughput rises with load and a
 * lone request waits for nothing.
 */
export class Inference {
  readonly #order: LoadOrder;
  readonly #options: Required<Omit<InferenceOptions, 'onDeath'>>;
  readonly #onDeath: InferenceOptions['onDeath'];
  readonly #places: Place[];
  #queue: Waiting[] = [];
  #replaced: number[] = [];
  #id = 0;
  #pending = 0;
  /** Average, in ms. */
  #perRow = 0;
  #pumping = false;
  #watch: NodeJS.Timeout | null = null;
  #closed: string | null = null;
  #emptied: (() => void) | null = null;

  private constructor(options: InferenceOptions, signature: Pick<Signature, 'inputs' | 'outputs'>) {
    const { onDeath, ...given } = options;
    this.#options = { ...DEFAULTS, ...given };
    this.#onDeath = onDeath;
    this.#order = { path: options.path, threads: options.threads, inputs: inputLayout(signature.inputs), outputCount: signature.outputs.length };
    this.#places = Array.from({ length: this.#options.workers }, () => ({ worker: null, flying: NOTHING, id: 0, since: 0 }));
  }

  /** Of the processes that are alive. */
  get pids(): number[] {
    return this.#places.flatMap(({ worker }) => worker?.pid ?? []);
  }

  /** Requests that are not answered yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Starts the processes and loads the model in each; rejects with ONNX Runtime's reason when one cannot. */
  static async start(options: InferenceOptions, signature: Pick<Signature, 'inputs' | 'outputs'>): Promise<Inference> {
    const inference = new Inference(options, signature);
    const started = await Promise.allSettled(inference.#places.map((place) => inference.#fill(place)));
    const failed = started.find((each) => each.status === 'rejected');
    if (failed) {
      await inference.close();
      throw failed.reason;
    }
    return inference;
  }

  /** Scores a batch. Throws 503 when too many wait or no process is there, 504 over time, 500 when the graph fails. */
  score(batch: Batch, { timeout = this.#options.timeout }: { readonly timeout?: number } = {}): Promise<Scored> {
    if (this.#closed !== null) return Promise.reject(unavailable(this.#closed));
    if (this.#queue.length >= this.#options.queueLimit) {
      return Promise.reject(
        new AppError(503, 'Too many requests wait for this endpoint. Try again in a moment.', { code: 'queue_full', headers: { 'retry-after': '1' } }),
      );
    }
    return new Promise((resolve, reject) => {
      const arrived = performance.now();
      this.#pending++;
      this.#queue.push({ batch, arrived, deadline: arrived + Math.min(timeout, this.#options.timeout), resolve, reject, sent: 0, settled: false });
      this.#watch ??= setInterval(() => this.#expire(), Math.min(100, this.#options.timeout / 10));
      this.#pumpSoon();
    });
  }

  /** Answers what has come so far, then ends. */
  async drain(): Promise<void> {
    this.#closed ??= 'The endpoint has a newer deployment.';
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
    await this.close();
  }

  async close(): Promise<void> {
    this.#closed = 'The endpoint was stopped.';
    await Promise.all(this.#places.map(({ worker }) => worker?.close()));
    this.#refuseAll(this.#closed);
    this.#rest();
  }

  async #fill(place: Place): Promise<void> {
    const worker = await InferenceWorker.start(this.#order, this.#options.emptyFolder, {
      answered: (answer) => this.#receive(place, answer),
      ended: (reason) => this.#ended(place, reason),
    });
    place.worker = worker;
    if (this.#closed !== null) await worker.close();
    else this.#pumpSoon();
  }

  /** At the end of this turn of the event loop: what arrived in it goes together. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#queue.length > 0) {
      const place = this.#places.find(({ worker, flying }) => worker && flying.length === 0);
      if (!place) return;
      const together = this.#takeTogether();
      if (together.length === 0) return;
      place.id = ++this.#id;
      place.since = performance.now();
      place.flying = together;
      place.worker!.score(
        place.id,
        together.map((each) => each.batch),
      );
    }
  }

  #takeTogether(): Waiting[] {
    const { batchRows, batchMilliseconds } = this.#options;
    const most = this.#perRow === 0 ? batchRows : Math.min(batchRows, Math.max(1, batchMilliseconds / this.#perRow));
    const now = performance.now();
    let rows = 0;
    let count = 0;
    const together: Waiting[] = [];
    for (const next of this.#queue) {
      if (!next.settled) {
        if (together.length > 0 && rows + next.batch.rowCount > most) break;
        rows += next.batch.rowCount;
        next.sent = now;
        together.push(next);
      }
      count++;
    }
    this.#queue = count === this.#queue.length ? [] : this.#queue.slice(count);
    return together;
  }

  #receive(place: Place, answer: Extract<FromInference, { type: 'scored' | 'failed' }>): void {
    if (answer.id !== place.id) return;
    const together = place.flying;
    place.flying = NOTHING;
    // The process is told of more before anybody here works with what it gave.
    this.#pump();
    if (answer.type === 'scored') this.#hand(together, answer);
    else {
      const error = new AppError(500, `The model failed on these rows: ${answer.message.slice(0, 300)}`, { code: 'model_failed' });
      for (const waiting of together) this.#settle(waiting, () => waiting.reject(error));
    }
    this.#rest();
  }

  #hand(together: readonly Waiting[], { outputs, computeMilliseconds }: ScoredBatch): void {
    const rows = together.reduce((sum, each) => sum + each.batch.rowCount, 0);
    if (rows > 0) this.#perRow += (this.#perRow === 0 ? 1 : WEIGHT) * (computeMilliseconds / rows - this.#perRow);
    let from = 0;
    for (const waiting of together) {
      const to = from + waiting.batch.rowCount;
      const own = together.length === 1 ? outputs : outputs.map((values) => values.slice(from, to));
      from = to;
      this.#settle(waiting, () =>
        waiting.resolve({ outputs: own, computeMilliseconds, queueMilliseconds: waiting.sent - waiting.arrived, together: together.length }),
      );
    }
  }

  #expire(): void {
    const now = performance.now();
    const late = (waiting: Waiting): boolean => !waiting.settled && waiting.deadline <= now;
    const end = (waiting: Waiting): void =>
      this.#settle(waiting, () =>
        waiting.reject(new AppError(504, `The model gave no answer within ${Math.round(waiting.deadline - waiting.arrived)} ms.`, { code: 'time_exhausted' })),
      );
    this.#queue = this.#queue.filter((waiting) => {
      if (late(waiting)) end(waiting);
      return !waiting.settled;
    });
    for (const { worker, flying, since } of this.#places) {
      flying.filter(late).forEach(end);
      // A graph that hangs would block every later request; a caller with little patience is no reason to end it.
      if (flying.length > 0 && now - since >= this.#options.timeout) worker?.kill();
    }
    this.#rest();
  }

  #ended(place: Place, reason: string): void {
    place.worker = null;
    for (const waiting of place.flying) this.#settle(waiting, () => waiting.reject(unavailable(reason)));
    place.flying = NOTHING;
    if (this.#closed === null) {
      if (this.#places.every(({ worker }) => worker === null)) {
        this.#closed = reason;
        this.#refuseAll(reason);
        this.#onDeath?.(reason);
      } else this.#replace(place);
    }
    this.#rest();
  }

  #replace(place: Place): void {
    const now = performance.now();
    this.#replaced = [...this.#replaced.filter((at) => at > now - MINUTE), now];
    // One that cannot be started any more is missed: the others go on.
    if (this.#replaced.length <= REPLACEMENTS) this.#fill(place).catch(() => {});
  }

  #refuseAll(reason: string): void {
    for (const waiting of this.#queue.splice(0)) this.#settle(waiting, () => waiting.reject(unavailable(reason)));
  }

  #settle(waiting: Waiting, act: () => void): void {
    if (waiting.settled) return;
    waiting.settled = true;
    this.#pending--;
    act();
  }

  /** When nothing is open any more, nothing needs to be watched. */
  #rest(): void {
    if (this.#pending > 0 || this.#places.some(({ flying }) => flying.length > 0)) return;
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
    this.#emptied?.();
  }
}

const unavailable = (reason: string): AppError =>
  new AppError(503, `${reason} Try again in a moment.`, { code: 'endpoint_unavailable', headers: { 'retry-after': '1' } });
