import { describe, expect, it } from 'vitest';
import { editDistance, lettersWrong } from './edit-distance.ts';

describe('editDistance', () => {
  it.each([
    ['same', 'same', 0],
    ['split', 'spilt', 1],
    ['missing', 'mising', 1],
    ['model', 'modern', 2],
    ['', 'ab', 2],
  ])('%s and %s: %i', (one, other, distance) => {
    expect(editDistance(one, other, 2)).toBe(distance);
    expect(editDistance(other, one, 2)).toBe(distance);
  });
  it('gives up where more letters differ than asked', () => {
    expect(editDistance('split', 'zebra', 2)).toBe(Infinity);
    expect(editDistance('split', 'spilt', 0)).toBe(Infinity);
  });
  it('allows more in longer words', () => expect([3, 4, 7, 8].map(lettersWrong)).toEqual([0, 1, 1, 2]));
});
