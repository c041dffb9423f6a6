import type { DocumentGroup } from '#pipelines/document.ts';
import { groupsAround } from '#pipelines/nesting.ts';
import { NODE_HEIGHT, NODE_WIDTH } from './measures.ts';
import { groupCardId, type Shown } from './shown.ts';

const PADDING = 16;
const HEAD = 28;

interface Point {
  readonly x: number;
  readonly y: number;
}
export interface FrameBox extends Point {
  readonly group: DocumentGroup;
  readonly width: number;
  readonly height: number;
}

/** The frames around groups, outer ones first, each around its cards (their top left corners are given by card) and the frames in it. */
export function frameBoxes({ frames, hidden }: Shown, places: ReadonlyMap<string, Point>): FrameBox[] {
  if (frames.length === 0) return [];
  const boxes = new Map<string, FrameBox>();
  const depth = new Map(frames.map((group) => [group.id, groupsAround(frames, group.id).length]));
  const inwards = frames.toSorted((one, other) => depth.get(one.id)! - depth.get(other.id)!);
  for (const group of inwards.toReversed()) {
    const cards = new Set(group.nodes.map((node) => (hidden.has(node) ? groupCardId(hidden.get(node)!) : node)));
    const inner = [
      ...[...cards].flatMap((card) => places.get(card) ?? []).map(({ x, y }) => ({ x, y, width: NODE_WIDTH, height: NODE_HEIGHT })),
      ...frames.flatMap(({ id, parent }) => (parent === group.id ? (boxes.get(id) ?? []) : [])),
    ];
    if (inner.length === 0) continue;
    const [left, top] = [Math.min(...inner.map(({ x }) => x)) - PADDING, Math.min(...inner.map(({ y }) => y)) - PADDING - HEAD];
    const [right, bottom] = [Math.max(...inner.map((box) => box.x + box.width)) + PADDING, Math.max(...inner.map((box) => box.y + box.height)) + PADDING];
    boxes.set(group.id, { group, x: left, y: top, width: right - left, height: bottom - top });
  }
  return inwards.flatMap(({ id }) => boxes.get(id) ?? []);
}
