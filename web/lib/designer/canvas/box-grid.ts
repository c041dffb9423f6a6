import type { Box } from './route.ts';

const CELL = 256;
/** One number for a cell; rows up to ±32,767 stay apart. */
const keyOf = (column: number, row: number): number => column * 65_536 + row;

/** Boxes by place, so that those near a line are found without looking at all of them. */
export class BoxGrid {
  readonly #cells = new Map<number, Box[]>();
  readonly #width: number;
  readonly #height: number;

  constructor(boxes: readonly Box[]) {
    let [width, height] = [0, 0];
    for (const box of boxes) {
      [width, height] = [Math.max(width, box.width), Math.max(height, box.height)];
      const key = keyOf(Math.floor(box.x / CELL), Math.floor(box.y / CELL));
      const cell = this.#cells.get(key);
      if (cell) cell.push(box);
      else this.#cells.set(key, [box]);
    }
    [this.#width, this.#height] = [width, height];
  }

  /** Calls `visit` once for each box that may touch the given bounds, in canvas pixels. */
  near(left: number, top: number, right: number, bottom: number, visit: (box: Box) => void): void {
    const [lastColumn, lastRow] = [Math.floor(right / CELL), Math.floor(bottom / CELL)];
    const firstRow = Math.floor((top - this.#height) / CELL);
    for (let column = Math.floor((left - this.#width) / CELL); column <= lastColumn; column += 1) {
      for (let row = firstRow; row <= lastRow; row += 1) for (const box of this.#cells.get(keyOf(column, row)) ?? []) visit(box);
    }
  }
}
