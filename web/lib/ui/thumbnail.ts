import type { Outline } from '../api-types.ts';

/** The size of a node card on the canvas, in pixels at 100 %. */
const CARD = { width: 216, height: 72 };

export interface ThumbnailNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly family: string;
}
export interface ThumbnailDrawing {
  readonly nodes: readonly ThumbnailNode[];
  readonly edges: readonly { readonly id: string; readonly d: string }[];
  readonly cardWidth: number;
  readonly cardHeight: number;
}

const half = (value: number): number => Math.round(value) + 0.5;

/** A pipeline's cards and wires fitted into a small picture: cards in their places, tall pipelines pressed together, wires with square corners. */
export function thumbnail(outline: Outline, width: number, height: number, familyOf: (type: string) => string): ThumbnailDrawing {
  const [firstNode] = outline.nodes;
  if (!firstNode) return { nodes: [], edges: [], cardWidth: 0, cardHeight: 0 };
  let left = firstNode.x;
  let top = firstNode.y;
  let right = left;
  let bottom = top;
  for (const { x, y } of outline.nodes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  right += CARD.width;
  bottom += CARD.height;
  const margin = Math.min(12, height / 8);
  const across = Math.min((width - 2 * margin) / (right - left), width / 1500);
  const down = Math.min((height - 2 * margin) / (bottom - top), across);
  const dx = (width - (right - left) * across) / 2;
  const dy = (height - (bottom - top) * down) / 2;
  const cardWidth = CARD.width * across;
  const cardHeight = CARD.height * down * 0.8;
  const nodes = outline.nodes.map(({ id, type, x, y }) => ({ id, x: half(dx + (x - left) * across), y: half(dy + (y - top) * down), family: familyOf(type) }));
  const places = new Map(nodes.map((node) => [node.id, node]));
  const edges = outline.edges.flatMap(({ from, to }, at) => {
    const a = places.get(from);
    const b = places.get(to);
    if (!a || !b) return [];
    const port = cardWidth * 0.2;
    const middle = half((a.y + cardHeight + b.y) / 2);
    return [{ id: `${at}`, d: `M${a.x + port} ${a.y + cardHeight}V${middle}H${b.x + port}V${b.y}` }];
  });
  return { nodes, edges, cardWidth, cardHeight };
}
