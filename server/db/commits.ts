import type Sqlite from 'better-sqlite3';

interface Piece {
  work(): void;
  /** Called after the commit, or with what went wrong when nothing of the piece was written. */
  settled(error: unknown): void;
}

/** So long may one transaction keep the event loop; what is left goes into the next one. */
const MOST_MILLISECONDS = 8;

/**
 * Writes that come in the same turn of the event loop go to disk together: what a commit costs is the wait for the disk, not the rows. Each
 * piece is all there or not at all, whatever becomes of the others.
 */
export class Commits {
  readonly #client: Sqlite.Database;
  #pieces: Piece[] = [];
  #scheduled = false;

  constructor(client: Sqlite.Database) {
    this.#client = client;
  }

  /** Writes with the next commit. `settled` is called right after it, before anything else happens; its `error` is null when all is on disk. */
  add(work: () => void, settled: (error: unknown) => void): void {
    this.#pieces.push({ work, settled });
    this.#schedule();
  }

  /** Writes with the next commit and gives what the work gave; rejects with what it threw. */
  write<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: T;
      this.add(
        () => {
          result = work();
        },
        (error) => (error === null ? resolve(result) : reject(error as Error)),
      );
    });
  }

  /** Writes at once all that waits. */
  flush(): void {
    while (this.#pieces.length > 0) this.#commit(Infinity);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commit(MOST_MILLISECONDS);
      if (this.#pieces.length > 0) this.#schedule();
    });
  }

  #commit(mostMilliseconds: number): void {
    const outcomes: { piece: Piece; error: unknown }[] = [];
    const began = performance.now();
    const piece = this.#client.transaction((work: () => void) => work());
    const all = this.#client.transaction(() => {
      do {
        const next = this.#pieces.shift();
        if (!next) return;
        outcomes.push({ piece: next, error: null });
        try {
          piece(next.work);
        } catch (error) {
          // A full disk or a lost file ends the whole transaction, not the piece alone.
          if (!this.#client.inTransaction) throw error;
          outcomes.at(-1)!.error = error;
        }
      } while (performance.now() - began < mostMilliseconds);
    });
    try {
      all.immediate();
    } catch (error) {
      for (const outcome of outcomes) outcome.error = error;
    }
    for (const { piece: each, error } of outcomes) each.settled(error);
  }
}
