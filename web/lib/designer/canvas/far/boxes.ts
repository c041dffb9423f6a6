import type { Designer } from '../../designer.svelte.ts';
import type { FlowNode } from '../project.ts';

/** A card as it is seen from afar. */
export interface FarBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** Its state, its family and whether it is chosen, as classes. */
  readonly look: string;
  readonly words: string;
}

/** A maker of boxes that gives the very same object for a card that is as it was, so that only what changed is drawn again. */
export function boxMaker(designer: Designer): (cards: readonly FlowNode[]) => FarBox[] {
  let known = new Map<string, FarBox>();
  return (cards) => {
    const boxes = cards.map(({ id, position: { x, y }, selected }): FarBox => {
      const card = designer.cardOf(id);
      const look = `${card?.face ?? ''} family-${designer.definitionOf(id)?.family ?? 'script'}${selected ? ' selected' : ''}`;
      const words = card?.words ?? '';
      const before = known.get(id);
      return before && before.x === x && before.y === y && before.look === look && before.words === words ? before : { id, x, y, look, words };
    });
    known = new Map(boxes.map((box) => [box.id, box]));
    return boxes;
  };
}
