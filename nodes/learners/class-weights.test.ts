import { expect, it } from 'vitest';
import { weightsWithClasses } from './class-weights.ts';

it('lets each class count as much as any other', () => {
  const weights = weightsWithClasses('balanced', [0, 0, 0, 1, 2, 2], 3)!;
  expect([...weights]).toEqual([2 / 3, 2 / 3, 2 / 3, 2, 1, 1]);
});

it('multiplies the weights of rows, and leaves them alone where nothing is asked', () => {
  const own = Float64Array.of(1, 2, 4);
  expect([...weightsWithClasses('balanced', [0, 1, 1], 2, own)!]).toEqual([1.5, 1.5, 3]);
  expect(weightsWithClasses('none', [0, 1, 1], 2, own)).toBe(own);
  expect(weightsWithClasses('none', [0, 1, 1], 2)).toBeUndefined();
});
