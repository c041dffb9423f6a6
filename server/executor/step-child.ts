import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import type { FromProcess, ToProcess } from './messages.ts';
import { killGroup, residentBytes } from './process-registry.ts';

/** The process ended before it answered. */
export interface Crashed {
  readonly type: 'crashed';
  readonly id: string;
  readonly message: string;
  /** Ended for want of memory: trying again would end the same way. */
  readonly outOfMemory: boolean;
}
export type Answer = Extract<FromProcess, { type: 'succeeded' | 'failed' | 'cancelled' | 'finished' }> | Crashed;
export type Report = Extract<FromProcess, { type: 'log' | 'progress' | 'metric' }>;

export interface Job {
  readonly id: string;
  readonly message: ToProcess;
  readonly memoryBytes: number;
  report(report: Report): void;
  settle(answer: Answer): void;
}

export interface ChildOptions {
  readonly entry: string;
  /** Its working directory and home, made empty for it. */
  readonly folder: string;
  readonly memoryBytes: number;
  onReady(child: StepChild): void;
  /** Its job is done and not yet answered for. */
  onIdle(child: StepChild): void;
  onExit(child: StepChild): void;
}

const STDERR_KEPT = 4_000;

/** One warm step process, in a process group of its own, that does one job at a time. */
export class StepChild {
  readonly pid: number;
  jobsDone = 0;
  ready = false;
  /** Takes no more jobs. */
  retired = false;
  readonly #process: ChildProcess;
  readonly #options: ChildOptions;
  #job: Job | null = null;
  #stderr = '';
  #killedForMemory = false;
  readonly exited: Promise<void>;

  constructor(options: ChildOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const megabytes = Math.max(128, Math.floor(options.memoryBytes / 2 ** 20));
    this.#process = fork(options.entry, [], {
      serialization: 'advanced',
      detached: true,
      cwd: options.folder,
      env: environmentOf(options.folder),
      execArgv: [`--max-old-space-size=${megabytes}`, '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.pid = this.#process.pid ?? -1;
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    this.#process.on('message', (message) => this.#receive(message as FromProcess));
    this.#process.on('error', () => this.kill());
    this.exited = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => {
        this.#end(code, signal);
        resolve();
      });
    });
    // A process that never started has no `close`.
    if (this.pid === -1) queueMicrotask(() => this.#end(null, null));
  }

  get busy(): boolean {
    return this.#job !== null;
  }

  /** The last words of the process, for the server's log. */
  get lastWords(): string {
    return this.#stderr.trim();
  }

  start(job: Job): void {
    this.#job = job;
    this.#send(job.message);
  }

  cancel(id: string): void {
    if (this.#job?.id === id) this.#send({ type: 'cancel', id });
  }

  kill(): void {
    if (this.pid > 0) killGroup(this.pid);
  }

  /** Ends the process when its job holds more memory than it may; `--max-old-space-size` bounds JavaScript objects alone. */
  watchMemory(): void {
    if (!this.#job || residentBytes(this.pid) <= this.#job.memoryBytes) return;
    this.#killedForMemory = true;
    this.kill();
  }

  #send(message: ToProcess): void {
    // A failed send is followed by `close`, which settles the job.
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  #receive(message: FromProcess): void {
    if (message.type === 'ready') {
      this.ready = true;
      return this.#options.onReady(this);
    }
    const job = this.#job;
    if (!job || message.id !== job.id) return;
    if (message.type === 'log' || message.type === 'progress' || message.type === 'metric') return job.report(message);
    this.#job = null;
    this.jobsDone++;
    this.#options.onIdle(this);
    job.settle(message);
  }

  #end(code: number | null, signal: string | null): void {
    this.retired = true;
    // Whatever it started goes with it.
    this.kill();
    const job = this.#job;
    this.#job = null;
    rmSync(this.#options.folder, { recursive: true, force: true });
    this.#options.onExit(this);
    job?.settle({ type: 'crashed', id: job.id, ...this.#causeOfDeath(code, signal, job.memoryBytes) });
  }

  #causeOfDeath(code: number | null, signal: string | null, memoryBytes: number): { message: string; outOfMemory: boolean } {
    if (this.#killedForMemory || /heap out of memory|allocation failed/i.test(this.#stderr)) {
      return {
        outOfMemory: true,
        message: `The step needed more than the ${Math.round(memoryBytes / 2 ** 20).toLocaleString('en-US')} MB of memory that a step may use.`,
      };
    }
    return { outOfMemory: false, message: signal ? `The step's process was ended by ${signal}.` : `The step's process ended with code ${code}.` };
  }
}

/** What a step process may know of the server's environment: nothing secret. */
function environmentOf(folder: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { HOME: folder, TMPDIR: folder, NODE_ENV: process.env.NODE_ENV ?? 'production' };
  for (const name of ['PATH', 'TZ', 'LANG', 'LC_ALL', 'ONNXRUNTIME_NODE_INSTALL']) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}
