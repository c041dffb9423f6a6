/** A pending call that can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Time as the scheduler sees it, so that tests can turn it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Calls `fire` once `now()` has reached `at`; soon, when it has already, or when the clock was turned back. */
  setTimer(at: number, fire: () => void): Timer;
}

/** Long waits are cut, so that a machine that slept or whose clock was set wakes up within this time. */
const LONGEST_WAIT = 30_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(at, fire) {
    let handle: NodeJS.Timeout;
    const wait = (): void => {
      const seen = Date.now();
      const look = (): void => (Date.now() >= at || Date.now() < seen ? fire() : wait());
      handle = setTimeout(look, Math.max(0, Math.min(at - seen, LONGEST_WAIT)));
      handle.unref();
    };
    wait();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** A clock that stands until it is turned. */
export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<{ at: number; fire: () => void }>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  setTimer(at: number, fire: () => void): Timer {
    const timer = { at, fire };
    this.#timers.add(timer);
    if (at <= this.#now) queueMicrotask(() => this.#timers.delete(timer) && fire());
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Turns the clock to `time`, firing the timers on the way in their order, also those that they set. */
  turnTo(time: number): void {
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= time).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.fire();
    }
    this.#now = Math.max(this.#now, time);
  }

  /** Sets the clock, forwards or back, as a person or a time server would: whoever waits looks again. */
  jumpTo(time: number): void {
    const back = time < this.#now;
    this.#now = time;
    for (const timer of [...this.#timers].filter(({ at }) => back || at <= time)) {
      this.#timers.delete(timer);
      timer.fire();
    }
  }

  turnBy(milliseconds: number): void {
    this.turnTo(this.#now + milliseconds);
  }
}
