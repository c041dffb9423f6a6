import { describe, expect, it } from 'vitest';
import { pick, placeOf, scaledTo } from './split.ts';

const two = [
  { name: 'stable', weight: 90 },
  { name: 'candidate', weight: 10 },
];

describe('a split', () => {
  it('gives each its part of the line', () => {
    expect(pick(two, 0)?.name).toBe('stable');
    expect(pick(two, 0.8999)?.name).toBe('stable');
    expect(pick(two, 0.9)?.name).toBe('candidate');
    expect(pick(two, 0.99999)?.name).toBe('candidate');
  });

  it('never picks one without weight, and nothing when none has any', () => {
    expect(pick([{ weight: 0, name: 'a' }, ...two, { weight: 0, name: 'b' }], 0.999999999)?.name).toBe('candidate');
    expect(pick([{ weight: 0 }], 0.5)).toBeUndefined();
    expect(pick([], 0.5)).toBeUndefined();
  });

  it('spreads keys evenly and keeps each in its place', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `customer-${index}`);
    const first = keys.map((key) => pick(two, placeOf('endpoint', key))!.name);
    expect(keys.map((key) => pick(two, placeOf('endpoint', key))!.name)).toEqual(first);
    const candidates = first.filter((name) => name === 'candidate').length;
    // 1,000 expected; 5 standard deviations of the binomial are 150.
    expect(Math.abs(candidates - 1_000)).toBeLessThan(150);
    expect(placeOf('endpoint', 'a')).not.toBe(placeOf('other', 'a'));
  });

  it('moves only those keys that a changed split must move', () => {
    const wider = [
      { name: 'stable', weight: 70 },
      { name: 'candidate', weight: 30 },
    ];
    for (let index = 0; index < 2_000; index++) {
      const place = placeOf('endpoint', `customer-${index}`);
      if (pick(two, place)!.name === 'candidate') expect(pick(wider, place)!.name).toBe('candidate');
    }
  });

  it('makes room for another in whole numbers', () => {
    expect(scaledTo([90, 10], 80)).toEqual([72, 8]);
    expect(scaledTo([34, 33, 33], 90)).toEqual([30, 30, 30]);
    expect(scaledTo([100], 0)).toEqual([0]);
    expect(scaledTo([0, 0], 50)).toEqual([0, 0]);
  });
});
