import { expect, test } from 'vitest';
import { changeOf, pairModels } from './run-comparison.svelte.ts';

test('models of one name belong together, and the better side is known', () => {
  const [trees, linear, gone] = pairModels(
    'Evaluate',
    [
      { name: 'Trees', metrics: { auc: 0.8 } },
      { name: 'Gone', metrics: { auc: 0.5 } },
    ],
    [
      { name: 'Trees', metrics: { auc: 0.9 } },
      { name: 'Linear', metrics: { auc: 0.7 } },
    ],
  );
  expect([trees?.model, linear?.model, gone?.model]).toEqual(['Trees', 'Linear', 'Gone']);
  expect([trees?.rows[0]?.values, trees?.rows[0]?.best]).toEqual([['0.800', '0.900'], 1]);
  expect(linear?.rows[0]?.numbers).toEqual([Number.NaN, 0.7]);
});

test.each([
  [100, 150, '+50 %'],
  [100, 99, '−1.0 %'],
  [100, 100, '='],
  [1, 20, '× 20'],
  [0, 3, '+'],
  [null, 3, ''],
  [Number.NaN, 3, ''],
  [0.136, 0.13596, '−<0.1 %'],
])('from %s to %s is “%s”', (before, after, words) => expect(changeOf(before, after)).toBe(words));
