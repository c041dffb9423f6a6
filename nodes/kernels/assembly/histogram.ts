// Histograms of a range of features: a cell is the sum of gradients (i64), then the number of rows in the high bits beside the sum of hessians.
import { binsByColumn, features, gradients, histograms, histogramBytes, offsets, order, ordered, packedBins, rows } from './state';

// @ts-ignore: decorator
@inline
export function slotAt(slot: i32): usize {
  return histograms + <usize>slot * histogramBytes;
}

// @ts-ignore: decorator
@inline
function addTo(cell: usize, gradient: v128): void {
  v128.store(cell, i64x2.add(v128.load(cell), gradient));
}

/** Brings the gradients of order[begin..end) into that order, so that each pass over a few features reads them straight through. */
export function gather(begin: u32, end: u32): void {
  const all = gradients;
  const last = order + (<usize>end << 2);
  let to = ordered;
  for (let at = order + (<usize>begin << 2); at < last; at += 4) {
    v128.store(to, v128.load(all + (<usize>load<u32>(at) << 4)));
    to += 16;
  }
}

/** Adds four features, whose cells stay in the first-level cache together, of the rows at first..last. */
function addFour(histogram: usize, feature: u32, first: usize, last: usize): void {
  const bins = packedBins + <usize>(feature >> 2) * (<usize>rows << 2);
  const offset = offsets + (<usize>feature << 2);
  const a = histogram + load<u32>(offset);
  const b = histogram + load<u32>(offset, 4);
  const c = histogram + load<u32>(offset, 8);
  const d = histogram + load<u32>(offset, 12);
  let from = ordered;
  for (let at = first; at < last; at += 4) {
    const four = load<u32>(bins + (<usize>load<u32>(at) << 2));
    const gradient = v128.load(from);
    addTo(a + <usize>((four << 4) & 0xff0), gradient);
    addTo(b + <usize>((four >> 4) & 0xff0), gradient);
    addTo(c + <usize>((four >> 12) & 0xff0), gradient);
    addTo(d + <usize>((four >> 20) & 0xff0), gradient);
    from += 16;
  }
}

function addOne(histogram: usize, feature: u32, first: usize, last: usize): void {
  const bins = binsByColumn + <usize>feature * <usize>rows;
  const cells = histogram + load<u32>(offsets + (<usize>feature << 2));
  let from = ordered;
  for (let at = first; at < last; at += 4) {
    addTo(cells + (<usize>load<u8>(bins + <usize>load<u32>(at)) << 4), v128.load(from));
    from += 16;
  }
}

/** Adds the gathered rows of order[begin..end) to the emptied cells of the features from..to; `from` is a multiple of four. */
export function buildHistogram(histogram: usize, begin: u32, end: u32, from: u32, to: u32): void {
  const start = load<u32>(offsets + (<usize>from << 2));
  memory.fill(histogram + start, 0, load<u32>(offsets + (<usize>to << 2)) - start);
  const first = order + (<usize>begin << 2);
  const last = order + (<usize>end << 2);
  const wide = min(to, features & ~3);
  let feature = from;
  for (; feature + 4 <= wide; feature += 4) addFour(histogram, feature, first, last);
  for (; feature < to; feature++) addOne(histogram, feature, first, last);
}

/** parent −= child, for the features from..to */
export function subtractHistogram(parent: usize, child: usize, from: u32, to: u32): void {
  const last = load<u32>(offsets + (<usize>to << 2));
  for (let at = <usize>load<u32>(offsets + (<usize>from << 2)); at < last; at += 16) {
    v128.store(parent + at, i64x2.sub(v128.load(parent + at), v128.load(child + at)));
  }
}
