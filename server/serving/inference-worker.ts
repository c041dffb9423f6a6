import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { FrameReader, loadFrame, readAnswer, scoreFrame } from './frames.ts';
import type { Batch, FromInference, LoadOrder } from './messages.ts';

export interface WorkerEvents {
  readonly answered: (answer: Extract<FromInference, { type: 'scored' | 'failed' }>) => void;
  /** Once, when the process ends, whether it was asked to or not. */
  readonly ended: (reason: string) => void;
}

const LOAD_LIMIT = 60_000;
const CLOSE_LIMIT = 2_000;
const program = fileURLToPath(new URL('./inference-process.ts', import.meta.url));

/** A process that holds a model, and the pipe to it. A model that crashes, hangs or eats memory takes nothing along but this process. */
export class InferenceWorker {
  readonly #child: ChildProcess;
  readonly #pipe: Duplex;
  readonly #gone: Promise<void>;
  #events: WorkerEvents | null = null;
  #ended: string | null = null;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#pipe = child.stdio[3] as Duplex;
    // A process that is gone shows by its end, not by a write that fails.
    this.#pipe.on('error', () => {});
    this.#gone = new Promise((resolve) => {
      const end = (reason: string): void => {
        if (this.#ended !== null) return;
        this.#ended = reason;
        resolve();
        this.#events?.ended(reason);
      };
      child.once('error', (error) => end(`The inference process could not be started (${error.message}).`));
      child.once('exit', (code, signal) => end(`The inference process ended (${signal ?? `code ${code}`}).`));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Starts the process in an existing, empty folder and loads the model.
   * @throws with ONNX Runtime's reason when it cannot be loaded
   */
  static async start(order: LoadOrder, emptyFolder: string, events: WorkerEvents): Promise<InferenceWorker> {
    const compileCache = process.env.NODE_COMPILE_CACHE;
    const child = spawn(process.execPath, ['--max-old-space-size=512', program], {
      cwd: emptyFolder,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC', NODE_NO_WARNINGS: '1', ...(compileCache && { NODE_COMPILE_CACHE: compileCache }) },
    });
    const worker = new InferenceWorker(child);
    try {
      const answer = await worker.#load(order);
      if (answer.type === 'refused') throw new Error(answer.message);
    } catch (error) {
      worker.kill();
      throw error;
    }
    if (worker.#ended !== null) throw new Error(worker.#ended);
    worker.#events = events;
    return worker;
  }

  #load(order: LoadOrder): Promise<FromInference> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`The model did not load within ${LOAD_LIMIT / 1_000} s.`)), LOAD_LIMIT);
      void this.#gone.then(() => {
        clearTimeout(timer);
        reject(new Error(`While the model was loaded: ${this.#ended}`));
      });
      const reader = new FrameReader();
      this.#pipe.on('data', (piece: Buffer) => {
        try {
          for (const frame of reader.push(piece)) {
            const answer = readAnswer(frame);
            if (answer.type === 'scored' || answer.type === 'failed') this.#events?.answered(answer);
            else {
              clearTimeout(timer);
              resolve(answer);
            }
          }
        } catch {
          // What it sends makes no sense: it is broken.
          this.kill();
        }
      });
      this.#pipe.write(loadFrame(order));
    });
  }

  score(id: number, batches: readonly Batch[]): void {
    const pieces = scoreFrame(id, batches);
    if (pieces.length === 1) return void this.#pipe.write(pieces[0]);
    this.#pipe.cork();
    for (const piece of pieces) this.#pipe.write(piece);
    this.#pipe.uncork();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Asks the process to end, and insists after a while. */
  async close(): Promise<void> {
    this.#pipe.end();
    const timer = setTimeout(() => this.kill(), CLOSE_LIMIT);
    await this.#gone;
    clearTimeout(timer);
  }
}
