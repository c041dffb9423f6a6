import { Worker } from 'node:worker_threads';
import type { FitContext, LabelledData, Trainer, TrainingColumn } from '../kit/context.ts';
import { NodeError, type IssueCode } from '../kit/issues.ts';
import type { Model } from '../kit/kinds.ts';
import { takeRows } from './folds.server.ts';

/** One model to be trained: its parameters, and the rows that it learns from; without `rows` all of them. */
export interface FitTask {
  readonly params: Readonly<Record<string, unknown>>;
  readonly rows?: Uint32Array;
}

/** What a worker gets at its start. */
export interface FitWork {
  readonly learner: string;
  readonly data: LabelledData;
}
export interface FitRequest extends FitTask {
  readonly task: number;
}
export type FitAnswer =
  | { readonly task: number; readonly progress: number }
  | { readonly task: number; readonly model: Model }
  | { readonly task: number; readonly failure: { readonly code: IssueCode | null; readonly message: string; readonly param?: string } };

interface Waiting {
  readonly resolve: (model: Model) => void;
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
  readonly #free: Worker[] = [];
  readonly #workers: Worker[] = [];
  readonly #waiting = new Map<number, Waiting>();
  readonly #queue: (() => void)[] = [];
  #busy = 0;
  #next = 0;
  readonly #stop = (): void => this.#end(this.#context.signal.reason);

  constructor(trainer: Trainer, data: LabelledData, context: Pick<FitContext, 'signal' | 'threads'>) {
    const copied = data.rowCount * (data.features.length + 2) * BYTES_A_CELL;
    this.threads = Math.max(1, Math.min(context.threads, Math.floor(COPIED_BYTES / Math.max(1, copied))));
    this.#trainer = trainer;
    this.#work = { learner: trainer.learner, data: this.threads > 1 ? shared(data) : data };
    this.#context = context;
    context.signal.addEventListener('abort', this.#stop);
  }

  /** Rejects with what the training threw, or with the signal's reason. */
  async fit(task: FitTask, progress: (fraction: number) => void = () => undefined): Promise<Model> {
    this.#context.signal.throwIfAborted();
    await this.#turn();
    try {
      this.#context.signal.throwIfAborted();
      return await (this.threads === 1 ? fitHere(this.#trainer, this.#work.data, task, this.#context.signal, progress) : this.#fitThere(task, progress));
    } finally {
      this.#busy -= 1;
      this.#queue.shift()?.();
    }
  }

  async close(): Promise<void> {
    this.#context.signal.removeEventListener('abort', this.#stop);
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }

  async #turn(): Promise<void> {
    while (this.#busy >= this.threads) await new Promise<void>((resume) => this.#queue.push(resume));
    this.#busy += 1;
  }

  #fitThere({ params, rows }: FitTask, progress: (fraction: number) => void): Promise<Model> {
    const worker = this.#free.pop() ?? this.#hire();
    const task = this.#next++;
    return new Promise<Model>((resolve, reject) => {
      this.#waiting.set(task, { resolve, reject, progress });
      worker.postMessage({ task, params, rows } satisfies FitRequest);
    }).finally(() => {
      if (this.#workers.includes(worker)) this.#free.push(worker);
    });
  }

  #hire(): Worker {
    const worker = new Worker(new URL('./fit.worker.ts', import.meta.url), { workerData: this.#work, execArgv: [] });
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
    if ('model' in answer) return waiting.resolve(answer.model);
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

/** A training on this thread; progress is told, figures and notes are not. */
export function fitHere(
  trainer: Trainer,
  data: LabelledData,
  { params, rows }: FitTask,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<Model> {
  const context: FitContext = { signal, threads: 1, log: () => undefined, metric: () => undefined, progress };
  return trainer.fit(rows ? takeRows(data, rows) : data, { ...params }, context);
}

/** The same data with its numbers in memory that threads share; texts are copied for each thread. */
function shared(data: LabelledData): LabelledData {
  const place = (values: Float64Array): Float64Array => {
    const numbers = new Float64Array(new SharedArrayBuffer(values.byteLength));
    numbers.set(values);
    return numbers;
  };
  const column = ({ schema, values }: TrainingColumn): TrainingColumn => ({ schema, values: values instanceof Float64Array ? place(values) : values });
  return {
    features: data.features.map(column),
    label: column(data.label),
    ...(data.weights && { weights: place(data.weights) }),
    rowCount: data.rowCount,
  };
}
