import type { ScoreAnswer } from './deployments.ts';

/** Of one deployment since the server started, as Triton counts. Nanoseconds are sums. */
export interface Statistics {
  readonly lastInference: number;
  /** Rows. */
  readonly inferenceCount: number;
  /** Times that the graph ran: requests that went together count once. */
  readonly executionCount: number;
  readonly success: Duration;
  readonly fail: Duration;
  readonly queue: Duration;
  readonly compute: Duration;
}
export interface Duration {
  readonly count: number;
  readonly ns: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends Duration ? { count: number; ns: number } : T[K] };

const duration = () => ({ count: 0, ns: 0 });
const none = (): Mutable<Statistics> => ({
  lastInference: 0,
  inferenceCount: 0,
  executionCount: 0,
  success: duration(),
  fail: duration(),
  queue: duration(),
  compute: duration(),
});

const add = (to: { count: number; ns: number }, milliseconds: number): void => {
  to.count++;
  to.ns += Math.round(milliseconds * 1e6);
};

/** What the protocols tell of requests to each endpoint: `GET …/stats`. */
export class StatisticsBook {
  readonly #byDeployment = new Map<string, Mutable<Statistics>>();

  of(endpointId: string, deployment: string): Statistics {
    const { executionCount, ...rest } = this.#byDeployment.get(`${endpointId} ${deployment}`) ?? none();
    return { ...rest, executionCount: Math.round(executionCount) };
  }

  succeeded(endpointId: string, { deployment, rowCount, milliseconds, queueMilliseconds, computeMilliseconds, together }: ScoreAnswer): void {
    const book = this.#book(endpointId, deployment);
    book.lastInference = Date.now();
    book.inferenceCount += rowCount;
    book.executionCount += 1 / together;
    add(book.success, milliseconds);
    add(book.queue, queueMilliseconds);
    add(book.compute, computeMilliseconds);
  }

  failed(endpointId: string, deployment: string, milliseconds: number): void {
    add(this.#book(endpointId, deployment).fail, milliseconds);
  }

  #book(endpointId: string, deployment: string): Mutable<Statistics> {
    const key = `${endpointId} ${deployment}`;
    let book = this.#byDeployment.get(key);
    if (!book) this.#byDeployment.set(key, (book = none()));
    return book;
  }
}
