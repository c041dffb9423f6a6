import type { PipelineDocument } from './document.ts';
import { graphOf, topologicalOrder } from './graph.ts';

export const CARD = { width: 216, height: 72 } as const;
const LEVEL_GAP = 32;
const COLUMN_GAP = 68;

/** Places for all nodes: level by level from the sources down, each node below the middle of what feeds it. Pixels at 100 %, from (0, 0). */
export function tidy(document: Pick<PipelineDocument, 'nodes' | 'edges'>): PipelineDocument['layout'] {
  const graph = graphOf(document);
  const { order, rest } = topologicalOrder(graph);
  const level = new Map<string, number>();
  for (const id of [...order, ...rest]) level.set(id, Math.max(-1, ...graph.incoming.get(id)!.map((edge) => level.get(edge.from.node) ?? -1)) + 1);
  // A side source such as a learner stands just above what it feeds.
  for (const id of order.toReversed()) {
    if (graph.incoming.get(id)!.length > 0 || graph.outgoing.get(id)!.length === 0) continue;
    level.set(id, Math.max(0, Math.min(...graph.outgoing.get(id)!.map((edge) => level.get(edge.to.node)!)) - 1));
  }
  const rows: string[][] = [];
  for (const [id, at] of level) (rows[at] ??= []).push(id);
  const step = CARD.width + COLUMN_GAP;
  const x = new Map<string, number>();
  for (const row of rows) {
    if (!row) continue;
    const wish = new Map(row.map((id, index) => [id, wishOf(graph.incoming.get(id)!.map((edge) => x.get(edge.from.node))) ?? index * step]));
    row.sort((one, other) => wish.get(one)! - wish.get(other)!);
    let free = -Infinity;
    const placed = row.map((id) => (free = Math.max(wish.get(id)!, free) + step) - step);
    // Moved as a whole, so that the row stays in the middle of what it wished.
    const drift = placed.reduce((sum, at, index) => sum + at - wish.get(row[index]!)!, 0) / row.length;
    row.forEach((id, index) => x.set(id, placed[index]! - drift));
  }
  const left = Math.min(...x.values());
  return Object.fromEntries([...x].map(([id, at]) => [id, [Math.round(at - left), level.get(id)! * (CARD.height + LEVEL_GAP)]]));
}

function wishOf(places: readonly (number | undefined)[]): number | undefined {
  const known = places.filter((place) => place !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, place) => sum + place, 0) / known.length;
}
