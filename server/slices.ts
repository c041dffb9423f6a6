import { setImmediate } from 'node:timers/promises';
import type { Paused } from '#pipelines/paused.ts';

/** So long may one piece of work keep the event loop. */
const SLICE_MILLISECONDS = 15;

/** Carries out long work in slices, between which other requests are answered. Throws what the work throws. */
export async function inSlices<T>(work: Paused<T>): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MILLISECONDS;
    do {
      const { done, value } = work.next();
      if (done) return value;
    } while (performance.now() < until);
    await setImmediate();
  }
}
