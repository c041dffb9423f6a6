// Histograms of a block of features: a cell is the sum of gradients (i64), then the number of rows in the high bits beside the sum of hessians.
// Rows are staged in small groups: the scattered reads of many rows overlap there, and then each four features in turn add the group to cells
// that stay in the first-level cache. Rows that count for nothing are left out while staging.
import { blockAt, blockBytes, chosen, firstFeature, gradients, histograms, histogramBytes, offsets, order, STAGED, stagedBins, stagedCells } from './state';

@inline
export function slotAt(slot: i32): usize {
  return histograms + <usize>slot * histogramBytes;
}

@inline
function addTo(cell: usize, gradient: v128): void {
  v128.store(cell, i64x2.add(v128.load(cell), gradient));
}

/** Bytes of a staged row: the places within their histograms of 16 bins, two bytes each. */
const STAGED_ROW: usize = 32;

/** Stages rows from `at` to `last` of the order until the stage is full; gives the place reached. Features of a row beyond the block's are noise. */
let staged: usize = 0;
function stage(bins: usize, at: usize, last: usize): usize {
  const all = gradients;
  const width = blockBytes;
  const stop = min(last, at + (STAGED << 2));
  let toCells = stagedCells;
  let toBins = stagedBins;
  for (; at < stop; at += 4) {
    const row = <usize>load<u32>(at);
    const cell = v128.load(all + (row << 4));
    const own = v128.load(bins + row * width);
    v128.store(toCells, cell);
    v128.store(toBins, i16x8.shl(i16x8.extend_low_i8x16_u(own), 4));
    v128.store(toBins, i16x8.shl(i16x8.extend_high_i8x16_u(own), 4), 16);
    const counts = <usize>(i64x2.extract_lane(cell, 1) != 0);
    toCells += counts << 4;
    toBins += counts << 5;
  }
  staged = (toCells - stagedCells) >> 4;
  return at;
}

function addFour(cells: usize, offset: usize, bins: usize): void {
  const a = cells + load<u32>(offset);
  const b = cells + load<u32>(offset, 4);
  const c = cells + load<u32>(offset, 8);
  const d = cells + load<u32>(offset, 12);
  const end = stagedCells + (staged << 4);
  for (let from = stagedCells; from < end; from += 16) {
    const gradient = v128.load(from);
    addTo(a + <usize>load<u16>(bins), gradient);
    addTo(b + <usize>load<u16>(bins, 2), gradient);
    addTo(c + <usize>load<u16>(bins, 4), gradient);
    addTo(d + <usize>load<u16>(bins, 6), gradient);
    bins += STAGED_ROW;
  }
}

function addOne(cells: usize, offset: usize, bins: usize): void {
  const a = cells + load<u32>(offset);
  const end = stagedCells + (staged << 4);
  for (let from = stagedCells; from < end; from += 16) {
    addTo(a + <usize>load<u16>(bins), v128.load(from));
    bins += STAGED_ROW;
  }
}

/** Adds the rows of order[begin..end) to the emptied cells of a block's chosen features. */
export function buildHistogram(histogram: usize, begin: u32, end: u32, block: u32): void {
  const from = firstFeature(block);
  const to = firstFeature(block + 1);
  const start = load<u32>(offsets + (<usize>from << 2));
  memory.fill(histogram + start, 0, load<u32>(offsets + (<usize>to << 2)) - start);
  const bins = blockAt(block);
  const last = order + (<usize>end << 2);
  let at = order + (<usize>begin << 2);
  while (at < last) {
    at = stage(bins, at, last);
    let feature = from;
    let place = stagedBins;
    for (; feature + 4 <= to; feature += 4) {
      if (load<u32>(chosen + <usize>feature) != 0) addFour(histogram, offsets + (<usize>feature << 2), place);
      place += 8;
    }
    for (; feature < to; feature++) {
      if (load<u8>(chosen + <usize>feature)) addOne(histogram, offsets + (<usize>feature << 2), place);
      place += 2;
    }
  }
}

/** parent −= child, for a block of features */
export function subtractHistogram(parent: usize, child: usize, block: u32): void {
  const last = load<u32>(offsets + (<usize>firstFeature(block + 1) << 2));
  for (let at = <usize>load<u32>(offsets + (<usize>firstFeature(block) << 2)); at < last; at += 16) {
    v128.store(parent + at, i64x2.sub(v128.load(parent + at), v128.load(child + at)));
  }
}
