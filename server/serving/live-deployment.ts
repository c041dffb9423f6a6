import { AppError } from '../errors.ts';
import type { DeploymentRow } from './endpoint-records.ts';
import { DEPLOYMENT_DEFAULTS, type DeploymentSettings } from './endpoint-settings.ts';
import type { Inference, Scored } from './inference.ts';
import type { Batch } from './messages.ts';
import { RollingWindow } from './traffic.ts';

/** What a deployment needs of its surroundings. */
export interface DeploymentHost {
  /** Processes with the model, loaded and warm. */
  start(deployment: DeploymentRow, settings: DeploymentSettings, onDeath: (reason: string) => void): Promise<Inference>;
  changed(live: LiveDeployment, state: DeploymentRow['state'], error: string | null): void;
  now(): number;
}

const RESTARTS = 3;
const RESTART_WINDOW = 60_000;
/** What ended again and again is tried once more after this. */
const RETRY = 30_000;
/** So long one that was replaced still takes what was on its way to it. */
const GRACE = 1_000;

/** A deployment that answers: its processes, which come back when they die, and go to sleep when nobody asks. */
export class LiveDeployment {
  row: DeploymentRow;
  readonly settings: DeploymentSettings;
  readonly #host: DeploymentHost;
  #inference: Inference | null;
  #starting: Promise<Inference> | null = null;
  #waiting = 0;
  #deaths: number[] = [];
  #failure: string | null = null;
  #retired = false;
  #ended = false;
  #timer: NodeJS.Timeout | null = null;
  lastUsed: number;
  window: RollingWindow;

  /** `inference` when its processes are there already. */
  constructor(row: DeploymentRow, host: DeploymentHost, windowSeconds: number, inference: Inference | null = null) {
    this.row = row;
    this.settings = { ...DEPLOYMENT_DEFAULTS, ...row.settings };
    this.#host = host;
    this.#inference = inference;
    this.lastUsed = host.now();
    this.window = new RollingWindow(windowSeconds);
  }

  get pids(): number[] {
    return this.#inference?.pids ?? [];
  }

  /** Requests that are not answered yet. */
  get pending(): number {
    return (this.#inference?.pending ?? 0) + this.#waiting;
  }

  /** Whether it holds processes now. */
  get awake(): boolean {
    return this.#inference !== null || this.#starting !== null;
  }

  /** Starts its processes unless they are there. Rejects with the reason; then it has failed, and is tried again later. */
  up(): Promise<Inference> {
    if (this.#inference) return Promise.resolve(this.#inference);
    this.#starting ??= this.#start().finally(() => (this.#starting = null));
    return this.#starting;
  }

  async #start(): Promise<Inference> {
    try {
      const inference: Inference = await this.#host.start(this.row, this.settings, (reason) => this.#died(inference, reason));
      if (this.#ended) {
        await inference.close();
        throw new Error('The deployment was stopped.');
      }
      this.#inference = inference;
      this.#failure = null;
      this.lastUsed = this.#host.now();
      this.#host.changed(this, 'serving', null);
      return inference;
    } catch (error) {
      if (!this.#ended) this.#fail(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** For processes that were started before this object was. */
  died(inference: Inference, reason: string): void {
    this.#died(inference, reason);
  }

  #died(inference: Inference, reason: string): void {
    if (this.#ended || this.#inference !== inference) return;
    this.#inference = null;
    if (this.#retired) return;
    const now = this.#host.now();
    this.#deaths = [...this.#deaths.filter((at) => at > now - RESTART_WINDOW), now];
    if (this.#deaths.length > RESTARTS) return this.#fail(`${reason} It ended ${this.#deaths.length} times within a minute.`);
    this.#host.changed(this, 'starting', reason);
    this.up().catch(() => {});
  }

  #fail(reason: string): void {
    this.#failure = reason;
    this.#host.changed(this, 'failed', reason);
    this.#timer = setTimeout(() => {
      this.#deaths = [];
      if (!this.#ended) this.up().catch(() => {});
    }, RETRY);
    this.#timer.unref();
  }

  /** Scores a batch; one that sleeps wakes up first. Throws 503 when it cannot answer now, 504 over time. */
  async score(batch: Batch, timeout = this.settings.timeLimitMilliseconds): Promise<Scored> {
    this.lastUsed = this.#host.now();
    if (this.#inference) return this.#inference.score(batch, { timeout });
    if (this.#ended) throw unavailable('The deployment was stopped.');
    if (this.#failure !== null && !this.#starting) throw unavailable(`The deployment failed: ${this.#failure}`);
    if (this.#waiting >= this.settings.queueLimit) {
      throw new AppError(503, 'Too many requests wait for this endpoint. Try again in a moment.', { code: 'queue_full', headers: { 'retry-after': '1' } });
    }
    const began = performance.now();
    this.#waiting++;
    try {
      const inference = await this.#within(timeout);
      const waited = performance.now() - began;
      const scored = await inference.score(batch, { timeout: Math.max(1, timeout - waited) });
      return { ...scored, queueMilliseconds: scored.queueMilliseconds + waited };
    } finally {
      this.#waiting--;
    }
  }

  #within(timeout: number): Promise<Inference> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new AppError(504, `The model gave no answer within ${timeout} ms.`, { code: 'time_exhausted' })), timeout);
      this.up()
        .then(resolve, (error: unknown) => reject(unavailable(`The model cannot be started: ${error instanceof Error ? error.message : String(error)}`)))
        .finally(() => clearTimeout(timer));
    });
  }

  /** Begins to judge it anew, over a window of another length. */
  restartWindow(seconds: number): void {
    this.window = new RollingWindow(seconds);
  }

  /** Ends its processes; the next request starts them again. */
  sleep(): void {
    const inference = this.#inference;
    if (!inference || this.pending > 0) return;
    this.#inference = null;
    this.#host.changed(this, 'idle', null);
    void inference.drain();
  }

  /** Another has taken its place: it answers what is on its way to it, and ends after a moment. */
  retire(): void {
    this.#retired = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#ended = true;
      void this.#inference?.drain();
    }, GRACE);
    this.#timer.unref();
  }

  /** Whether another has taken its place. */
  get retired(): boolean {
    return this.#retired || this.#ended;
  }

  async close(): Promise<void> {
    this.#ended = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#starting?.catch(() => {});
    await this.#inference?.close();
  }
}

const unavailable = (reason: string): AppError =>
  new AppError(503, `${reason} Try again in a moment.`, { code: 'endpoint_unavailable', headers: { 'retry-after': '2' } });
