import { describe, expect, it } from 'vitest';
import { createColumnKernel } from './columns.server.ts';
import { randomNumbers } from './random.ts';

const random = randomNumbers(3);

describe.each([1, 4, 7, 1_001])('a column of %d rows', (rowCount) => {
  const values = Float64Array.from({ length: rowCount }, (_, row) => (row % 5 === 3 ? NaN : Math.fround(random() * 100 - 40)));
  const known = [...values].filter((each) => !Number.isNaN(each));

  it('is described and encoded as plain loops do', () => {
    const kernel = createColumnKernel(rowCount);
    kernel.take(Float64Array.from({ length: rowCount }, () => 1e9));
    kernel.take(values);
    const { count, sum, minimum, maximum } = kernel.describe();
    expect([count, minimum, maximum]).toEqual([known.length, Math.min(...known), Math.max(...known)]);
    expect(sum).toBeCloseTo(
      known.reduce((total, each) => total + each, 0),
      8,
    );
    expect(kernel.squares(2)).toBeCloseTo(
      known.reduce((total, each) => total + (each - 2) ** 2, 0),
      6,
    );
    const [impute, offset, scale] = [3.25, 0.5, 0.1].map(Math.fround) as [number, number, number];
    const encoded = kernel.encode(impute, offset, scale);
    expect([...encoded]).toEqual([...values].map((each) => Math.fround(Math.fround((Number.isNaN(each) ? impute : each) - offset) * scale)));
  });
});

it('a column without values has none', () => {
  const kernel = createColumnKernel(3);
  kernel.take(Float64Array.of(NaN, NaN, NaN));
  expect(kernel.describe()).toEqual({ count: 0, sum: 0, minimum: Infinity, maximum: -Infinity });
  expect(kernel.squares(0)).toBe(0);
  expect([...kernel.encode(NaN, 0, 1)]).toEqual([NaN, NaN, NaN]);
});

it('infinite values are seen', () => {
  const kernel = createColumnKernel(2);
  kernel.take(Float64Array.of(1, Infinity));
  expect(kernel.describe().maximum).toBe(Infinity);
});
