import { describe, expect, it } from 'vitest';
import type { JoinRates } from '../../api-types.ts';
import { joinedRows, multiplicity } from './join-matches.ts';

const rates: JoinRates = {
  left: { rowCount: 5, matched: 3, missing: 1, keys: 3, most: 2 },
  right: { rowCount: 4, matched: 3, missing: 0, keys: 3, most: 2 },
  commonKeys: 2,
  matches: 4,
};

describe('the expected rows of a join', () => {
  it.each([
    ['inner', 4],
    ['left', 6],
    ['right', 5],
    ['full', 7],
    ['semi', 3],
    ['anti', 2],
    ['cross', 20],
  ] as const)('%s', (type, rows) => expect(joinedRows(rates, type)).toBe(rows));

  it('are told with how many rows share a key', () => {
    expect(multiplicity(rates)).toBe('n : m');
    expect(multiplicity({ ...rates, left: { ...rates.left, most: 1 } })).toBe('1 : n');
    expect(multiplicity({ ...rates, commonKeys: 0 })).toBeNull();
  });
});
