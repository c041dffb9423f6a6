import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlation, pairsOf } from './correlation.ts';
import { PearsonSums } from './pearson-sums.ts';

/** Values around very different means, some or nearly all of them missing. */
const columns = fc
  .record({ width: fc.integer({ min: 2, max: 7 }), rows: fc.integer({ min: 0, max: 90 }), seed: fc.integer({ min: 1, max: 1e9 }) })
  .map(({ width, rows, seed }) => {
    let state = seed;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    return Array.from({ length: width }, () => {
      const [centre, spread, gaps] = [(random() - 0.5) * 10 ** (random() * 9), 10 ** (random() * 4 - 2), [0, 0, 0.1, 0.7, 0.95][Math.floor(random() * 5)]!];
      return Float64Array.from({ length: rows }, () => (random() < gaps ? [NaN, Infinity][Math.floor(random() * 2)]! : centre + (random() - 0.5) * spread));
    });
  });

function sumsOf(all: readonly Float64Array[], blockRows: number): PearsonSums {
  const greatest = (values: Float64Array): number => values.reduce((most, each) => (Number.isFinite(each) ? Math.max(most, Math.abs(each)) : most), 0) || 1;
  const sums = new PearsonSums(Float64Array.from(all, (values) => 2 ** Math.floor(Math.log2(greatest(values)))));
  for (let from = 0; from < all[0]!.length; from += blockRows) sums.add(all.map((values) => values.subarray(from, from + blockRows)));
  return sums;
}

/** By the formula, of values about the first, since the mean of large ones has too few digits. */
function exactly(a: Float64Array, b: Float64Array): number {
  const { x, y } = pairsOf(a, b);
  return correlation({ x: x.map((each) => each - x[0]!), y: y.map((each) => each - y[0]!) });
}

describe('correlations from sums of products', () => {
  it('are those of the rows in which both values are there, however the rows are cut', () => {
    const property = fc.property(columns, fc.integer({ min: 1, max: 40 }), (all, blockRows) => {
      const sums = sumsOf(all, blockRows);
      for (let a = 0; a < all.length; a += 1)
        for (let b = 0; b < all.length; b += 1) {
          if (a === b) continue;
          const found = sums.correlation(a, b);
          const wanted = exactly(all[a]!, all[b]!);
          if (found === null) continue;
          if (Number.isNaN(wanted)) expect(found, `${a} and ${b}`).toBeNaN();
          else expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-9);
        }
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('are certain where values vary around their mean, and uncertain where nothing is left of them', () => {
    const wave = Float64Array.from({ length: 500 }, (_, row) => 1e7 + Math.sin(row));
    const other = Float64Array.from({ length: 500 }, (_, row) => (row % 3 === 0 ? NaN : 5 - Math.sin(row) + Math.cos(row * 3.3)));
    // Where the last one is there, the first one is as good as constant.
    const far = Float64Array.from({ length: 500 }, (_, row) => (row < 250 ? 1e6 * Math.sin(row) : 1e-3 * Math.cos(row)));
    const late = Float64Array.from({ length: 500 }, (_, row) => (row < 250 ? NaN : row));
    const sums = sumsOf([wave, other, far, late], 64);
    expect(Math.abs(sums.correlation(0, 1)! - correlation(pairsOf(wave, other)))).toBeLessThanOrEqual(1e-9);
    expect(sums.correlation(2, 3)).toBeNull();
    expect(sums.correlation(3, 2)).toBeNull();
  });
});
