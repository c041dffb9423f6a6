import type Sqlite from 'better-sqlite3';
import { LogSync } from './log-sync.ts';

interface Piece {
  work(): void;
  /** Called once it is on disk, or with what went wrong when nothing of the piece was written. */
  settled(error: unknown): void;
}

interface Outcome {
  readonly piece: Piece;
  error: unknown;
}

/** So long may one transaction keep the event loop; what is left goes into the next one. */
const MOST_MILLISECONDS = 3;

/**
 * Writes that come while the disk is busy with earlier ones go there together: what a commit costs is the wait for the disk, not the rows. Each
 * piece is all there or not at all, whatever becomes of the others. Others may read what was written a moment before it is on disk; nobody is
 * told of it before.
 */
export class Commits {
  readonly #client: Sqlite.Database;
  readonly #sync: LogSync;
  readonly #onLost: (error: Error) => void;
  #pieces: Piece[] = [];
  /** What someone waits for goes first. */
  #urgent: Piece[] = [];
  #scheduled = false;
  /** Committed, but not known to be on disk. */
  #syncing: readonly Outcome[] | null = null;
  #lost: Error | null = null;

  /**
   * @param onLost hears that the disk has refused what was committed: the state in memory may be ahead of it, so that the process has to end.
   *   From then on nothing is written here.
   */
  constructor(client: Sqlite.Database, onLost: (error: Error) => void) {
    this.#client = client;
    this.#sync = new LogSync(client);
    this.#onLost = onLost;
  }

  /** Writes with the next commit. `settled` is called when that is on disk; its `error` is null then. */
  add(work: () => void, settled: (error: unknown) => void): void {
    this.#pieces.push({ work, settled });
    this.#schedule();
  }

  /** Writes with the next commit, before what was added, and gives what the work gave when that is on disk; rejects with what it threw. */
  write<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: T;
      this.#urgent.push({
        work: () => {
          result = work();
        },
        settled: (error) => (error === null ? resolve(result) : reject(error as Error)),
      });
      this.#schedule();
    });
  }

  /** Writes at once all that waits, and waits for the disk. */
  flush(): void {
    this.#syncNow();
    while (this.#waits) {
      this.#commit(Infinity);
      this.#syncNow();
    }
  }

  close(): void {
    this.flush();
    this.#sync.close();
  }

  /** Whether someone waits for a commit that has not begun. */
  get awaited(): boolean {
    return this.#urgent.length > 0;
  }

  get #waits(): boolean {
    return this.#urgent.length + this.#pieces.length > 0;
  }

  #schedule(): void {
    if (this.#scheduled || this.#syncing) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#syncing || !this.#waits) return;
      this.#commit(MOST_MILLISECONDS);
      this.#syncLater();
    });
  }

  #commit(mostMilliseconds: number): void {
    if (this.#lost) return this.#refuse(this.#lost);
    const outcomes: Outcome[] = [];
    const began = performance.now();
    const carryOut = (): void => {
      do {
        const piece = this.#urgent.shift() ?? this.#pieces.shift();
        if (!piece) return;
        const outcome: Outcome = { piece, error: null };
        outcomes.push(outcome);
        outcome.error = this.#carryOut(piece);
      } while (performance.now() - began < mostMilliseconds);
    };
    try {
      this.#sync.unsynced(() => this.#client.transaction(carryOut).immediate());
    } catch (error) {
      // When it could not even begin, all that waits hears it.
      if (outcomes.length === 0) return this.#refuse(error);
      for (const outcome of outcomes) outcome.error = error;
    }
    this.#syncing = outcomes;
  }

  #syncLater(): void {
    const outcomes = this.#syncing;
    if (!outcomes) return;
    if (this.#client.memory || outcomes.every(({ error }) => error !== null)) return this.#settle(null);
    this.#sync.later((error) => {
      if (this.#syncing === outcomes) this.#settle(error);
    });
  }

  #syncNow(): void {
    if (!this.#syncing) return;
    try {
      if (!this.#client.memory) this.#sync.now();
      this.#settle(null);
    } catch (error) {
      this.#settle(error as Error);
    }
  }

  #settle(lost: Error | null): void {
    const outcomes = this.#syncing ?? [];
    this.#syncing = null;
    this.#lost ??= lost;
    for (const { piece, error } of outcomes) piece.settled(error ?? lost);
    if (lost) this.#onLost(lost);
    if (this.#waits) this.#schedule();
  }

  #refuse(error: unknown): void {
    for (const piece of [...this.#urgent.splice(0), ...this.#pieces.splice(0)]) piece.settled(error);
  }

  /** What went wrong, or null. Within a transaction another one is a part that can be taken back alone. */
  #carryOut({ work }: Piece): unknown {
    try {
      this.#client.transaction(work).immediate();
      return null;
    } catch (error) {
      // A full disk or a lost file ends the whole transaction, not the piece alone.
      if (!this.#client.inTransaction) throw error;
      return error;
    }
  }
}
