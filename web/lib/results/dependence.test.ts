import { expect, it } from 'vitest';
import { heights, namedPlaces, shortLevel } from './dependence.ts';

const curve = { column: 'x', grid: [1, 2], means: [[2, 4]], rows: [[0, 10]], deciles: [] };

it('heights hold what is drawn, with air', () => {
  expect(heights([curve], false)).toEqual([1.92, 4.08]);
  expect(heights([curve], true)).toEqual([-0.4, 10.4]);
  expect(heights([{ ...curve, means: [[3, 3]] }], false)).toEqual([2.88, 3.12]);
  expect(heights([], true)).toEqual([0, 1]);
});

it('names of levels leave room for one another', () => {
  expect(namedPlaces(['a', 'b', 'c'], 40)).toEqual([0, 1, 2]);
  expect(namedPlaces(['Month-to-month', 'One year', 'Two year', 'Other'], 26)).toEqual([0, 2]);
  expect(shortLevel('Month-to-month')).toBe('Month-to-mo…');
});
