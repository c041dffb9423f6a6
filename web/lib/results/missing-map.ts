import type { MissingMap } from '../api-types.ts';

/** The first row of each slice, from 1, and one past the last. */
export const firstRows = (slices: readonly number[]): number[] => slices.reduce<number[]>((all, rows) => [...all, all.at(-1)! + rows], [1]);

export type MapColumn = MissingMap['columns'][number];

/** As in the table, or those that miss the most first. */
export const inOrder = (columns: readonly MapColumn[], byMissing: boolean): readonly MapColumn[] =>
  byMissing ? columns.toSorted((a, b) => b.missing - a.missing) : columns;

/** How wide a column is drawn, in pixels: all fit where they can. */
export const cellWidth = (columns: number, room: number): number => Math.max(2, Math.min(28, Math.floor(room / Math.max(1, columns))));
export const NAMED_FROM = 14;

/** Draws the share of missing values as shade, `rowHeight` pixels a slice. */
export function drawMap(
  context: CanvasRenderingContext2D,
  columns: readonly MapColumn[],
  looked: readonly number[],
  { width, rowHeight, colour }: { width: number; rowHeight: number; colour: string },
): void {
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.fillStyle = colour;
  const gap = width >= 6 ? 1 : 0;
  for (const [at, { slices: missing }] of columns.entries()) {
    for (let from = 0; from < missing.length;) {
      const share = missing[from]! / looked[from]!;
      let to = from + 1;
      while (to < missing.length && missing[to]! / looked[to]! === share) to++;
      if (share > 0) {
        // A single missing value among many is seen as well.
        context.globalAlpha = 0.15 + 0.85 * share;
        context.fillRect(at * width, from * rowHeight, width - gap, (to - from) * rowHeight);
      }
      from = to;
    }
  }
  context.globalAlpha = 1;
}
