import type { Page } from './api-types.ts';

/** One thing read from the server. Old data stays while it is read again. */
export class Loading<T> {
  #value = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  busy = $state(false);
  #turn = 0;

  get value(): T | null {
    return this.#value;
  }

  /** Takes in what is known otherwise, as from the answer to a change; what is being read is older, and counts no more. */
  take(value: T | null): void {
    this.#turn++;
    this.#value = value;
    this.error = null;
    this.busy = false;
  }

  /** Reads; of several reads under way only the last one counts. */
  async load(read: () => Promise<T>): Promise<T | null> {
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const value = await read();
      if (turn !== this.#turn) return null;
      this.#value = value;
      this.error = null;
      return value;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
      return null;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}

/** A long list read page by page. */
export class Pages<T> {
  items = $state.raw<readonly T[]>([]);
  error = $state.raw<unknown>(null);
  /** False until the first page came. */
  ready = $state(false);
  busy = $state(false);
  #cursor = $state<string | null>(null);
  readonly more = $derived(this.#cursor !== null);
  #turn = 0;
  #gone: ((item: T) => boolean)[] = [];
  readonly #read: (cursor: string | null) => Promise<Page<T>>;

  constructor(read: (cursor: string | null) => Promise<Page<T>>) {
    this.#read = read;
  }

  /** Begins anew; the old items stay until the new ones are here. */
  async restart(): Promise<void> {
    await this.#take(null, []);
  }

  async next(): Promise<void> {
    if (this.#cursor !== null && !this.busy) await this.#take(this.#cursor, this.items);
  }

  /** Takes items out, also of what is being read meanwhile. */
  drop(test: (item: T) => boolean): void {
    this.items = this.items.filter((item) => !test(item));
    if (this.busy) this.#gone.push(test);
  }

  async #take(cursor: string | null, before: readonly T[]): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const page = await this.#read(cursor);
      if (turn !== this.#turn) return;
      this.items = [...before, ...page.items].filter((item) => !this.#gone.some((test) => test(item)));
      this.#cursor = page.nextCursor;
      this.error = null;
      this.ready = true;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) {
        this.busy = false;
        this.#gone = [];
      }
    }
  }
}
