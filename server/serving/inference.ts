import { fork, type ChildProcess } from 'node:child_process';
import type { Signature } from '#nodes/kit/signature.ts';
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
  readonly done: Promise<unknown>;
  settled: boolean;
}

/**
 * A model in its own process. Requests that arrive while the graph is busy are put together into one batch, so throughput rises with load and
 * a lone request waits for nothing.
 */
export class Inference {
  readonly #child: ChildProcess;
  readonly #options: Required<Omit<InferenceOptions, 'onDeath'>>;
  /** The graph's names. Its outputs correspond to the signature's by position. */
  readonly #inputs: ReadonlySet<string>;
  readonly #outputs: readonly string[];
  readonly #columns: readonly string[];
  readonly #queue: Waiting[] = [];
  readonly #flying = new Map<number, Waiting[]>();
  #id = 0;
  #closed: string | null = null;

  private constructor(child: ChildProcess, options: Required<Omit<InferenceOptions, 'onDeath'>>, graph: GraphNames, signature: Pick<Signature, 'outputs'>) {
    this.#child = child;
    this.#options = options;
    this.#inputs = new Set(graph.inputs);
    this.#outputs = graph.outputs.slice(0, signature.outputs.length);
    this.#columns = signature.outputs.map((output) => output.name);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Starts the process and loads the model; rejects with ONNX Runtime's reason when it cannot. */
  static async start(options: InferenceOptions, signature: Pick<Signature, 'outputs'>): Promise<Inference> {
    const child = fork(new URL('./inference-process.ts', import.meta.url), [], {
      cwd: options.emptyFolder,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC', NODE_NO_WARNINGS: '1' },
      execArgv: ['--max-old-space-size=512'],
    });
    const graph = await new Promise<GraphNames>((resolve, reject) => {
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
    if (graph.outputs.length < signature.outputs.length) {
      child.kill('SIGKILL');
      throw new Error('The model has fewer outputs than its signature says.');
    }
    const inference = new Inference(child, { queueLimit: 256, batchRows: 10_000, timeout: 10_000, ...options }, graph, signature);
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
      return Promise.reject(
        new AppError(503, 'Too many requests wait for this endpoint. Try again in a moment.', { code: 'queue_full', headers: { 'retry-after': '1' } }),
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, OutputColumn>>>();
    const waiting: Waiting = { batch, resolve, reject, done: promise, settled: false, timer: setTimeout(() => this.#expire(waiting), this.#options.timeout) };
    this.#queue.push(waiting);
    this.#pump();
    return promise;
  }

  /** Answers what has come so far, then ends. */
  async drain(): Promise<void> {
    this.#closed ??= 'The endpoint has a newer deployment.';
    while (this.#queue.length > 0 || this.#flying.size > 0) {
      await Promise.allSettled([...this.#queue, ...[...this.#flying.values()].flat()].map((waiting) => waiting.done));
    }
    await this.close();
  }

  async close(): Promise<void> {
    if (this.#closed !== null && !this.#child.connected) return;
    this.#closed = 'The endpoint was stopped.';
    const gone =
      this.#child.exitCode !== null || this.#child.signalCode !== null
        ? Promise.resolve()
        : new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
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
      this.#child.send(
        {
          type: 'score',
          id,
          batch: joinBatches(
            together.map((each) => each.batch),
            this.#inputs,
          ),
          outputs: this.#outputs,
        },
        (error) => {
          if (error) this.#fail(id, unavailable('The inference process cannot be reached.'));
        },
      );
    }
  }

  #receive(message: FromInference): void {
    if (message.type === 'scored') {
      const together = this.#take(message.id);
      let from = 0;
      for (const waiting of together) {
        const to = from + waiting.batch.rowCount;
        const part: Record<string, OutputColumn> = Object.create(null) as Record<string, OutputColumn>;
        this.#columns.forEach((name, index) => {
          const values = message.columns[index]!;
          part[name] = together.length === 1 ? values : values.slice(from, to);
        });
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

const unavailable = (reason: string): AppError =>
  new AppError(503, `${reason} Try again in a moment.`, { code: 'endpoint_unavailable', headers: { 'retry-after': '1' } });

function settle(waiting: Waiting, act: () => void): void {
  if (waiting.settled) return;
  waiting.settled = true;
  clearTimeout(waiting.timer);
  act();
}

interface GraphNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Puts batches with the same columns one below the other; keeps only the columns that the graph takes. */
export function joinBatches(batches: readonly Batch[], names: ReadonlySet<string>): Batch {
  const first = batches[0]!;
  const rowCount = batches.reduce((sum, batch) => sum + batch.rowCount, 0);
  const columns = Object.create(null) as Record<string, TensorColumn>;
  for (const [name, values] of Object.entries(first.columns)) {
    if (!names.has(name)) continue;
    if (batches.length === 1) columns[name] = values;
    else if (values instanceof Float32Array) {
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
