import { describe, expect, it } from 'vitest';
import { inTwoLines, parallelAxis } from './parallel-axes.ts';

describe('parallelAxis', () => {
  it('places numbers by value, with a tick at each of a few', () => {
    const axis = parallelAxis('leaves', [8, 32, 16, 8]);
    expect([8, 20, 32].map(axis.place)).toEqual([0, 0.5, 1]);
    expect(axis.ticks.map((tick) => tick.text)).toEqual(['8', '16', '32']);
    expect(axis.logarithmic).toBe(false);
  });

  it('places numbers that are far apart by their logarithm', () => {
    const axis = parallelAxis('l2', [0.01, 1, 100]);
    expect(axis.place(1)).toBeCloseTo(0.5);
    expect(axis.logarithmic).toBe(true);
  });

  it('places words at even distances, and a single value in the middle', () => {
    const axis = parallelAxis('booster', ['b', 'c', 'a']);
    expect(['a', 'b', 'c'].map(axis.place)).toEqual([0, 0.5, 1]);
    expect(parallelAxis('one', [7, 7]).place(7)).toBe(0.5);
    expect(parallelAxis('one', [null, 3]).place(null)).toBeNaN();
  });
});

describe('the name of an axis', () => {
  it.each([
    ['AUC', 10, ['AUC']],
    ['Minimum number of samples per leaf node', 21, ['Minimum number of', 'samples per leaf node']],
    ['Minimum number of samples per leaf node', 18, ['Minimum number of', 'samples per leaf…']],
    ['Unverhältnismäßigkeit', 8, ['Unverhäl', 'tnismäß…']],
  ])('%s in lines of %i letters', (name, letters, lines) => expect(inTwoLines(name, letters)).toEqual(lines));
});
