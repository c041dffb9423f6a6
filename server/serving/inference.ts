import { fork, type ChildProcess } from 'node:child_process';
import { AppError } from '../errors.ts';
import type { Batch, FromInference, OutputColumn, TensorColumn } from './messages.ts';

export interface InferenceOptions {
  /** The ONNX file. */
  readonly path: string;
  /** An existing, empty folder. */
  readonly emptyFolder: string;
  readonly threads: number;
  /** Requests that may wait; more are refused with 503. */
  readonly queueLimit?: number;
  /** Rows that may go through the graph at once. */
  readonly batchRows?: number;
  /** A request that takes longer is answered 504, and the process is restarted. */
  readonly timeout?: number;
  /** Told when the process ends without being asked to. */
  readonly onDeath?: (reason: string) => void;
}

interface Waiting {
  readonly batch: Batch;
  readonly resolve: (columns: Readonly<Record<string, OutputColumn>>) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  settled: boolean;
}

/**
 * A model in its own process. Requests that arrive while the graph is busy are put together into one batch, so throughput rises with load and
 * a lone request waits for nothing.
 */
export class Inference {
  readonly #child: ChildProcess;
  readonly #options: Required<Omit<InferenceOptions, 'onDeath'>>;
  readonly #outputs: readonly string[];
  readonly #queue: Waiting[] = [];
  readonly #flying = new Map<number, Waiting[]>();
  #id = 0;
  #closed: string | null = null;

