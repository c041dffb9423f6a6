import { describe, expect, it } from 'vitest';
import type { ColumnProfile } from '../api-types.ts';
import { cellText, columnWidth, exactText, profileBars, profileLine } from './cells.ts';
import { bodyHeight, firstRow, indexWidthOf, rowNumber, scrollFor } from './grid.svelte.ts';

describe('row numbers', () => {
  it.each<[string, number | null]>([
    ['2,000', 2_000],
    [' 7 ', 7],
    ['9 999 999', 3_000_000],
    ['0', null],
    ['-3', null],
    ['1.5', null],
    ['abc', null],
    ['', null],
  ])('%j names %s of three million', (text, row) => expect(rowNumber(text, 3_000_000)).toBe(row));

  it('have a column that the last one fits in', () => {
    expect(indexWidthOf(900)).toBe(64);
    expect(indexWidthOf(3_000_000)).toBeGreaterThan(80);
    expect(rowNumber('1', 0)).toBeNull();
  });
});

describe('firstRow', () => {
  it('follows the pixels while the table fits', () => {
    expect(firstRow(0, 240, 1000)).toEqual({ row: 0, top: 0 });
    expect(firstRow(50, 240, 1000)).toEqual({ row: 2, top: 48 });
  });

  it('reaches the last row of ten million', () => {
    const rows = 10_000_000;
    const height = bodyHeight(rows);
    expect(height).toBe(12_000_000);
    expect(firstRow(0, 240, rows).row).toBe(0);
    expect(firstRow(height - 240, 240, rows)).toEqual({ row: rows - 10, top: height - 240 });
  });

  it('is undone by scrollFor, also where rows share pixels', () => {
    for (const [row, rows] of [
      [37, 1000],
      [2_000_000, 3_000_000],
      [9_999_990, 10_000_000],
    ] as const)
      expect(firstRow(scrollFor(row, 240, rows), 240, rows).row).toBe(row);
  });

  it('stands an empty table', () => {
    expect(firstRow(0, 240, 0)).toEqual({ row: 0, top: 0 });
  });
});

describe('cellText', () => {
  it('shows values as text', () => {
    expect(cellText(1397.475, 'number')).toBe('1,397.475');
    expect(cellText(6_250_275, 'number')).toBe('6,250,275');
    expect(cellText(2026, 'integer')).toBe('2026');
    expect(cellText(12345, 'integer')).toBe('12,345');
    expect(cellText(1, 'boolean')).toBe('true');
    expect(cellText(Date.UTC(2026, 10, 21), 'datetime')).toBe('2026-11-21');
    expect(cellText(Date.UTC(2026, 10, 21, 6, 30), 'datetime')).toBe('2026-11-21 06:30:00');
    expect(cellText('<b>No</b>', 'category')).toBe('<b>No</b>');
    expect(cellText('Infinity', 'number')).toBe('∞');
    expect(cellText('-Infinity', 'number')).toBe('−∞');
    expect(cellText('-9007199254740993', 'integer')).toBe('-9,007,199,254,740,993');
  });

  it('has the value itself beside what is shown', () => {
    expect(exactText(1234.56789012345, 'number')).toBe('1234.56789012345');
    expect(exactText('9007199254740993', 'integer')).toBe('9007199254740993');
    expect(exactText('-Infinity', 'number')).toBe('-Infinity');
    expect(exactText(null, 'number')).toBe('');
    expect(exactText(1, 'boolean')).toBe('true');
  });

  it('tells missing from empty and zero', () => {
    expect(cellText(null, 'number')).toBeNull();
    expect(cellText(Number.NaN, 'number')).toBeNull();
    expect(cellText(0, 'number')).toBe('0');
    expect(cellText('', 'text')).toBe('');
  });
});

describe('profiles', () => {
  const base: ColumnProfile = {
    name: 'tenure',
    type: 'number',
    missing: 0,
    distinct: 73,
    minimum: 0,
    maximum: 72,
    mean: 32.4,
    median: 29,
    deviation: 24.5,
    histogram: null,
    top: null,
    distinctExact: true,
    quantiles: null,
    skewness: null,
    kurtosis: null,
    zeros: 0,
    negatives: 0,
    infinite: 0,
    lengths: null,
    largestGap: null,
    warnings: [],
  };

  it('scales bars to the highest and joins too many', () => {
    const counts = Array.from({ length: 40 }, () => 1);
    const bars = profileBars({ ...base, histogram: { edges: [], counts } });
    expect(bars).toHaveLength(20);
    expect(Math.max(...bars)).toBe(1);
  });

  it('says the range or the number of values, and what is missing', () => {
    expect(profileLine({ ...base, histogram: { edges: [0, 72], counts: [1] } })).toBe('0 – 72');
    expect(profileLine({ ...base, distinct: 3, missing: 11, top: [{ value: 'No', count: 5 }] })).toBe('3 values · 11 missing');
  });
});

describe('columnWidth', () => {
  it('leaves room for dates with their times, and for names', () => {
    expect(columnWidth({ name: 'date', type: 'datetime' })).toBeGreaterThanOrEqual('2001-01-01 00:14:00'.length * 7.6 + 16);
    expect(columnWidth({ name: 'delay', type: 'integer' })).toBeLessThan(columnWidth({ name: 'departure_delay', type: 'integer' }));
    expect(columnWidth({ name: 'x'.repeat(100), type: 'text' })).toBe(220);
  });
});
