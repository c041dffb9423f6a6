import { expect, it } from 'vitest';
import { baselineOf, emptyObserved, observe } from './baseline.ts';
import { jensenShannon, kolmogorovSmirnov, stabilityIndex } from './drift.ts';

const then = [10, 20, 30, 40];
const now = [25, 25, 25, 25];

it('gives the population stability index', () => {
  // By hand: 0.15·ln 2.5 + 0.05·ln 1.25 − 0.05·ln(0.25/0.3) − 0.15·ln(0.25/0.4)
  expect(stabilityIndex(then, now)).toBeCloseTo(0.137444 + 0.011157 + 0.009116 + 0.070501, 5);
  expect(stabilityIndex(then, then)).toBe(0);
  // A share of 0 counts as 0.0001: 0.4999·ln(0.5/0.0001) twice
  expect(stabilityIndex([1, 1, 0], [0, 1, 1])).toBeCloseTo(2 * 0.4999 * Math.log(5_000), 10);
  expect(stabilityIndex([0, 0], [1, 1])).toBeNull();
});

it('gives the Jensen-Shannon distance of scipy', () => {
  // By hand as scipy defines it: m = (p+q)/2, sqrt((KL(p‖m) + KL(q‖m)) / 2), base 2
  const p = [0.1, 0.2, 0.3, 0.4];
  const q = [0.25, 0.25, 0.25, 0.25];
  const kl = (a: number[], b: number[]) => a.reduce((sum, share, bin) => sum + share * Math.log2(share / b[bin]!), 0);
  const m = p.map((share, bin) => (share + q[bin]!) / 2);
  expect(jensenShannon(then, now)).toBeCloseTo(Math.sqrt((kl(p, m) + kl(q, m)) / 2), 12);
  // scipy.spatial.distance.jensenshannon([1, 0], [0, 1], base=2) = 1.0, and of [1, 0] with [0.5, 0.5] 0.5579230452841438 (its documentation, base 2)
  expect(jensenShannon([1, 0], [0, 1])).toBeCloseTo(1, 12);
  expect(jensenShannon([1, 0], [1, 1])).toBeCloseTo(0.5579230452841438, 12);
  expect(jensenShannon(then, then)).toBe(0);
});

it('gives the Kolmogorov-Smirnov statistic at the bounds', () => {
  // Shares below the bounds: 0.1, 0.3, 0.6, 1 against 0.25, 0.5, 0.75, 1
  expect(kolmogorovSmirnov(then, now)).toBeCloseTo(0.2, 12);
  expect(kolmogorovSmirnov([1, 0], [0, 1])).toBe(1);
});

it('counts rows over the bins of training, with what is missing, unseen and out of range', () => {
  const numbers = baselineOf('age', Float64Array.from([...Array.from({ length: 100 }, (_, value) => value), NaN]));
  expect(numbers).toMatchObject({ kind: 'number', missing: 1, minimum: 0, maximum: 99, mean: 49.5 });
  if (numbers.kind !== 'number') throw new Error('not a number');
  expect(numbers.edges).toHaveLength(9);
  expect(numbers.counts).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 10]);
  const cities = baselineOf('city', ['Oslo', 'Rome', 'Oslo', null, '']);
  expect(cities).toMatchObject({ kind: 'category', values: ['Oslo', 'Rome'], counts: [2, 1], other: 0, complete: true, missing: 2 });

  const seen = emptyObserved(numbers);
  for (const value of [-1, 0, 50, 99, 100, NaN]) observe(numbers, seen, value);
  expect(seen).toMatchObject({ missing: 1, outOfRange: 2, sum: 248 });
  expect(seen.counts.reduce((sum, count) => sum + count, 0)).toBe(5);
  const named = emptyObserved(cities);
  for (const value of ['Oslo', 'Bern', '']) observe(cities, named, value);
  expect(named).toMatchObject({ counts: [1, 0, 1], missing: 1 });
});

it('makes few bins of few values', () => {
  const flags = baselineOf('partner', Float64Array.from([0, 1, 1, 1]));
  expect(flags).toMatchObject({ edges: [0, 1], counts: [1, 3, 0] });
});
