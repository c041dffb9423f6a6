import { expect, test } from 'vitest';
import { cancelRounds } from './cancel-rounds.ts';
import { seedOf } from './random.ts';

test('a run cancelled at any instant ends soon, leaves nothing running, publishes nothing more and gives its slots back', { timeout: 600_000 }, async () => {
  const { broken, ends } = await cancelRounds(100, seedOf('cancels'));
  expect(broken).toEqual([]);
  expect(ends.cancelled).toBeGreaterThan(40);
  expect((ends.cancelled ?? 0) + (ends.succeeded ?? 0)).toBe(100);
});
