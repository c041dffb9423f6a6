import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import type { Confined, Confinement } from './confinement/confinement.ts';
import { loose } from './confinement/confinement.ts';
import { JobWatch } from './job-watch.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import { killGroup } from './process-registry.ts';
import { sampleProcess } from './process-sample.ts';

/** The process ended before it answered. */
export interface Crashed {
  readonly type: 'crashed';
  readonly id: string;
  readonly message: string;
  /** Ended for want of memory: trying again would end the same way. */
  readonly outOfMemory: boolean;
}
export type Answer = Extract<FromProcess, { type: 'succeeded' | 'failed' | 'cancelled' | 'finished' }> | Crashed;
/** What a job has used so far: computing time since it began, and the memory that its process holds now. */
export interface Usage {
  readonly type: 'usage';
  readonly id: string;
  readonly cpuMilliseconds: number;
  readonly residentBytes: number;
}
export type Report = Extract<FromProcess, { type: 'log' | 'progress' | 'metric' }> | Usage;

export interface Job {
  readonly id: string;
  readonly message: ToProcess;
  readonly memoryBytes: number;
  report(report: Report): void;
  settle(answer: Answer): void;
  /** The process ended before it began with the job: another may take it. */
  putBack(end: Crashed): void;
}

export interface ChildOptions {
  readonly entry: string;
  /** Its working directory and home, made empty for it. */
  readonly folder: string;
  readonly memoryBytes: number;
  readonly confinement: Confinement;
  /** A process that stands still for so long while it has a job is ended. */
  readonly stoppedAfterMilliseconds: number;
  onReady(child: StepChild): void;
  /** Its job is done and not yet answered for. */
  onIdle(child: StepChild): void;
  onExit(child: StepChild): void;
}

const STDERR_KEPT = 4_000;
/** Of what a process prints, so much is taken at a time, and then nothing for a moment: 25 MB a second at most. */
const STDERR_AT_ONCE = 2 ** 18;
const STDERR_PAUSE = 10;
/** After its end, what is left in its pipe is waited for this long; something it started may hold the pipe open. */
const PIPE_MILLISECONDS = 500;
/** The last words of V8, of C++ and of the C library when an allocation fails. */
const FATAL_WANT_OF_MEMORY = /heap out of memory|Fatal process out of memory|allocation failed|bad_alloc|Cannot allocate memory/i;
/** Where a limit holds already, the watcher ends only what the limit lets through. */
const WATCHER_SLACK = 1.25;

/** One warm step process, in a process group of its own, that does one job at a time. */
export class StepChild {
  readonly pid: number;
  jobsDone = 0;
  /** Its last job ran out of memory: what is left of it may be too little for the next. */
  exhausted = false;
  ready = false;
  /** Takes no more jobs. */
  retired = false;
  readonly #process: ChildProcess;
  readonly #options: ChildOptions;
  readonly #confined: Confined;
  #job: Job | null = null;
  #begun = false;
  #exited = false;
  #watch: JobWatch | null = null;
  #stderr = '';
  #stderrTaken = 0;
  #killedForMemory = false;
  readonly exited: Promise<void>;

