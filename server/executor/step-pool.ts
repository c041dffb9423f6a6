import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeError } from '#nodes/kit/issues.ts';
import { newId } from '#server/db/ids.ts';
import { unconfined, type Confinement } from './confinement/confinement.ts';
import type { StepSpec, TaskName, Tasks } from './messages.ts';
import { residentBytes, type ProcessRegistry } from './process-registry.ts';
import { StepChild, type Answer, type Crashed, type Job, type Report } from './step-child.ts';

export type StepReport = Report;
export type StepResult = Exclude<Answer, { type: 'finished' }>;

export interface StepPoolOptions {
  /** Steps at a time. One process more is kept, so that previews are not stuck behind steps. */
  readonly slots: number;
  /** Processes that stand ready before there is work; by default all. Further ones start as soon as there is some, one ahead of need. */
  readonly warm?: number;
  /** Bytes that one process may hold. */
  readonly memoryBytes: number;
  /** Where processes get their empty working directories; with a registry it is emptied at the start. */
  readonly folder: string;
  /** The program of a process; by default step-process.ts. */
  readonly entry?: string;
  readonly registry?: ProcessRegistry;
  /** A process is replaced after so many jobs … */
  readonly recycleAfter?: number;
  /** … or when it holds more than this while idle. */
  readonly recycleBytes?: number;
  /** Between asking a job to stop and ending its process. */
  readonly killAfterMilliseconds?: number;
  /** What keeps processes within bounds, from `chooseConfinement`; by default nothing but the watcher of memory. */
  readonly confinement?: Confinement;
  /** A process that is stopped, or waits for a device, for so long while it has a job is ended. */
  readonly stoppedAfterMilliseconds?: number;
  /** Told when a process ended unasked, with its last words. */
  readonly onCrash?: (pid: number, lastWords: string) => void;
}

/** Thrown by `task` when its process ended, for a reason that lies in the data or in us. */
export class TaskCrashed extends Error {
  override readonly name = 'TaskCrashed';
}

interface Waiting {
  readonly job: Job;
  readonly step: boolean;
  /** Told the process that took the job. */
  taken(child: StepChild): void;
}

const defaultEntry = fileURLToPath(new URL('./step-process.ts', import.meta.url));
const WATCH_MILLISECONDS = 100;
const FAILED_STARTS = 5;

/** Warm processes that do steps and tasks, one at a time each. */
export class StepPool {
  #slots: number;
  #processBytes: number;
  readonly #options: Required<Omit<StepPoolOptions, 'registry' | 'onCrash'>> & Pick<StepPoolOptions, 'registry' | 'onCrash'>;
  readonly #children = new Set<StepChild>();
  readonly #waiting: Waiting[] = [];
  #stepsRunning = 0;
  #failedStarts = 0;
  #closed = false;
  #watch: NodeJS.Timeout | null = null;

  constructor(options: StepPoolOptions) {
    this.#slots = options.slots;
    this.#processBytes = options.memoryBytes;
    this.#options = {
      ...options,
      entry: options.entry ?? defaultEntry,
      warm: options.warm ?? options.slots + 1,
      recycleAfter: options.recycleAfter ?? 1_000,
      recycleBytes: options.recycleBytes ?? 2 ** 30,
      killAfterMilliseconds: options.killAfterMilliseconds ?? 5_000,
      confinement: options.confinement ?? unconfined(),
      stoppedAfterMilliseconds: options.stoppedAfterMilliseconds ?? 10_000,
    };
    if (options.registry) {
      options.registry.endOrphans();
      rmSync(options.folder, { recursive: true, force: true });
    }
    process.once('exit', this.#endAll);
    this.#fill();
  }

  get slots(): number {
    return this.#slots;
  }

  /** Room for so many steps, of which one may hold so much; processes that are too many then go when they are idle. */
  resize({ slots, memoryBytes }: { slots: number; memoryBytes: number }): void {
    this.#slots = slots;
    this.#processBytes = memoryBytes;
    this.#dispatch();
  }

  readonly #endAll = (): void => {
    for (const child of this.#children) child.kill();
  };

  /** How processes are kept within bounds. */
  get confinement(): Confinement['name'] {
    return this.#options.confinement.name;
  }

  /** The pids of the processes that are alive. */
  get pids(): number[] {
    return [...this.#children].map((child) => child.pid);
  }

  /**
   * Carries out a step in a process. Never rejects: a process that ends is a `crashed` result. After an abort the process has a few seconds to
   * answer; then it is ended and the result is `cancelled`.
   */
  run(spec: StepSpec, report: (report: StepReport) => void, signal: AbortSignal): Promise<StepResult> {
    return this.#do({ id: spec.attemptId, message: { type: 'run', spec }, memoryBytes: spec.memoryBytes, step: true, report, signal }) as Promise<StepResult>;
  }

  /**
   * Carries out a task in a process.
   * @throws NodeError when the task fails, TaskCrashed when its process ends, the signal's reason when it is aborted
   */
  async task<N extends TaskName>(task: N, args: Tasks[N]['args'], signal?: AbortSignal): Promise<Tasks[N]['result']> {
    const id = newId();
    const answer = await this.#do({
      id,
      message: { type: 'task', id, task, args, memoryBytes: this.#options.memoryBytes },
      memoryBytes: this.#options.memoryBytes,
      step: false,
      report: () => {},
      signal,
    });
    if (answer.type === 'finished') return answer.result as Tasks[N]['result'];
    if (answer.type === 'failed') throw new NodeError(answer.code, answer.message, { param: answer.param ?? undefined });
    if (answer.type === 'cancelled') throw signal?.reason ?? new DOMException('The task was cancelled.', 'AbortError');
    if (answer.type === 'crashed' && answer.outOfMemory) throw new NodeError('memory_exhausted', answer.message);
    throw new TaskCrashed(answer.type === 'crashed' ? answer.message : 'The process answered a task as if it were a step.');
  }

