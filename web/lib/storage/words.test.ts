import { expect, test } from 'vitest';
import type { Storage } from '../api-types.ts';
import { freesText, pageOf, sharesOf } from './words.ts';

test('what deleting frees is told in words', () => {
  expect(freesText({ bytes: 0, sharedBytes: 0 })).toContain('nothing');
  expect(freesText({ bytes: 2_000_000, sharedBytes: 0 })).toBe('This frees 2.00 MB.');
  expect(freesText({ bytes: 2_000_000, sharedBytes: 2_000_000 })).toContain('nothing is freed yet');
  expect(freesText({ bytes: 2_000_000, sharedBytes: 500_000 })).toBe('This frees 1.50 MB; the other 500 kB stay, because something else holds them too.');
});

test('each asset leads to its page', () => {
  const use = { bytes: 1, sharedBytes: 0, id: 'x' };
  expect(pageOf({ ...use, kind: 'dataset', name: 'a b' })).toBe('/data/a%20b');
  expect(pageOf({ ...use, kind: 'run', name: 'P, run 1' })).toBe('/runs/x');
  expect(pageOf({ ...use, kind: 'deployment', name: 'churn blue green' })).toBe('/endpoints/churn');
  expect(pageOf({ ...use, kind: 'file', name: 'a.csv' })).toBeNull();
});

test('the parts add up to the whole, each byte once', () => {
  const storage: Storage = {
    totalBytes: 1_000,
    freeDiskBytes: 5,
    databaseBytes: 100,
    walBytes: 50,
    unreferencedBytes: 30,
    byKind: [
      { kind: 'run', count: 3, bytes: 700, sharedBytes: 200 },
      { kind: 'dataset', count: 1, bytes: 300, sharedBytes: 200 },
      { kind: 'model', count: 1, bytes: 20, sharedBytes: 0 },
      { kind: 'file', count: 0, bytes: 0, sharedBytes: 0 },
      { kind: 'deployment', count: 0, bytes: 0, sharedBytes: 0 },
    ],
    items: [],
  };
  const shares = sharesOf(storage);
  expect(shares.map(({ key, bytes }) => [key, bytes])).toEqual([
    ['dataset', 100],
    ['run', 500],
    ['model', 20],
    ['shared', 200],
    ['unreferenced', 30],
    ['database', 150],
  ]);
  expect(shares.reduce((sum, share) => sum + share.bytes, 0)).toBe(storage.totalBytes);
});