  constructor(options: ChildOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const megabytes = Math.max(128, Math.floor(options.memoryBytes / 2 ** 20));
    const flags = [`--max-old-space-size=${megabytes}`, '--disable-warning=ExperimentalWarning'];
    const [execPath, ...execArgv] = [...options.confinement.launcher, process.execPath, ...flags];
    this.#process = fork(options.entry, [], {
      serialization: 'advanced',
      detached: true,
      cwd: options.folder,
      env: environmentOf(options.folder),
      execPath,
      execArgv,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.pid = this.#process.pid ?? -1;
    this.#confined = this.pid > 0 ? options.confinement.confine(this.pid) : loose;
    this.#process.stderr!.on('data', (bytes: Buffer) => this.#hear(bytes));
    this.#process.on('message', (message) => this.#receive(message as FromProcess));
    this.#process.on('error', () => this.kill());
    this.#process.once('exit', () => {
      this.#exited = true;
      // Whatever it started goes with it.
      this.kill();
      setTimeout(() => this.#process.stderr!.destroy(), PIPE_MILLISECONDS).unref();
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.exited = promise;
    const end = (code: number | null, signal: string | null): void => {
      this.#end(code, signal);
      void this.#confined.release().then(resolve);
    };
    this.#process.once('close', end);
    // A process that never started has no `close`.
    if (this.pid === -1) queueMicrotask(() => end(null, null));
  }

  /** Whether it can take a job, as far as is known: the news that it was ended from outside comes a while after. */
  get idle(): boolean {
    return this.ready && !this.busy && !this.retired && !this.#exited;
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
    this.#begun = false;
    // What an earlier job printed is no reason for the end of this one.
    this.#stderr = '';
    this.#watch = new JobWatch(sampleProcess(this.pid), performance.now());
    this.#confined.setMemory(job.memoryBytes);
    this.#send(job.message);
  }

  cancel(id: string): void {
    if (this.#job?.id === id) this.#send({ type: 'cancel', id });
  }

  kill(): void {
    if (this.pid > 0) killGroup(this.pid);
    this.#confined.end();
  }

  /**
   * Looks after the process of a job: reports what it uses, ends it when it holds more memory than it may (`--max-old-space-size` bounds
   * JavaScript objects alone), and when it stands still: a process that is stopped never ends by itself.
   */
  watch(): void {
    const job = this.#job;
    const sample = job && sampleProcess(this.pid);
    if (!job || !sample || !this.#watch) return;
    if (sample.residentBytes > job.memoryBytes * (this.#confined.bounded ? WATCHER_SLACK : 1)) {
      this.#killedForMemory = true;
      return this.kill();
    }
    const now = performance.now();
    const usage = this.#watch.usage(sample, now);
    if (usage) job.report({ type: 'usage', id: job.id, ...usage });
    const still = this.#watch.stillFor(sample, now);
    if (still < this.#options.stoppedAfterMilliseconds) return;
    // What waits for a device may outlast its end for long; nobody waits for it.
    this.retired = true;
    this.kill();
    const state = sample.state === 'D' ? 'waited for a device without an answer' : 'was stopped from outside';
    this.#lose(job, {
      type: 'crashed',
      id: job.id,
      outOfMemory: false,
      message: `The step's process ${state} for ${(still / 1_000).toFixed(1)} seconds, and was ended.`,
    });
  }

  #send(message: ToProcess): void {
    // A failed send is followed by `close`, which settles the job.
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  #receive(message: FromProcess): void {
    if (message.type === 'ready') {
      this.ready = true;
      this.#confined.setMemory(this.#options.memoryBytes);
      return this.#options.onReady(this);
    }
    const job = this.#job;
    if (!job || message.id !== job.id) return;
    this.#begun = true;
    if (message.type === 'begun') return;
    if (message.type === 'log' || message.type === 'progress' || message.type === 'metric') return job.report(message);
    this.jobsDone++;
    this.exhausted = message.type === 'failed' && message.code === 'memory_exhausted';
    this.#leave();
    this.#options.onIdle(this);
    job.settle(message);
  }

  #lose(job: Job, end: Crashed): void {
    this.#leave();
    if (this.#begun || end.outOfMemory) job.settle(end);
    else job.putBack(end);
  }

  #leave(): void {
    this.#job = null;
    this.#watch = null;
  }

  /** Keeps the last words. A process that prints without end is slowed down, so that it costs the server little. */
  #hear(bytes: Buffer): void {
    this.#stderr = (this.#stderr + bytes.subarray(-STDERR_KEPT).toString()).slice(-STDERR_KEPT);
    this.#stderrTaken += bytes.length;
    if (this.#stderrTaken < STDERR_AT_ONCE) return;
    this.#stderrTaken = 0;
    const stderr = this.#process.stderr!;
    stderr.pause();
    setTimeout(() => stderr.resume(), STDERR_PAUSE);
  }

  #end(code: number | null, signal: string | null): void {
    this.retired = true;
    const job = this.#job;
    this.#leave();
    rmSync(this.#options.folder, { recursive: true, force: true });
    this.#options.onExit(this);
    if (job) this.#lose(job, { type: 'crashed', id: job.id, ...this.#causeOfDeath(code, signal, job.memoryBytes) });
  }

  #causeOfDeath(code: number | null, signal: string | null, memoryBytes: number): { message: string; outOfMemory: boolean } {
    if (this.#killedForMemory || this.#confined.ranOut() || FATAL_WANT_OF_MEMORY.test(this.#stderr)) {
      return {
        outOfMemory: true,
        message: `The step needed more than the ${Math.round(memoryBytes / 2 ** 20).toLocaleString('en-US')} MB of memory that a step may use.`,
      };
    }
    return { outOfMemory: false, message: signal ? `The step's process was ended by ${signal}.` : `The step's process ended with code ${code}.` };
  }
}

const PASSED_ON = ['PATH', 'TZ', 'LANG', 'LC_ALL', 'ONNXRUNTIME_NODE_INSTALL', 'NODE_COMPILE_CACHE'];

/** What a step process may know of the server's environment: nothing secret. */
function environmentOf(folder: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { HOME: folder, TMPDIR: folder, NODE_ENV: process.env.NODE_ENV ?? 'production' };
  for (const name of PASSED_ON) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}
