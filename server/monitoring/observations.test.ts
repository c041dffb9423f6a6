import { expect, it } from 'vitest';
import type { Database } from '../db/client.ts';
import type { Seen } from '../serving/live-endpoints.ts';
import { Observations } from './observations.ts';

it('tells of a disk that fails, in whatever turn of the event loop it does', async () => {
  const seen = { live: { row: { id: 'a' } }, batch: { rowCount: 1 } } as unknown as Seen;
  let reads = 0;
  const slow = {
    select() {
      if (++reads === 2) throw new Error('The disk is full.');
      for (const until = performance.now() + 5; performance.now() < until;);
      return { from: () => ({ where: () => ({ get: () => undefined }) }) };
    },
  } as unknown as Database;
  const observations = new Observations(slow);
  observations.note({ ...seen, live: { row: { id: 'b' } } } as unknown as Seen);
  observations.note(seen);
  await expect(observations.foldSoon(0)).rejects.toThrow('The disk is full.');
  expect(reads).toBe(2);
});
