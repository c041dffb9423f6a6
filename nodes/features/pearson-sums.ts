import { dotsOfFour } from './dots-of-four.ts';

/** A variance below this share of the squares that it was got from has lost too many digits in their difference. */
const LEAST_SHARE = 1e-4;

/**
 * Pearson's correlations of each two of many columns over the rows in which both are finite, from one pass over blocks of rows: sums of products about
 * a value near each column's mean. What is missing is left out of the sums of the others by the few rows where it is.
 */
export class PearsonSums {
  readonly #size: number;
  readonly #scales: Float64Array;
  /** NaN until the first finite value. */
  readonly #shifts: Float64Array;
  readonly #products: Float64Array;
  // Of column a over the rows in which b is there, at a · size + b: their number, sum, and squares, and the squares that these were got from.
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #gross: Float64Array;

  /** `scales`: for each column a power of two that its values are divided by, so that squares do not overflow and no digit is lost. */
  constructor(scales: Float64Array) {
    this.#size = scales.length;
    this.#scales = scales;
    this.#shifts = new Float64Array(this.#size).fill(NaN);
    const cells = this.#size * this.#size;
    this.#products = new Float64Array(cells);
    this.#counts = new Float64Array(cells);
    this.#sums = new Float64Array(cells);
    this.#squares = new Float64Array(cells);
    this.#gross = new Float64Array(cells);
  }

  /** Takes in a block of rows: the values of each column. */
  add(columns: readonly Float64Array[]): void {
    const blocks = columns.map((values, column) => this.#centred(values, column));
    const all = blocks.map(({ values }) => values);
    for (const [a, block] of blocks.entries()) {
      dotsOfFour(block.values, all, a + 1, this.#products, a * this.#size);
      for (const [b, { missing, there }] of blocks.entries()) this.#addPair(block, missing, there, a * this.#size + b);
    }
  }

  /** r of two different columns, NaN where one is constant or there are no two rows; null where rounding may have spoilt it. */
  correlation(a: number, b: number): number | null {
    const [one, other] = [Math.min(a, b) * this.#size + Math.max(a, b), Math.max(a, b) * this.#size + Math.min(a, b)];
    const rows = this.#counts[one]!;
    if (rows < 2) return NaN;
    const spread = (cell: number): number => this.#squares[cell]! - this.#sums[cell]! ** 2 / rows;
    const [first, second] = [spread(one), spread(other)];
    if (!(first > LEAST_SHARE * this.#gross[one]!) || !(second > LEAST_SHARE * this.#gross[other]!)) return null;
    const both = this.#products[one]! - (this.#sums[one]! * this.#sums[other]!) / rows;
    return Math.max(-1, Math.min(1, both / (Math.sqrt(first) * Math.sqrt(second))));
  }

  #centred(values: Float64Array, column: number): Block {
    const scale = this.#scales[column]!;
    const shift = this.#shiftOf(values, column);
    const centred = new Float64Array(values.length);
    const missing: number[] = [];
    let [sum, squares] = [0, 0];
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row]!;
      if (value - value !== 0) {
        missing.push(row);
        continue;
      }
      const z = value / scale - shift;
      centred[row] = z;
      sum += z;
      squares += z * z;
    }
    const there = missing.length * 2 > values.length ? [...values.keys()].filter((row) => Number.isFinite(values[row])) : null;
    return { values: centred, missing, there, sum, squares, isThere: (row) => Number.isFinite(values[row]) };
  }

  #shiftOf(values: Float64Array, column: number): number {
    if (!Number.isNaN(this.#shifts[column])) return this.#shifts[column]!;
    const scale = this.#scales[column]!;
    let [sum, count] = [0, 0];
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      sum += value / scale;
      count += 1;
    }
    if (count > 0) this.#shifts[column] = sum / count;
    return count > 0 ? sum / count : 0;
  }

  /** Adds what is known of column a in the rows in which b is there: all but `missing`, or where that is most of them, `there`. */
  #addPair({ values, missing: own, isThere, sum, squares }: Block, missing: readonly number[], there: readonly number[] | null, cell: number): void {
    let count = values.length - own.length;
    let [sumThere, squaresThere, gross] = [sum, squares, squares];
    if (there) {
      [count, sumThere, squaresThere] = [0, 0, 0];
      for (const row of there) {
        if (!isThere(row)) continue;
        count += 1;
        sumThere += values[row]!;
        squaresThere += values[row]! ** 2;
      }
      gross = squaresThere;
    } else {
      for (const row of missing) {
        if (!isThere(row)) continue;
        count -= 1;
        sumThere -= values[row]!;
        squaresThere -= values[row]! ** 2;
      }
    }
    this.#counts[cell]! += count;
    this.#sums[cell]! += sumThere;
    this.#squares[cell]! += squaresThere;
    this.#gross[cell]! += gross;
  }
}

interface Block {
  /** About the shift; 0 where they are missing. */
  readonly values: Float64Array;
  readonly missing: readonly number[];
  readonly there: readonly number[] | null;
  readonly sum: number;
  readonly squares: number;
  readonly isThere: (row: number) => boolean;
}
