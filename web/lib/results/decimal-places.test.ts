import { describe, expect, it } from 'vitest';
import { cellText } from './cells.ts';
import { decimalPlaces } from './decimal-places.ts';

const column = (values: readonly number[], more: readonly number[] = []): (string | null)[] => {
  const places = decimalPlaces(values);
  return [...values, ...more].map((value) => cellText(value, 'number', places));
};

describe('the numbers of a column', () => {
  it('have as many places as the one that has most', () => {
    expect(column([18, 18.7, -1234.25])).toEqual(['18.00', '18.70', '-1,234.25']);
    expect(column([18, 20, -0])).toEqual(['18', '20', '0']);
    expect(column([0.000012, 0.5])).toEqual(['0.000012', '0.500000']);
  });

  it('keep their digits where others have fewer, or are of another size', () => {
    expect(column([18, 18.7], [18.75, 0.001])).toEqual(['18.0', '18.7', '18.75', '0.001']);
    expect(column([1e300, 0.5])).toEqual(['1e+300', '0.5']);
    expect(column([1234567.891234567, 0.00123456789])).toEqual(['1,234,567.89', '0.00123456789']);
    expect(column([1e-7, 120_000.25, 2e12])).toEqual(['0.0000001', '120,000.25', '2,000,000,000,000']);
  });

  it('are rounded to nine digits where they come from arithmetic', () => {
    expect(column([1 / 3, 2 / 3, 0.05, 0])).toEqual(['0.333333333', '0.666666667', '0.050000000', '0.000000000']);
    expect(column([1000 / 3, 1 / 3])).toEqual(['333.333333', '0.333333']);
  });

  it('may be none at all', () => {
    expect(column([], [3, 0.25])).toEqual(['3', '0.25']);
    expect(decimalPlaces([null, undefined, 'Infinity'])).toEqual({ places: 0, exact: true });
  });
});
