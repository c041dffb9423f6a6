/** The rows of a long list that are worth drawing, and the pixels that the others before and after them take. */
export interface RowWindow {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
  readonly before: number;
  readonly after: number;
}

const SPARE = 8;

/** What is in view of `count` rows of equal height, with a few spare ones on both sides. */
export function rowWindow({ count, rowHeight, scrollTop, viewHeight }: { count: number; rowHeight: number; scrollTop: number; viewHeight: number }): RowWindow {
  const shown = Math.ceil(viewHeight / rowHeight) + 2 * SPARE;
  const first = Math.max(0, Math.min(count - shown, Math.floor(scrollTop / rowHeight) - SPARE));
  const end = Math.min(count, first + shown);
  return { first, end, before: first * rowHeight, after: (count - end) * rowHeight };
}

/** The scroll position that shows a row, nearest to where the view stands; `header` pixels of it are covered. */
export function scrollToRow(
  row: number,
  { rowHeight, scrollTop, viewHeight, header = 0 }: { rowHeight: number; scrollTop: number; viewHeight: number; header?: number },
): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  const lowest = top + rowHeight + header - viewHeight;
  return lowest > scrollTop ? lowest : scrollTop;
}
