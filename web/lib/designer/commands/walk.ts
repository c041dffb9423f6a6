import type { PipelineDocument } from '#pipelines/document.ts';

export type Direction = 'up' | 'down' | 'left' | 'right';

const nearest = (document: PipelineDocument, from: string, ids: readonly string[], along: 0 | 1): string | null => {
  const here = document.layout[from] ?? [0, 0];
  const far = (id: string): number => {
    const place = document.layout[id] ?? [0, 0];
    return Math.abs(place[along] - here[along]) * 2 + Math.abs(place[1 - along]! - here[1 - along]!);
  };
  return ids.length === 0 ? null : ids.reduce((best, id) => (far(id) < far(best) ? id : best));
};

/**
 * The node that an arrow key leads to: down and up along wires (by place where there is none), left and right to the nearest card beside.
 * @returns null when there is nothing that way
 */
export function walk(document: PipelineDocument, from: string, direction: Direction): string | null {
  const ids = document.nodes.map((node) => node.id).filter((id) => id !== from);
  const [x, y] = document.layout[from] ?? [0, 0];
  const place = (id: string): readonly [number, number] => document.layout[id] ?? [0, 0];
  if (direction === 'down' || direction === 'up') {
    const wired = document.edges.flatMap((edge) =>
      direction === 'down' ? (edge.from.node === from ? [edge.to.node] : []) : edge.to.node === from ? [edge.from.node] : [],
    );
    if (wired.length > 0) return nearest(document, from, [...new Set(wired)], 0);
    return nearest(
      document,
      from,
      ids.filter((id) => (direction === 'down' ? place(id)[1] > y + 36 : place(id)[1] < y - 36)),
      1,
    );
  }
  return nearest(
    document,
    from,
    ids.filter((id) => (direction === 'right' ? place(id)[0] > x + 8 : place(id)[0] < x - 8)),
    1,
  );
}
