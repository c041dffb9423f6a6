import { Worker } from 'node:worker_threads';

/** What a member of a crew is told: to start a kernel on a memory under a name, or to call one of its exports. */
export type Order =
  | { readonly id: number; readonly kernel: string; readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory }
  | { readonly id: number; readonly kernel: string; readonly call: string; readonly values: readonly number[] };

export interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

interface Member {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve(value: unknown): void; reject(error: Error): void }>;
}

/**
 * Threads beside this one that run kernels on shared memory. Orders may be given before the threads are up: they wait. Kernels that hold the
 * same memory see each other's work as soon as a call is answered.
 */
export class Crew {
  readonly #members: readonly Member[];
  #orders = 0;
  #failed = false;

  /** `threads` with the caller's own. */
  constructor(threads: number) {
    this.#members = Array.from({ length: Math.max(0, threads - 1) }, () => {
      const worker = new Worker(new URL('./crew.worker.js', import.meta.url), { execArgv: [] });
      const member: Member = { worker, waiting: new Map() };
      const fail = (error: Error) => {
        this.#failed = true;
        for (const each of member.waiting.values()) each.reject(error);
        member.waiting.clear();
      };
      worker.on('message', ({ id, result, error }: Reply) => {
        const each = member.waiting.get(id);
        member.waiting.delete(id);
        if (error === undefined) each?.resolve(result);
        else each?.reject(new Error(error));
      });
      worker.on('error', fail);
      worker.on('exit', () => fail(new Error('A thread ended.')));
      return member;
    });
  }

  /** Threads with the caller's own. */
  get size(): number {
    return this.#members.length + 1;
  }

  /** Whether all orders were carried out. */
  get idle(): boolean {
    return !this.#failed && this.#members.every(({ waiting }) => waiting.size === 0);
  }

  /** Lets the process end though the other threads wait. */
  unref(): void {
    for (const { worker } of this.#members) worker.unref();
  }

  ref(): void {
    for (const { worker } of this.#members) worker.ref();
  }

  /** Starts a kernel on all other threads. */
  async load(kernel: string, module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<void> {
    await Promise.all(this.#members.map((member) => this.#send(member, { id: (this.#orders += 1), kernel, module, memory })));
  }

  /** Calls an export on each other thread, with arguments that depend on its number from 1. */
  callAll(kernel: string, call: string, values: (member: number) => readonly number[] = () => []): Promise<unknown[]> {
    return Promise.all(this.#members.map((_, index) => this.call(index + 1, kernel, call, values(index + 1))));
  }

  /** Calls an export on one other thread, from 1. */
  call(member: number, kernel: string, call: string, values: readonly number[] = []): Promise<unknown> {
    return this.#send(this.#members[member - 1]!, { id: (this.#orders += 1), kernel, call, values });
  }

  #send({ worker, waiting }: Member, order: Order): Promise<unknown> {
    const reply = new Promise((resolve, reject) => waiting.set(order.id, { resolve, reject }));
    // Whoever gives up on the crew does not wait for the answer; it must not end the process.
    reply.catch(() => {});
    worker.postMessage(order);
    return reply;
  }

  /** Ends all other threads, whatever they do. */
  async dismiss(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }
}
