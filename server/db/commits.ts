import type Sqlite from 'better-sqlite3';

interface Piece {
  work(): void;
  /** Called after the commit, or with what went wrong when nothing of the piece was written. */
  settled(error: unknown): void;
}

interface Outcome {
  readonly piece: Piece;
  error: unknown;
}

/** So long may one transaction keep the event loop; what is left goes into the next one. */
const MOST_MILLISECONDS = 8;
const LONGEST_WAIT = 10;

/**
 * Writes that come in the same turn of the event loop go to disk together: what a commit costs is the wait for the disk, not the rows. Each
 * piece is all there or not at all, whatever becomes of the others. After a commit as much time is left to other work as it took, so that under
 * load more goes into one.
 */
export class Commits {
  readonly #client: Sqlite.Database;
  #pieces: Piece[] = [];
  /** What someone waits for goes first. */
  #urgent: Piece[] = [];
  #scheduled = false;
  /** Not before this time is there another commit, by `performance.now()`. */
  #notBefore = 0;

  constructor(client: Sqlite.Database) {
    this.#client = client;
  }

  /** Writes with the next commit. `settled` is called right after it, before anything else happens; its `error` is null when all is on disk. */
  add(work: () => void, settled: (error: unknown) => void): void {
    this.#pieces.push({ work, settled });
    this.#schedule();
  }

  /** Writes with the next commit, before what was added, and gives what the work gave; rejects with what it threw. */
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

  /** Writes at once all that waits. */
  flush(): void {
    while (this.#waits) this.#commit(Infinity);
  }

  get #waits(): boolean {
    return this.#urgent.length + this.#pieces.length > 0;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const commit = (): void => {
      this.#scheduled = false;
      this.#commit(MOST_MILLISECONDS);
      if (this.#waits) this.#schedule();
    };
    const wait = this.#notBefore - performance.now();
    if (wait < 1) setImmediate(commit);
    else setTimeout(commit, wait);
  }

  #commit(mostMilliseconds: number): void {
    const outcomes: Outcome[] = [];
    const began = performance.now();
    try {
      this.#client
        .transaction(() => {
          do {
            const piece = this.#urgent.shift() ?? this.#pieces.shift();
            if (!piece) return;
            const outcome: Outcome = { piece, error: null };
            outcomes.push(outcome);
            outcome.error = this.#carryOut(piece);
          } while (performance.now() - began < mostMilliseconds);
        })
        .immediate();
    } catch (error) {
      // When it could not even begin, all that waits hears it.
      if (outcomes.length === 0) outcomes.push(...[...this.#urgent.splice(0), ...this.#pieces.splice(0)].map((piece) => ({ piece, error })));
      for (const outcome of outcomes) outcome.error = error;
    }
    const ended = performance.now();
    this.#notBefore = ended + Math.min(LONGEST_WAIT, ended - began);
    for (const { piece, error } of outcomes) piece.settled(error);
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
