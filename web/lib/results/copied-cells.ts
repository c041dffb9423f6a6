/** A cell of text that is separated by tabs, as spreadsheets take it. */
const separated = (text: string): string => (/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * The cells of a grid that are selected, as rows of text; null where none is, or only a part of one, which is copied as it stands.
 * `valueOf` tells the value of a row and a column, counted from 0.
 */
export function copiedCells(grid: HTMLElement, selection: Selection | null, valueOf: (row: number, column: number) => string): string | null {
  if (!selection || selection.isCollapsed) return null;
  const cells = [...grid.querySelectorAll('[role=gridcell]')].filter((cell) => selection.containsNode(cell, true));
  if (cells.length === 0 || (cells.length === 1 && selection.toString().trim() !== cells[0]!.textContent.trim())) return null;
  const rows = Map.groupBy(cells, (cell) => Number(cell.parentElement!.getAttribute('aria-rowindex')) - 2);
  const texts = [...rows].map(([row, some]) => some.map((cell) => separated(valueOf(row, Number(cell.getAttribute('aria-colindex')) - 1))).join('\t'));
  return texts.join('\n');
}
