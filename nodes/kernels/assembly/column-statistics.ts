// Statistics of columns, page by page: moments, histograms, the registers of a HyperLogLog, hashes of whole rows, and values of sampled rows. Pages
// hold float64, or int64 that float64 holds exactly; those that have missing values hold the others close together, with levels that say where
// (Parquet's plain pages), or have NaN in their place. Figures are written a page at a time, for the caller to join in the order of pages, so that
// no result depends on which thread did what.

import { countHistogram } from './statistics-histogram';
import { expand, keepFinite, keepPresent, toFloats } from './statistics-values';
import { hashBits, hashValues } from './statistics-hash';
import { measureValues } from './statistics-moments';

/** What a column is: float64, int64, or 64-bit hashes of what else a row has. */
const WHOLE: u32 = 1;
const HASHES: u32 = 2;

// An order: number of columns 0, first row 4, rows a sample 8, hashes of the rows 12 (0: none), and 24 bytes a column from 16 on: kind 0, number of
// pages 4, pages 8, figures 12, what is known of it 16, place 20.
// A page: rows 0, levels 4 (0: none missing, or NaN), values 8, values that are there 12.
// What is known of a column: least value 0, width of a bin 8, bins 16, values of sampled rows 20.
// The state of a thread: registers of each column, then its bins.
// The figures of a page: finite values 0, missing 4, infinite 8, zeros 12, below zero 16, sum 24, and sums of the second, third and fourth powers of
// distances from the mean 32, 40, 48, of distances from the least value 56.

export const REGISTERS: usize = 8192;
const BIN_BYTES: usize = 512;
const STATE_BYTES: usize = REGISTERS + BIN_BYTES;

/** Which row of the k-th stretch of rows is sampled. */
@inline
function sampledRow(k: u32, every: u32): u64 {
  return <u64>k * every + (hashBits(<u64>k + 1) >> 32) % every;
}

/** Takes in a block of rows. `scratch` has room for three times the rows of a page. */
export function measure(order: usize, state: usize, scratch: usize, scratchBytes: usize): void {
  const columns = load<u32>(order);
  for (let index: u32 = 0; index < columns; index++) measureColumn(order, order + 16 + 24 * index, state, scratch, scratchBytes);
}

function measureColumn(order: usize, column: usize, state: usize, scratch: usize, scratchBytes: usize): void {
  const every = load<u32>(order, 8);
  const kind = load<u32>(column);
  const known: usize = load<u32>(column, 16);
  const own = state + load<u32>(column, 20) * STATE_BYTES;
  const samples: usize = load<u32>(known, 20);
  let hashes: usize = load<u32>(order, 12);
  let row = load<u32>(order, 4);
  let page: usize = load<u32>(column, 8);
  let figures: usize = load<u32>(column, 12);
  const last = page + 16 * load<u32>(column, 4);
  for (; page < last; page += 16, figures += 64) {
    const rows = load<u32>(page);
    const levels: usize = load<u32>(page, 4);
    const stored: usize = load<u32>(page, 8);
    if (kind == HASHES) {
      hashValues(stored, rows, 0, hashes);
    } else {
      let present = stored;
      let count = load<u32>(page, 12);
      if (kind == WHOLE) {
        present = scratch;
        toFloats(stored, count, present);
      }
      // Row by row, and those that are there.
      let cells = present;
      if (levels != 0) {
        cells = scratch + scratchBytes;
        expand(present, levels, rows, cells);
      } else {
        const packed = keepPresent(present, rows, scratch + scratchBytes);
        if (packed < rows) present = scratch + scratchBytes;
        count = packed;
      }
      store<u32>(figures, rows - count, 4);
      measurePresent(present, count, scratch + 2 * scratchBytes, figures, known, own + REGISTERS);
      hashValues(cells, rows, own, hashes);
      for (let k = row / every; ; k++) {
        const sampled = sampledRow(k, every);
        if (sampled >= <u64>row + rows) break;
        if (sampled >= row) store<f64>(samples + (<usize>k << 3), load<f64>(cells + (<usize>(<u32>sampled - row) << 3)));
      }
    }
    row += rows;
    if (hashes != 0) hashes += <usize>rows << 3;
  }
}

function measurePresent(present: usize, count: u32, scratch: usize, figures: usize, known: usize, bins: usize): void {
  const low = load<f64>(known);
  const width = load<f64>(known, 8);
  // Numbers close together and far from zero lose nothing when they are measured from one of them.
  const origin: f64 = width < Infinity ? low : 0;
  let finite = present;
  let kept = count;
  measureValues(present, count, origin, figures);
  if (!(abs(load<f64>(figures, 24)) < Infinity)) {
    kept = keepFinite(present, count, scratch);
    finite = scratch;
    measureValues(finite, kept, origin, figures);
  }
  store<u32>(figures, kept);
  store<u32>(figures, count - kept, 8);
  countHistogram(finite, kept, low, width, load<u32>(known, 16), bins);
}

export { countDistinct } from './statistics-hash';
export { sort } from './statistics-sort';
