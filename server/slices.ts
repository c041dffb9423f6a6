import { setImmediate } from 'node:timers/promises';
import type { Paused } from '#pipelines/paused.ts';

/** Work in a row lets others have their turn between two of its pieces once it has lasted so long. */
const PIECES_MILLISECONDS = 5;

/** A function to wait for between pieces of work: it takes a turn of the event loop when they have lasted, and else nothing. */
export function betweenPieces(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < PIECES_MILLISECONDS) return;
    await setImmediate();
    began = performance.now();
  };
}

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
