import { describe, expect, it } from 'vitest';
import { emptyDocument } from '#pipelines/document.ts';
import { freePlace } from './place.ts';

describe('freePlace', () => {
  it('is the wish, on the grid, where nothing stands', () => {
    expect(freePlace(emptyDocument('Empty'), [101, 99])).toEqual([104, 96]);
  });
  it('goes below a card that stands there', () => {
    expect(freePlace({ ...emptyDocument('One'), layout: { a: [0, 0] } }, [0, 0])).toEqual([0, 104]);
  });
  it('goes below a note, as tall as it is', () => {
    const note = { id: 'n', x: 0, y: 0, text: 'Why', width: 240, height: 160 };
    expect(freePlace({ ...emptyDocument('Note'), notes: [note] }, [0, 0])).toEqual([0, 208]);
    expect(freePlace({ ...emptyDocument('Note'), notes: [note] }, [256, 0])).toEqual([256, 0]);
  });
});
