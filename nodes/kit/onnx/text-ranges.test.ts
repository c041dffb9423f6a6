import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textRanges } from './text-ranges.ts';

it('rows are taken together as long as their longest text allows, each once and in order', () => {
  const texts = fc.array(fc.option(fc.integer({ min: 0, max: 30 }).map((length) => 'x'.repeat(length))), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 60 }), (column, limit) => {
      const ranges = textRanges([column, column.toReversed()], 0, column.length, limit);
      expect(ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at))).toEqual([...column.keys()]);
      for (const { from, to } of ranges) {
        const longest = Math.max(...[column, column.toReversed()].flatMap((each) => each.slice(from, to).map((text) => text?.length ?? 0)));
        if (to - from > 1) expect(longest * (to - from)).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

it('short texts and none are one stretch', () => {
  expect(textRanges([Array.from({ length: 10_000 }, () => 'category')], 0, 10_000)).toEqual([{ from: 0, to: 10_000 }]);
  expect(textRanges([], 5, 9)).toEqual([{ from: 5, to: 9 }]);
});
