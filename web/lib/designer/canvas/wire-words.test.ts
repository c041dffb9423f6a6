import { describe, expect, it } from 'vitest';
import { isStale, sizeWords, warningLines, wireWords } from './wire-words.ts';

const names = {
  nameOf: (node: string) => ({ split: 'Split Data', train: 'Train Model' })[node] ?? node,
  portOf: ({ port }: { port: string }) => ({ first: { title: 'Results dataset1' }, data: { title: 'Dataset' } })[port],
};

describe('a wire in words', () => {
  it('names nodes and ports as people see them', () => {
    const edge = { from: { node: 'split', port: 'first' }, to: { node: 'train', port: 'data' } };
    expect(wireWords(names, edge)).toBe('Split Data, Results dataset1 to Train Model, Dataset');
  });

  it('falls back to what the file says of an unknown port', () => {
    const edge = { from: { node: 'split', port: 'odd' }, to: { node: 'train', port: 'data' } };
    expect(wireWords(names, edge)).toBe('Split Data, odd to Train Model, Dataset');
  });

  it('says rows and columns', () => {
    expect(sizeWords({ rowCount: 7043, columnCount: 20 })).toBe('7,043 rows × 20 columns');
    expect(sizeWords({ rowCount: 1, columnCount: 1 })).toBe('1 row × 1 column');
    expect(sizeWords({ rowCount: null, columnCount: null })).toBe('');
  });

  it('lists what is doubtful, and how much more there is', () => {
    const constant = { code: 'constant', message: 'One value only.' } as const;
    const profiles = new Map(['a', 'b', 'c', 'd', 'e'].map((name) => [name, { warnings: [constant] }]));
    expect(warningLines(profiles, 10)).toEqual(['a: One value only.', 'b: One value only.', 'c: One value only.', 'and 2 more']);
    expect(warningLines(undefined, 0)).toEqual(['The table has no rows.']);
    expect(warningLines(undefined, 3)).toEqual([]);
  });

  it('is stale while its source will run or runs', () => {
    expect((['will', 'none', 'queued', 'running'] as const).every(isStale)).toBe(true);
    expect((['succeeded', 'reused', 'failed', 'off', 'ready'] as const).some(isStale)).toBe(false);
  });
});
