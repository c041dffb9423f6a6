import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DuckSession, lockInstance, newInstance, type SessionLimits } from './duck.ts';
import { LinkedFiles } from './linked-files.ts';

interface Shared {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  readonly memoryBytes: number;
}

/**
 * DuckDB of a step process. Opening a database takes tens of milliseconds, so the steps of a process take the same one in turn: it sees nothing
 * but a folder that holds the files of the present step, its configuration is locked, and whatever a step makes in it ends with the step's
 * connections. What needs other threads or other memory gets a database of its own.
 */
export class DuckEngine {
  readonly #folder: string;
  readonly #files: LinkedFiles;
  #fresh: Promise<DuckDBInstance> | null = null;
  #shared: Shared | null = null;
  #busy = false;

  /** `folder`: its own, on the file system of the data if possible. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#files = new LinkedFiles(join(folder, 'files'));
  }

  /** Opens the database before there is work. */
  prepare(): void {
    if (this.#shared || this.#fresh) return;
    this.#fresh = newInstance();
    this.#fresh.catch(() => (this.#fresh = null));
  }

  async session(limits: SessionLimits): Promise<DuckSession> {
    if (limits.threads !== 1 || this.#busy) return DuckSession.open(limits);
    this.#busy = true;
    try {
      const { instance, connection } = await this.#database(limits.memoryBytes);
      return new DuckSession(instance, limits, { files: this.#files, connection, close: (failed) => this.#close(failed) });
    } catch (error) {
      this.#busy = false;
      throw error;
    }
  }

  async #database(memoryBytes: number): Promise<Shared> {
    if (this.#shared && this.#shared.memoryBytes !== memoryBytes) this.#discard();
    if (!this.#shared) {
      this.prepare();
      const instance = await this.#fresh!;
      this.#fresh = null;
      await lockInstance(instance, { memoryBytes, threads: 1, spillFolder: join(this.#folder, 'spill'), files: [], folders: [this.#files.folder] });
      this.#shared = { instance, memoryBytes, connection: await instance.connect() };
    }
    return this.#shared;
  }

  #close(failed: boolean): void {
    this.#files.clear();
    if (failed) this.#discard();
    this.#busy = false;
  }

  #discard(): void {
    this.#shared?.connection.closeSync();
    this.#shared?.instance.closeSync();
    this.#shared = null;
  }
}
