import { describe, expect, it } from 'vitest';
import { LibraryMemory } from './library-memory.svelte.ts';

function storage(text: string | null = null): Pick<Storage, 'getItem' | 'setItem'> & { text: string | null } {
  return {
    text,
    getItem() {
      return this.text;
    },
    setItem(_key: string, value: string) {
      this.text = value;
    },
  };
}

describe('LibraryMemory', () => {
  it('keeps favourites, what was added last and how often, over a reload', () => {
    const kept = storage();
    const memory = new LibraryMemory(kept);
    memory.toggleFavourite('sort');
    memory.toggleFavourite('join-data');
    memory.toggleFavourite('sort');
    for (const type of ['a', 'b', 'a']) memory.added(type, { earlier: 'dataset' });
    memory.added('c', { later: 'a' });
    const again = new LibraryMemory(kept);
    expect(again.favourites).toEqual(['join-data']);
    expect(again.recent).toEqual(['c', 'a', 'b']);
    expect([again.usesOf('a'), again.usesOf('b'), again.usesOf('z')]).toEqual([2, 1, 0]);
    expect([again.pairUses('dataset', 'a'), again.pairUses('c', 'a'), again.pairUses('a', 'c')]).toEqual([2, 1, 0]);
  });
  it('forgets the oldest of what was added', () => {
    const memory = new LibraryMemory(null);
    for (let at = 0; at < 12; at++) memory.added(`n${at}`);
    expect(memory.recent).toEqual(['n11', 'n10', 'n9', 'n8', 'n7', 'n6', 'n5', 'n4']);
  });
  it.each(['no JSON', '[]', '{"favourites":[1],"recent":"x","uses":{"a":"b"},"pairs":null}', 'null'])('begins anew with %s', (text) => {
    const memory = new LibraryMemory(storage(text));
    expect([memory.favourites, memory.recent, memory.usesOf('a')]).toEqual([[], [], 0]);
  });
});
