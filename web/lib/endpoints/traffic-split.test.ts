import { describe, expect, it } from 'vitest';
import { TrafficSplit, withShare } from './traffic-split.svelte.ts';

describe('a split that is being chosen', () => {
  it('always sums to 100, and keeps the proportions of the others', () => {
    expect(withShare({ a: 90, b: 10 }, 'b', 30)).toEqual({ a: 70, b: 30 });
    expect(withShare({ a: 60, b: 30, c: 10 }, 'c', 40)).toEqual({ a: 40, b: 20, c: 40 });
    expect(withShare({ a: 100, b: 0, c: 0 }, 'a', 50)).toEqual({ a: 50, b: 25, c: 25 });
    expect(withShare({ a: 100 }, 'a', 20)).toEqual({ a: 100 });
    for (let value = 0; value <= 100; value++) {
      const shares = Object.values(withShare({ a: 34, b: 33, c: 33 }, 'b', value));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(100);
    }
  });

  it('offers what answers, and no shadow', () => {
    const split = new TrafficSplit([
      { name: 'a', mode: 'live', weight: 100, state: 'serving' },
      { name: 'b', mode: 'shadow', weight: 0, state: 'serving' },
      { name: 'c', mode: 'live', weight: 0, state: 'stopped' },
      { name: 'd', mode: 'live', weight: 0, state: 'idle' },
    ]);
    expect(split.shares).toEqual({ a: 100, d: 0 });
  });
});
