import { Worker } from 'node:worker_threads';

/** How far the file is written, and whether that is all of it. */
export interface HashOrder {
  readonly written: number;
  readonly last: boolean;
}
export type HashAnswer = { readonly hash: string } | { readonly error: string };

/** The sha256 of a file, taken on another thread while it is written. */
export class GrowingHash {
  readonly #worker: Worker;
  readonly #answer: Promise<string>;

  /** The file must be there. */
  constructor(path: string) {
    this.#worker = new Worker(new URL('./hash-file.worker.js', import.meta.url), { workerData: path, execArgv: [] });
    this.#answer = new Promise((resolve, reject) => {
      this.#worker.on('message', (answer: HashAnswer) => ('hash' in answer ? resolve(answer.hash) : reject(new Error(answer.error))));
      this.#worker.on('error', reject);
      this.#worker.on('exit', () => reject(new Error('The thread that hashes ended.')));
    });
    // Whoever gives up does not wait for it.
    this.#answer.catch(() => undefined);
  }

  /** The first `bytes` of the file will not change. */
  written(bytes: number): void {
    this.#worker.postMessage({ written: bytes, last: false } satisfies HashOrder);
  }

  /** Hexadecimal, of the whole file. */
  async digest(bytes: number): Promise<string> {
    this.#worker.postMessage({ written: bytes, last: true } satisfies HashOrder);
    const hash = await this.#answer;
    await this.close();
    return hash;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
