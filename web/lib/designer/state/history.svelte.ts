/** One thing that a person did, and the value before it. */
export interface Entry<T> {
  readonly name: string;
  readonly before: T;
  /** Steps with the same key that follow each other soon become one (typing in a field, nudging a card). */
  readonly key: string | null;
  readonly at: number;
}

const LIMIT = 200;
/** Milliseconds within which changes of one key count as one. */
const TOGETHER = 1_500;

/** Undo and redo of an immutable value by keeping what was before each step. */
export class History<T> {
  #past = $state.raw<readonly Entry<T>[]>([]);
  #future = $state.raw<readonly Entry<T>[]>([]);
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** What undo would take back, such as `Move Split Data`; null when there is nothing. */
  get undoName(): string | null {
    return this.#past.at(-1)?.name ?? null;
  }

  get redoName(): string | null {
    return this.#future.at(-1)?.name ?? null;
  }

  /** Notes that `before` is about to be replaced. */
  record(name: string, before: T, key: string | null = null): void {
    const last = this.#past.at(-1);
    const at = this.#now();
    this.#future = [];
    if (last && key !== null && last.key === key && at - last.at < TOGETHER) {
      this.#past = [...this.#past.slice(0, -1), { ...last, at }];
      return;
    }
    this.#past = [...this.#past.slice(-LIMIT + 1), { name, before, key, at }];
  }

  /** Gives the value to go back to, or null when there is none. */
  undo(current: T): T | null {
    const last = this.#past.at(-1);
    if (!last) return null;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, { ...last, before: current }];
    return last.before;
  }

  redo(current: T): T | null {
    const last = this.#future.at(-1);
    if (!last) return null;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, { ...last, before: current, key: null }];
    return last.before;
  }

  /** Changes every value that is kept, such as by what another person did meanwhile. */
  rebase(change: (value: T) => T): void {
    const moved = (entry: Entry<T>): Entry<T> => ({ ...entry, before: change(entry.before) });
    this.#past = this.#past.map(moved);
    this.#future = this.#future.map(moved);
  }

  /** All that can be undone and done again, to keep it elsewhere. */
  get steps(): { readonly past: readonly Entry<T>[]; readonly future: readonly Entry<T>[] } {
    return { past: this.#past, future: this.#future };
  }

  /** Goes on with steps that were kept before, as long as nothing was done here. */
  restore({ past, future }: History<T>['steps']): void {
    if (this.canUndo || this.canRedo) return;
    const closed = (entry: Entry<T>): Entry<T> => ({ ...entry, key: null });
    this.#past = past.map(closed);
    this.#future = future.map(closed);
  }
}
