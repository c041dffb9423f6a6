import { expect, test } from 'vitest';
import { cancelRounds } from '#test/executor/cancel-rounds.ts';
import { seedOf } from '#test/executor/random.ts';

test('of 500 cancelled runs each ends in time: within 2 s when its steps listen', async () => {
  const { broken, ends, slowest } = await cancelRounds(500, seedOf('cancels'));
  console.log(JSON.stringify({ ends, slowest: Math.round(slowest) }));
  expect(broken).toEqual([]);
  expect(slowest).toBeLessThan(2_000);
});
