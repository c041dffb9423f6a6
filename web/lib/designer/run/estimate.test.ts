import { describe, expect, it } from 'vitest';
import { estimateWords, rowsInto, type LastStep } from './estimate.ts';

const last: LastStep = { milliseconds: 900, rowsIn: 7043, rowsOut: 7043, peakBytes: 300 * 2 ** 20, outputs: [] };

describe('estimateWords', () => {
  it('says time, rows and memory of the last run', () => {
    const words = estimateWords({ will: 'run', lastMilliseconds: 1200 }, last);
    expect(words).toMatch(/^≈ 1\.20 s · ≈ 7.043 rows · ≈ .*of memory$/);
  });
  it('leaves out what is not known', () => {
    expect(estimateWords(undefined, undefined)).toBe('');
    expect(estimateWords({ will: 'run', lastMilliseconds: null }, { ...last, milliseconds: null, rowsOut: null, peakBytes: null })).toBe('');
    expect(estimateWords(undefined, { ...last, rowsOut: 1, peakBytes: null })).toMatch(/· ≈ 1 row$/);
  });
  it('grows with the rows that enter now', () => {
    const words = estimateWords({ will: 'run', lastMilliseconds: 1200 }, last, 14_086);
    expect(words).toMatch(/^≈ 2\.40 s · ≈ 14.086 rows · .* · for 14.086 rows in, 7.043 before$/);
    expect(estimateWords({ will: 'run', lastMilliseconds: 1200 }, last, 7043)).not.toContain('before');
    expect(estimateWords({ will: 'run', lastMilliseconds: 1200 }, { ...last, rowsIn: 0 }, 10)).toMatch(/^≈ 1\.20 s/);
    expect(
      rowsInto([
        { kind: 'table', rowCount: 3 },
        { kind: 'model', rowCount: null },
        { kind: 'table', rowCount: 4 },
      ]),
    ).toBe(7);
    expect(rowsInto([{ kind: 'table', rowCount: 3 }, undefined])).toBeNull();
    expect(rowsInto([])).toBeNull();
  });
  it('asks no time and memory for what is taken over', () => {
    expect(estimateWords({ will: 'reuse', lastMilliseconds: 1200 }, last)).toMatch(/^≈ 7.043 rows$/);
  });
});
