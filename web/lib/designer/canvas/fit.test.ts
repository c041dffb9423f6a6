import { getViewportForBounds, type Rect } from '@xyflow/svelte';
import { describe, expect, it } from 'vitest';
import { paddingBeside } from './fit.ts';
import { LEAST_ZOOM } from './measures.ts';

const space = { width: 800, height: 500 };
const corner = { width: 176, height: 120 };
const card = (x: number, y: number): Rect => ({ x, y, width: 216, height: 72 });
const around = (cards: readonly Rect[]): Rect => ({
  x: 0,
  y: 0,
  width: Math.max(...cards.map((each) => each.x + each.width)),
  height: Math.max(...cards.map((each) => each.y + each.height)),
});

/** Whether a card lies under the corner after the fit. */
function covered(cards: readonly Rect[]): boolean {
  const bounds = around(cards);
  const { x, y, zoom } = getViewportForBounds(bounds, space.width, space.height, LEAST_ZOOM, 1, paddingBeside({ cards, bounds, space, corner }));
  return cards.some(
    (each) => (each.x + each.width) * zoom + x > space.width - corner.width && (each.y + each.height) * zoom + y > space.height - corner.height,
  );
}

describe('fitting the canvas', () => {
  it.each([
    ['a wide pipeline', [card(0, 0), card(1_400, 700)]],
    ['a tall pipeline', [card(0, 0), card(300, 1_600)]],
    ['a small pipeline', [card(0, 0)]],
    ['a row of cards', [card(0, 0), card(700, 0), card(1_400, 0)]],
  ])('leaves no card under the map: %s', (_, cards) => expect(covered(cards)).toBe(false));

  it('leaves the usual room where nothing is in the way, or no map is there', () => {
    const cards = [card(0, 700), card(1_400, 0)];
    const usual = { top: '52px', bottom: '20px', x: 0.06 };
    expect(paddingBeside({ cards: [card(0, 0), card(0, 700), card(1_400, 0)], bounds: around(cards), space, corner })).toEqual(usual);
    expect(paddingBeside({ cards: [card(0, 0), card(1_400, 700)], bounds: around(cards), space, corner: null })).toEqual(usual);
  });
});
