import type { PipelineDocument } from '../document.ts';
import { CARD } from '../layout.ts';
import { own } from '../look-up.ts';
import { moveNodes } from './nodes.ts';

export type Alignment = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';
type Place = readonly [number, number];

const placesOf = (document: PipelineDocument, ids: readonly string[]): [string, Place][] =>
  ids.flatMap((id) => {
    const place = own(document.layout, id);
    return place ? [[id, place] as [string, Place]] : [];
  });

/** Lines up cards, which are all of one size, along the outermost of them or, for centre and middle, halfway between the outermost. */
export function alignNodes(document: PipelineDocument, ids: readonly string[], how: Alignment): PipelineDocument {
  const places = placesOf(document, ids);
  if (places.length < 2) return document;
  const axis = how === 'left' || how === 'centre' || how === 'right' ? 0 : 1;
  const along = places.map(([, place]) => place[axis]);
  const [least, most] = [Math.min(...along), Math.max(...along)];
  const line = how === 'left' || how === 'top' ? least : how === 'right' || how === 'bottom' ? most : Math.round((least + most) / 2);
  if (least === most) return document;
  return moveNodes(document, Object.fromEntries(places.map(([id, [x, y]]) => [id, axis === 0 ? [line, y] : [x, line]])));
}

/** Gives cards equal distances between the outermost two of them, across (`x`) or down (`y`); three or more are needed. */
export function distributeNodes(document: PipelineDocument, ids: readonly string[], direction: 'x' | 'y'): PipelineDocument {
  const axis = direction === 'x' ? 0 : 1;
  const places = placesOf(document, ids).sort(([, one], [, other]) => one[axis] - other[axis]);
  if (places.length < 3) return document;
  const first = places[0]![1][axis];
  const step = (places.at(-1)![1][axis] - first) / (places.length - 1);
  const moved = places.map(([id, [x, y]], index): [string, Place] => {
    const at = Math.round(first + step * index);
    return [id, axis === 0 ? [at, y] : [x, at]];
  });
  return moved.every(([id, [x, y]]) => document.layout[id]![0] === x && document.layout[id]![1] === y)
    ? document
    : moveNodes(document, Object.fromEntries(moved));
}

/** The rectangle around cards, in pixels at 100 %; null without any that stands somewhere. */
export function boundsOf(document: Pick<PipelineDocument, 'layout'>, ids: readonly string[]): { x: number; y: number; width: number; height: number } | null {
  const places = ids.flatMap((id) => {
    const place = own(document.layout, id);
    return place ? [place] : [];
  });
  if (places.length === 0) return null;
  const [x, y] = [Math.min(...places.map((place) => place[0])), Math.min(...places.map((place) => place[1]))];
  const [right, bottom] = [Math.max(...places.map((place) => place[0])) + CARD.width, Math.max(...places.map((place) => place[1])) + CARD.height];
  return { x, y, width: right - x, height: bottom - y };
}
