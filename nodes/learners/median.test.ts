import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lowerMedian } from './median.ts';

it('is the lower middle of the sorted values, missing ones aside', () => {
  const cell = fc.oneof(fc.double({ noDefaultInfinity: false }), fc.integer({ min: -3, max: 3 }), fc.constant(NaN));
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 60 }), (cells) => {
      const sorted = cells.filter((each) => !Number.isNaN(each)).sort((a, b) => a - b);
      const expected = sorted.length > 0 ? sorted[(sorted.length - 1) >> 1]! : NaN;
      const found = lowerMedian(Float64Array.from(cells));
      expect(found === expected || Object.is(found, expected)).toBe(true);
    }),
  );
});
