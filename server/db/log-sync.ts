import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';

/**
 * Waits for the disk in place of a connection: what was committed with `synchronous = NORMAL` lies in the write-ahead log, and is as safe as a
 * commit with FULL once the log has been synced. That wait need not keep the event loop.
 */
export class LogSync {
  readonly #client: Sqlite.Database;
  #descriptor: number | null = null;

  constructor(client: Sqlite.Database) {
    this.#client = client;
  }

  /** Runs a transaction without waiting for the disk; call `later` or `now` after it. */
  unsynced(transaction: () => void): void {
    this.#client.pragma('synchronous = NORMAL');
    try {
      transaction();
    } finally {
      this.#client.pragma('synchronous = FULL');
    }
  }

  /** Calls back when all that has been committed until now is on disk, or with what went wrong. */
  later(done: (error: Error | null) => void): void {
    try {
      fdatasync(this.#log, done);
    } catch (error) {
      setImmediate(done, error as Error);
    }
  }

  now(): void {
    fdatasyncSync(this.#log);
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  /** The log stays the same file while a connection is open. SQLite locks no part of it, so that closing this descriptor frees no lock. */
  get #log(): number {
    return (this.#descriptor ??= openSync(`${this.#client.name}-wal`, 'r'));
  }
}