  private constructor(child: ChildProcess, options: Required<Omit<InferenceOptions, 'onDeath'>>, outputs: readonly string[]) {
    this.#child = child;
    this.#options = options;
    this.#outputs = outputs;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Starts the process and loads the model; rejects with ONNX Runtime's reason when it cannot. `outputs` are the columns wanted of the graph. */
  static async start(options: InferenceOptions, outputs: readonly string[]): Promise<Inference> {
    const child = fork(new URL('./inference-process.ts', import.meta.url), [], {
      cwd: options.emptyFolder,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC', NODE_NO_WARNINGS: '1' },
      execArgv: ['--max-old-space-size=512'],
    });
    const inference = new Inference(child, { queueLimit: 256, batchRows: 10_000, timeout: 10_000, ...options }, outputs);
    const known = await new Promise<{ outputs: readonly string[] }>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('The model did not load within 60 s.')), 60_000);
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`The inference process ended while loading (${signal ?? `code ${code}`}).`)));
      child.once('message', (message: FromInference) => {
        clearTimeout(timer);
        if (message.type === 'loaded') resolve(message);
        else reject(new Error(message.type === 'refused' ? message.message : 'The model could not be loaded.'));
      });
      child.send({ type: 'load', path: options.path, threads: options.threads });
    }).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    const absent = outputs.filter((name) => !known.outputs.includes(name));
    if (absent.length > 0) {
      child.kill('SIGKILL');
      throw new Error(`The model's graph lacks the outputs ${absent.join(', ')}.`);
    }
    child.removeAllListeners('exit');
    child.removeAllListeners('error');
    child.on('message', (message: FromInference) => inference.#receive(message));
    child.on('error', () => {});
    child.once('exit', (code, signal) => inference.#died(`The inference process ended (${signal ?? `code ${code}`}).`, options.onDeath));
    return inference;
  }

  /** Scores columns of equal length. Throws 503 when too many wait or the process is gone, 504 over time, 500 when the graph fails. */
  score(batch: Batch): Promise<Readonly<Record<string, OutputColumn>>> {
    if (this.#closed !== null) return Promise.reject(unavailable(this.#closed));
    if (this.#queue.length >= this.#options.queueLimit) {
      return Promise.reject(new AppError(503, 'Too many requests wait for this endpoint. Try again in a moment.', { code: 'queue_full', headers: { 'retry-after': '1' } }));
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { batch, resolve, reject, settled: false, timer: setTimeout(() => this.#expire(waiting), this.#options.timeout) };
      this.#queue.push(waiting);
      this.#pump();
    });
  }

  async close(): Promise<void> {
    if (this.#closed !== null && !this.#child.connected) return;
    this.#closed = 'The endpoint was stopped.';
    const gone = this.#child.exitCode !== null || this.#child.signalCode !== null ? Promise.resolve() : new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    await gone;
    clearTimeout(timer);
  }

  /** Two batches travel at most: one in the graph, one on its way. */
  #pump(): void {
    while (this.#flying.size < 2 && this.#queue.length > 0) {
      const together: Waiting[] = [];
      let rows = 0;
      while (this.#queue.length > 0) {
        const next = this.#queue[0]!;
        if (together.length > 0 && rows + next.batch.rowCount > this.#options.batchRows) break;
        this.#queue.shift();
        if (next.settled) continue;
        rows += next.batch.rowCount;
        together.push(next);
      }
      if (together.length === 0) return;
      const id = ++this.#id;
      this.#flying.set(id, together);
      this.#child.send({ type: 'score', id, batch: joinBatches(together.map((each) => each.batch)), outputs: this.#outputs }, (error) => {
        if (error) this.#fail(id, unavailable('The inference process cannot be reached.'));
      });
    }
  }

  #receive(message: FromInference): void {
    if (message.type === 'scored') {
      const together = this.#take(message.id);
      let from = 0;
      for (const waiting of together) {
        const to = from + waiting.batch.rowCount;
        const part: Record<string, OutputColumn> = {};
        for (const [name, values] of Object.entries(message.columns)) part[name] = together.length === 1 ? values : values.slice(from, to);
        settle(waiting, () => waiting.resolve(part));
        from = to;
      }
    } else if (message.type === 'failed') {
      this.#fail(message.id, new AppError(500, `The model failed on these rows: ${message.message.slice(0, 300)}`, { code: 'model_failed' }));
    }
    this.#pump();
  }

  #take(id: number): Waiting[] {
    const together = this.#flying.get(id) ?? [];
    this.#flying.delete(id);
    return together;
  }

  #fail(id: number, error: Error): void {
    for (const waiting of this.#take(id)) settle(waiting, () => waiting.reject(error));
  }

  #expire(waiting: Waiting): void {
    const inGraph = [...this.#flying.values()].some((together) => together.includes(waiting));
    settle(waiting, () => waiting.reject(new AppError(504, `The model gave no answer within ${this.#options.timeout} ms.`, { code: 'time_exhausted' })));
    // A graph that hangs would block every later request.
    if (inGraph) this.#child.kill('SIGKILL');
  }

  #died(reason: string, onDeath: InferenceOptions['onDeath']): void {
    const asked = this.#closed !== null;
    this.#closed ??= reason;
    for (const id of [...this.#flying.keys()]) this.#fail(id, unavailable(reason));
    for (const waiting of this.#queue.splice(0)) settle(waiting, () => waiting.reject(unavailable(reason)));
    if (!asked) onDeath?.(reason);
  }
}

const unavailable = (reason: string): AppError => new AppError(503, `${reason} Try again in a moment.`, { code: 'endpoint_unavailable', headers: { 'retry-after': '1' } });

function settle(waiting: Waiting, act: () => void): void {
  if (waiting.settled) return;
  waiting.settled = true;
  clearTimeout(waiting.timer);
  act();
}

/** Puts batches with the same columns one below the other. */
export function joinBatches(batches: readonly Batch[]): Batch {
  const first = batches[0]!;
  if (batches.length === 1) return first;
  const rowCount = batches.reduce((sum, batch) => sum + batch.rowCount, 0);
  const columns: Record<string, TensorColumn> = {};
  for (const [name, values] of Object.entries(first.columns)) {
    if (values instanceof Float32Array) {
      const joined = new Float32Array(rowCount);
      let at = 0;
      for (const batch of batches) {
        joined.set(batch.columns[name] as Float32Array, at);
        at += batch.rowCount;
      }
      columns[name] = joined;
    } else {
      columns[name] = batches.flatMap((batch) => batch.columns[name] as readonly string[]);
    }
  }
  return { rowCount, columns };
}
