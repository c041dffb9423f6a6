import type { Compute } from '../api-types.ts';

const PAUSE = 2_000;

/** Reads the computes every two seconds while the page is seen, and not at all otherwise. */
export class ComputePoll {
  items = $state.raw<readonly Compute[] | null>(null);
  error = $state.raw<unknown>(null);
  readonly #read: (signal: AbortSignal) => Promise<{ items: readonly Compute[] }>;
  #request: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(read: (signal: AbortSignal) => Promise<{ items: readonly Compute[] }>) {
    this.#read = read;
  }

  /** Follows the page's visibility; call what it gives to end. */
  start(): () => void {
    const look = (): void => (document.visibilityState === 'visible' ? void this.refresh() : this.#pause());
    document.addEventListener('visibilitychange', look);
    look();
    return () => {
      document.removeEventListener('visibilitychange', look);
      this.#pause();
    };
  }

  /** Reads now, as after a change, and goes on from there. */
  async refresh(): Promise<void> {
    this.#pause();
    const request = new AbortController();
    this.#request = request;
    try {
      const { items } = await this.#read(request.signal);
      if (request.signal.aborted) return;
      this.items = items;
      this.error = null;
    } catch (error) {
      if (request.signal.aborted) return;
      this.error = error;
    }
    this.#timer = setTimeout(() => void this.refresh(), PAUSE);
  }

  #pause(): void {
    this.#request?.abort();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
