import { Worker } from 'node:worker_threads';
import type { FitContext, LabelledData, Trainer, TrainingColumn } from '../kit/context.ts';
import { NodeError, type IssueCode } from '../kit/issues.ts';
import type { Model } from '../kit/kinds.ts';
import { createOnnxRunner } from '../kit/onnx/session.server.ts';
import type { Columns } from '../kit/table.ts';
import { takeRows } from './folds.server.ts';

/** One model to be trained, and the rows that it scores then. */
export interface FitTask {
  readonly params: Readonly<Record<string, unknown>>;
  /** Places of the rows to learn from; without them all. */
  readonly rows?: Uint32Array;
  /** Places of the rows to score; without them those that are held back. */
  readonly scored?: Uint32Array;
}

export interface Fit {
  readonly model: Model;
  readonly scores: Columns;
}

/** What a worker gets at its start. */
export interface FitWork {
  readonly learner: string;
  readonly data: LabelledData;
  /** Rows of another table, to be scored. */
  readonly held?: LabelledData;
}
export interface FitRequest extends FitTask {
  readonly task: number;
}
export type FitAnswer =
  | { readonly task: number; readonly progress: number }
  | { readonly task: number; readonly fit: Fit }
  | { readonly task: number; readonly failure: { readonly code: IssueCode | null; readonly message: string; readonly param?: string } };

interface Waiting {
  readonly resolve: (fit: Fit) => void;
  readonly reject: (reason: unknown) => void;
  readonly progress: (fraction: number) => void;
}

/** Copies of the data in all threads together stay below this; fewer threads are used where they would not. */
const COPIED_BYTES = 3 * 2 ** 30;
/** What training copies of each cell: the rows that were chosen, the matrix and its bins. */
const BYTES_A_CELL = 24;

/**
 * Trains models of one learner on rows of one table, several at a time, each on one thread. Results do not depend on the number of threads:
 * each model is that of a training on its own. An abort ends all threads at once.
 */
export class FitPool {
  readonly threads: number;
  readonly #work: FitWork;
  readonly #trainer: Trainer;
  readonly #context: Pick<FitContext, 'signal'>;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  readonly #free: Worker[] = [];
  readonly #workers: Worker[] = [];
  readonly #waiting = new Map<number, Waiting>();
  readonly #queue: (() => void)[] = [];
  #busy = 0;
  #next = 0;
  readonly #stop = (): void => this.stop(this.#context.signal.reason);

  constructor(trainer: Trainer, { data, held }: Pick<FitWork, 'data' | 'held'>, context: Pick<FitContext, 'signal' | 'threads'>) {
    const copied = (data.rowCount + (held?.rowCount ?? 0)) * (data.features.length + 2) * BYTES_A_CELL;
    this.threads = Math.max(1, Math.min(context.threads, Math.floor(COPIED_BYTES / Math.max(1, copied))));
    this.#trainer = trainer;
    const place = this.threads > 1 ? shared : (same: LabelledData) => same;
    this.#work = { learner: trainer.learner, data: place(data), ...(held && { held: place(held) }) };
    this.#context = context;
    this.#signal = AbortSignal.any([context.signal, this.#ending.signal]);
    context.signal.addEventListener('abort', this.#stop);
  }

  /** Rejects with what the training threw, or with the reason of an abort or a stop. */
  async fit(task: FitTask, progress: (fraction: number) => void = () => undefined): Promise<Fit> {
    this.#signal.throwIfAborted();
    await this.#turn();
    try {
      this.#signal.throwIfAborted();
      return await (this.threads === 1 ? fitHere(this.#trainer, this.#work, task, this.#signal, progress) : this.#fitThere(task, progress));
    } finally {
      this.#busy -= 1;
      this.#queue.shift()?.();
    }
  }

  /** Ends all trainings at once; those that wait do not begin. */
  stop(reason: unknown): void {
    this.#ending.abort(reason);
    this.#end(reason);
  }

  async close(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#stop);
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }

  async #turn(): Promise<void> {
    while (this.#busy >= this.threads) await new Promise<void>((resume) => this.#queue.push(resume));
    this.#busy += 1;
  }

  #fitThere(wanted: FitTask, progress: (fraction: number) => void): Promise<Fit> {
    const worker = this.#free.pop() ?? this.#hire();
    const task = this.#next++;
    return new Promise<Fit>((resolve, reject) => {
      this.#waiting.set(task, { resolve, reject, progress });
      worker.postMessage({ task, ...wanted } satisfies FitRequest);
    }).finally(() => {
      if (this.#workers.includes(worker)) this.#free.push(worker);
    });
  }

  #hire(): Worker {
    const worker = new Worker(new URL('./fit.worker.server.ts', import.meta.url), { workerData: this.#work, execArgv: [] });
    this.#workers.push(worker);
    worker.on('message', (answer: FitAnswer) => this.#hear(answer));
    worker.on('error', (error) => this.#end(error));
    return worker;
  }

  #hear(answer: FitAnswer): void {
    const waiting = this.#waiting.get(answer.task);
    if (!waiting) return;
    if ('progress' in answer) return waiting.progress(answer.progress);
    this.#waiting.delete(answer.task);
    if ('fit' in answer) return waiting.resolve(answer.fit);
    const { code, message, param } = answer.failure;
    waiting.reject(code === null ? new Error(message) : new NodeError(code, message, { param }));
  }

  /** Nothing more is answered. */
  #end(reason: unknown): void {
    for (const worker of this.#workers.splice(0)) void worker.terminate();
    this.#free.length = 0;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
    for (const resume of this.#queue.splice(0)) resume();
  }
}

/** A training on this thread, and the scores by one thread, since sums over several differ; progress is told, figures and notes are not. */
export async function fitHere(
  trainer: Trainer,
  { data, held }: Pick<FitWork, 'data' | 'held'>,
  { params, rows, scored }: FitTask,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<Fit> {
  const context: FitContext = { signal, threads: 1, log: () => undefined, metric: () => undefined, progress };
  const model = await trainer.fit(rows ? takeRows(data, rows) : data, { ...params }, context);
  const others = scored ? takeRows(data, scored) : held;
  if (!others) return { model, scores: new Map() };
  const columns = new Map(others.features.map(({ schema, values }) => [schema.name, values]));
  return { model, scores: await createOnnxRunner({ threads: 1 }).apply(model.onnx, model.signature, columns, others.rowCount, signal) };
}

/** The same data with its numbers in memory that threads share; texts are copied for each thread. */
function shared(data: LabelledData): LabelledData {
  const place = (values: Float64Array): Float64Array => {
    const numbers = new Float64Array(new SharedArrayBuffer(values.byteLength));
    numbers.set(values);
    return numbers;
  };
  const column = ({ schema, values }: TrainingColumn): TrainingColumn => ({ schema, values: values instanceof Float64Array ? place(values) : values });
  return { ...data, features: data.features.map(column), label: column(data.label), ...(data.weights && { weights: place(data.weights) }) };
}
