/** How long work may wait for callers, and how often it looks whether it may go on. Milliseconds. */
const LONGEST = 20;
const LOOK = 2;

/** Lets work that nobody waits for step back while somebody waits for an answer, for a moment at most: under steady load both go on. */
export class CallersFirst {
  readonly #waiting: () => boolean;
  readonly #goOn: () => void;
  /** Since when the work waits; null when it does not. */
  #since: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param waiting whether a caller waits now
   * @param goOn called soon after work was told to step back; it asks again
   */
  constructor(waiting: () => boolean, goOn: () => void) {
    this.#waiting = waiting;
    this.#goOn = goOn;
  }

  /** Whether the work has to step back now. */
  stepBack(): boolean {
    const now = performance.now();
    if (!this.#waiting() || (this.#since !== null && now - this.#since >= LONGEST)) {
      this.#since = null;
      return false;
    }
    this.#since ??= now;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#goOn();
    }, LOOK);
    return true;
  }
}
