import type { ConnectionSpec } from '#server/connections/open.ts';
import type { ArtifactFile, StepSpec } from '#server/executor/messages.ts';
import type { StepReport, StepResult } from '#server/executor/step-pool.ts';

/** An artifact by its content: whoever needs the bytes asks the exchange for them. */
export type ArtifactReference = Omit<ArtifactFile, 'path' | 'sources'>;

/** All that an engine gets to know of an attempt. JSON: it holds no path, no secret, and nothing that only this machine could read. */
export interface AttemptSpec extends Pick<StepSpec, 'attemptId' | 'stepId' | 'node' | 'params' | 'threads' | 'memoryBytes' | 'allowedHosts' | 'lazyPorts'> {
  /** By input port. */
  readonly inputs: Readonly<Record<string, ArtifactReference>>;
  /** By `name@version`. */
  readonly datasets: Readonly<Record<string, ArtifactReference>>;
  /** Uploaded files by id. */
  readonly files: Readonly<Record<string, { readonly hash: string; readonly name: string }>>;
  /** By name: how the exchange knows them. */
  readonly connections?: Readonly<Record<string, { readonly id: string; readonly revision: string }>>;
  readonly kept?: ArtifactReference;
}

/**
 * How attempts get and give bytes. An engine on this machine uses paths; one elsewhere reads and writes through the same calls over HTTP. What
 * was given is visible to nobody until the executor publishes it, which it does for the attempt with the highest lease alone.
 */
export interface ArtifactExchange {
  /** The file, its content verified. Throws ArtifactDamaged. */
  open(hash: string): Promise<string>;
  /** A connection with its secrets, for the time of an attempt. Errors: `connection_missing`, `connection_failed` when it is another one by now. */
  connection(id: string, revision: string): ConnectionSpec;
  /** The folder on the store's own file system for what an attempt gives; made when it is first asked for. */
  folder(attemptId: string): Promise<string>;
  /** Takes bytes that an attempt gives into its folder: on disk for good, with their sha256 and size. */
  receive(attemptId: string, content: AsyncIterable<Uint8Array>): Promise<{ readonly path: string; readonly hash: string; readonly bytes: number }>;
  /** Removes the folder of an attempt with all that was not published from it. */
  release(attemptId: string): Promise<void>;
}

/** A submitted attempt. It follows from the attempt's id alone, so that one that was submitted before a crash is found again, never begun twice. */
export interface Handle {
  readonly attemptId: string;
}

export interface Limits {
  readonly slots: number;
  /** Of an attempt that takes one slot. */
  readonly threads: number;
  /** The most that one attempt may use. */
  readonly memoryBytes: number;
}

export interface Capabilities extends Limits {
  /** Attempts outlive the server, so that a restart may take them up again. */
  readonly outlivesServer: boolean;
}

export type AttemptStatus = 'queued' | 'running' | 'ended' | 'unknown';

/** The one port to whatever carries out steps. */
export interface ComputeAdapter {
  capabilities(): Capabilities;
  /** Processor time of all its attempts since it was opened; absent when the engine does not tell. */
  readonly cpuMilliseconds?: number;
  /** New limits, for attempts from now on. */
  configure(limits: Limits): void;
  /** Begins an attempt; submitting the same attempt again gives the same handle and begins nothing. */
  submit(spec: AttemptSpec, exchange: ArtifactExchange, report: (report: StepReport) => void): Handle;
  status(handle: Handle): AttemptStatus;
  /** How the attempt ended; waits until it has. Rejects only when the artifacts that it needs cannot be had. */
  result(handle: Handle): Promise<StepResult>;
  /** What it wrote from a line on, and the line to ask for next. */
  logs(handle: Handle, offset: number): { lines: readonly string[]; next: number };
  /** Asks the attempt to stop, and after a few seconds makes it. */
  stop(handle: Handle): void;
  /** Forgets an attempt that has ended, and whatever it left lying about. */
  cleanup(handle: Handle): Promise<void>;
  /** The compute is registered no more. */
  close(): void;
}

/** Opens the adapter of a registered compute; `settings` are the adapter's own. */
export type OpenAdapter = (limits: Limits, settings: Readonly<Record<string, unknown>>) => ComputeAdapter;