  /** Ends all processes; what runs is answered `crashed`, so stop runs first. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#watch) clearInterval(this.#watch);
    for (const { job } of this.#waiting.splice(0)) job.settle({ type: 'crashed', id: job.id, message: 'The server is stopping.', outOfMemory: false });
    process.off('exit', this.#endAll);
    const children = [...this.#children];
    this.#endAll();
    await Promise.all(children.map((child) => child.exited));
  }

  #do(work: Pick<Job, 'id' | 'message' | 'memoryBytes' | 'report'> & { step: boolean; signal: AbortSignal | undefined }): Promise<Answer> {
    const { id, signal } = work;
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve({ type: 'cancelled', id });
      if (this.#closed) return resolve({ type: 'crashed', id, message: 'The server is stopping.', outOfMemory: false });
      let child: StepChild | null = null;
      let putBacks = 0;
      let kill: NodeJS.Timeout | null = null;
      const abort = (): void => {
        if (!child) {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
          return settle({ type: 'cancelled', id });
        }
        child.cancel(id);
        kill = setTimeout(() => child!.kill(), this.#options.killAfterMilliseconds);
      };
      const leave = (): void => {
        if (work.step && child) this.#stepsRunning--;
        child = null;
      };
      const settle = (answer: Answer): void => {
        signal?.removeEventListener('abort', abort);
        if (kill) clearTimeout(kill);
        leave();
        resolve(kill && answer.type === 'crashed' ? { type: 'cancelled', id } : answer);
        this.#dispatch();
      };
      const putBack = (end: Crashed): void => {
        // At most all processes that stood ready have ended unnoticed.
        if (kill || this.#closed || ++putBacks > this.slots + 1) return settle(end);
        leave();
        this.#waiting.unshift(waiting);
        this.#dispatch();
      };
      const waiting: Waiting = {
        step: work.step,
        job: { id, message: work.message, memoryBytes: work.memoryBytes, report: work.report, settle, putBack },
        taken: (taker) => {
          child = taker;
          if (work.step) this.#stepsRunning++;
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiting);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    this.#assign();
    this.#fill();
  }

  #assign(): void {
    for (let index = 0; index < this.#waiting.length;) {
      const waiting = this.#waiting[index]!;
      if (waiting.step && this.#stepsRunning >= this.slots) {
        index++;
        continue;
      }
      const child = this.#idle();
      if (!child) return;
      this.#waiting.splice(index, 1);
      waiting.taken(child);
      child.start(waiting.job);
      this.#watch ??= setInterval(() => this.#look(), WATCH_MILLISECONDS).unref();
    }
  }

  /** The process used last is taken first: its caches are warm. */
  #idle(): StepChild | null {
    let best: StepChild | null = null;
    for (const child of this.#children) if (child.idle && (!best || child.jobsDone > best.jobsDone)) best = child;
    return best;
  }

  #look(): void {
    let busy = false;
    for (const child of this.#children) {
      busy ||= child.busy;
      child.watch();
    }
    if (busy || !this.#watch) return;
    clearInterval(this.#watch);
    this.#watch = null;
  }

  #fill(): void {
    let active = 0;
    let needed = this.#waiting.length;
    for (const child of this.#children) {
      if (!child.retired) active++;
      if (child.busy) needed++;
    }
    const wanted = Math.min(this.slots + 1, Math.max(this.#options.warm, needed > 0 ? needed + 1 : 0));
    for (; active < wanted && !this.#closed; active++) this.#spawn();
    const tooMany = [...this.#children].filter((child) => child.ready && !child.busy && !child.retired).slice(0, Math.max(0, active - (this.slots + 1)));
    for (const child of tooMany) {
      child.retired = true;
      child.kill();
    }
  }

  #spawn(): void {
    const child = new StepChild({
      entry: this.#options.entry,
      folder: join(this.#options.folder, `process-${newId()}`),
      memoryBytes: this.#processBytes,
      confinement: this.#options.confinement,
      stoppedAfterMilliseconds: this.#options.stoppedAfterMilliseconds,
      onReady: () => {
        this.#failedStarts = 0;
        this.#dispatch();
      },
      onIdle: (idle) => {
        const used = idle.jobsDone >= this.#options.recycleAfter || residentBytes(idle.pid) > this.#options.recycleBytes;
        if (used || idle.exhausted) this.#retire(idle);
      },
      onExit: (gone) => this.#exited(gone),
    });
    this.#children.add(child);
    if (child.pid > 0) this.#options.registry?.add(child.pid);
  }

  #retire(child: StepChild): void {
    child.retired = true;
    child.kill();
    this.#fill();
  }

  #exited(child: StepChild): void {
    this.#children.delete(child);
    this.#options.registry?.delete(child.pid);
    if (this.#closed) return;
    if (child.ready) return this.#fill();
    // It never came up: an installation that cannot start processes must not spin, nor keep people waiting for ever.
    this.#options.onCrash?.(child.pid, child.lastWords);
    if (++this.#failedStarts >= FAILED_STARTS) {
      const message = 'Step processes cannot be started; the server log says why.';
      for (const { job } of this.#waiting.splice(0)) job.settle({ type: 'crashed', id: job.id, message, outOfMemory: false });
    }
    setTimeout(() => this.#fill(), Math.min(10_000, 50 * 2 ** this.#failedStarts)).unref();
  }
}
