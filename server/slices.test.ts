import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { betweenPieces, inSlices } from './slices.ts';

const busyFor = (milliseconds: number): void => {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
};

/** Turns of the event loop that others get while the work lasts. */
async function turnsBeside(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let done = false;
  const counting = (async () => {
    for (; !done; turns++) await setImmediate();
  })();
  await setImmediate();
  const before = turns;
  await work();
  const during = turns - before;
  done = true;
  await counting;
  return during;
}

it('long work lets others have their turns, and gives its result', async () => {
  function* work(): Generator<void, string, void> {
    for (let piece = 0; piece < 5; piece++) {
      busyFor(20);
      yield;
    }
    return 'result';
  }
  let result = '';
  const turns = await turnsBeside(async () => (result = await inSlices(work())));
  expect(result).toBe('result');
  expect(turns).toBeGreaterThanOrEqual(4);
});

it('pieces in a row let others have a turn when they have lasted', async () => {
  const long = await turnsBeside(async () => {
    const othersFirst = betweenPieces();
    for (let piece = 0; piece < 3; piece++) {
      busyFor(6);
      await othersFirst();
    }
  });
  expect(long).toBeGreaterThanOrEqual(3);
});
