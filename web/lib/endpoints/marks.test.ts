import { expect, it } from 'vitest';
import { marksTogether } from './marks.ts';

it('joins marks whose words would overlap, the newest in front', () => {
  const marks = [
    { at: 10, words: 'v1 deployed' },
    { at: 100, words: 'v2 deployed' },
    { at: 104, words: 'split' },
  ];
  expect(marksTogether(marks, 20)).toEqual([
    { at: 104, words: '2 changes', all: 'v2 deployed, split' },
    { at: 10, words: 'v1 deployed', all: 'v1 deployed' },
  ]);
  expect(marksTogether([], 20)).toEqual([]);
});
