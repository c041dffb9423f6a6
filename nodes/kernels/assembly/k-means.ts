// Lloyd's algorithm (1982) on float32 rows, 4 rows × 8 centres at a time. A row's nearest centre has the largest x·c − |c|²/2. Sums are kept for
// each block of rows in float64 and change only where a row changes its cluster, so they do not depend on the number of threads. A row whose
// bounds show that its centre is still the nearest is not compared with the others: one for each of eight groups of centres (Elkan 2003, "Using the
// triangle inequality to accelerate k-means", where a group is a centre; Ding et al. 2015, "Yinyang k-means", where it is more). They are held so wide
// that the rounding of a comparison could not have chosen otherwise.
export { addBatch } from './k-means-batch';
export { keepCentre, tryCentres } from './k-means-seeding';
export {
  layout,
  pointsAddress,
  labelsAddress,
  nearestAddress,
  lengthsAddress,
  weightsAddress,
  centresAddress,
  biasesAddress,
  stageRows,
  stageAddress,
  meansAddress,
  centreRowsAddress,
  batchAddress,
  movesAddress,
  travelsAddress,
  halfGapsAddress,
  sumsAddress,
  sumsStride,
  takeRows,
  turnAddress,
} from './k-means-state';
import { compare, high0, high1, high2, high3, low0, low1, low2, low3, place0, place1, place2, place3, top0, top1, top2, top3 } from './k-means-compare';
import {
  rows,
  width,
  places,
  blockRows,
  points,
  labels,
  nearest,
  bounds,
  doubtful,
  lengths,
  weights,
  centres,
  centreRows,
  moves,
  travels,
  halfGaps,
  sums,
  stride,
  takeBlock,
} from './k-means-state';
import { addRow } from './k-means-sums';

/** What rounding can add to a squared distance of a row from a centre. */
@inline
function noiseOf(row: u32, share: f32, longest: f32): f32 {
  return share * (load<f32>(lengths + <usize>row * 4) + longest);
}

/** Of four groups: the least distance of a row from their centres, and what they travelled until now. Bounds and travels are held so wide that sums of theirs are bounds. */
@inline
function boundOf(least: v128, scores: v128, travelled: v128): v128 {
  const squares = f32x4.sub(least, f32x4.add(scores, scores));
  const distances = f32x4.sqrt(f32x4.pmax(f32x4.splat(0), squares));
  return f32x4.mul(f32x4.add(distances, travelled), f32x4.splat(0.999999));
}

/** Takes over what was found for a row. */
function settle(block: usize, row: u32, where: u32, score: f32, low: v128, high: v128, share: f32, longest: f32): void {
  const noise = noiseOf(row, share, longest);
  const length = load<f32>(lengths + <usize>row * 4);
  const squared = length - 2 * score;
  store<f32>(nearest + <usize>row * 4, sqrt(select<f32>(squared, 0, squared > 0) + noise));
  const bound = bounds + <usize>row * 32;
  const least = f32x4.splat(length - noise);
  v128.store(bound, boundOf(least, low, v128.load(travels)));
  v128.store(bound, boundOf(least, high, v128.load(travels, 16)), 16);
  const at = labels + <usize>row * 4;
  const before = load<i32>(at);
  if (before == <i32>where) return;
  const weight = <f64>load<f32>(weights + <usize>row * 4);
  const from = points + <usize>row * width * 4;
  if (before >= 0) addRow(block, before, from, -weight);
  addRow(block, where, from, weight);
  store<i32>(at, where);
  const changed = block + (<usize>places * width + places) * 8;
  store<f64>(changed, load<f64>(changed) + 1);
}

/** Squared distance of a row from a centre. */
@inline
function distance(row: u32, where: i32): f32 {
  const left = points + <usize>row * width * 4;
  const right = centreRows + <usize>where * <usize>width * 4;
  let sums = f32x4.splat(0);
  let column: u32 = 0;
  for (; column + 4 <= width; column += 4) {
    const apart = f32x4.sub(v128.load(left + <usize>column * 4), v128.load(right + <usize>column * 4));
    sums = f32x4.add(sums, f32x4.mul(apart, apart));
  }
  let sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  for (; column < width; column++) {
    const apart = load<f32>(left + <usize>column * 4) - load<f32>(right + <usize>column * 4);
    sum += apart * apart;
  }
  return sum;
}

// Rows that are left over stand in a list, each with its number 0 and the most that its squared distance may be for its centre to be the nearest 4. A
// list is filled without a branch, so that what is fetched for one row does not wait for what was found of the one before.

/** Lists the rows whose bounds, moved with the centres, do not show that their centre is still the nearest; gives the end of the list. */
function listDoubtful(row: u32, end: u32, list: usize, share: f32, longest: f32): usize {
  const low = v128.load(travels);
  const high = v128.load(travels, 16);
  const none = f32x4.splat(0);
  const wider = f32x4.splat(1.000001);
  const spread = f32x4.splat(2 * share);
  const far = f32x4.splat(longest);
  // The first lane counts: one number is as quick in four lanes, and without the branches that the language's own minimum has.
  for (; row < end; row++) {
    const at = <usize>row * 4;
    const label = load<i32>(labels + at);
    const place = <usize>label * 4;
    const farthest = f32x4.mul(f32x4.add(v128.load32_zero(nearest + at), v128.load32_zero(moves + place)), wider);
    v128.store_lane<f32>(nearest + at, farthest, 0);
    const bound = bounds + <usize>row * 32;
    const four = f32x4.pmin(f32x4.sub(v128.load(bound), low), f32x4.sub(v128.load(bound, 16), high));
    const two = f32x4.pmin(four, i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    const one = f32x4.pmin(two, i8x16.shuffle(two, two, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
    const others = f32x4.pmax(f32x4.pmax(one, v128.load32_zero(halfGaps + place)), none);
    const noise = f32x4.mul(spread, f32x4.add(v128.load32_zero(lengths + at), far));
    const limit = f32x4.sub(f32x4.mul(others, others), noise);
    const stays = i32x4.extract_lane(f32x4.lt(f32x4.mul(farthest, farthest), limit), 0) & ~(label >> 31);
    store<u32>(list, row);
    store<f32>(list, label < 0 ? -Infinity : f32x4.extract_lane(limit, 0), 4);
    list += <usize>(<u32>8 & ~<u32>stays);
  }
  return list;
}

/** Leaves those in the list whose true distance does not show it either; gives the end of the list. */
function keepDoubtful(list: usize, end: usize, share: f32, longest: f32): usize {
  let kept = list;
  for (; list < end; list += 8) {
    const row = load<u32>(list);
    const limit = load<f32>(list, 4);
    const squared = distance(row, load<i32>(labels + <usize>row * 4)) + noiseOf(row, share, longest);
    store<f32>(nearest + <usize>row * 4, sqrt(squared));
    store<u32>(kept, row);
    kept += <usize>!(squared < limit) << 3;
  }
  return kept;
}

/**
 * Gives each row of the blocks up to `to` that are to be had its nearest centre; labels of −1 are new. Counts the changes of each block from 0. `longest` is the
 * largest squared length of a centre.
 */
export function assign(to: u32, longest: f32): void {
  const share: f32 = <f32>(width + 8) * 2.4e-7;
  for (let which = takeBlock(); which < to; which = takeBlock()) {
    const block = sums + <usize>which * stride;
    store<f64>(block + (<usize>places * width + places) * 8, 0);
    const first = which * blockRows;
    const list = doubtful + <usize>first * 8;
    const end = keepDoubtful(list, listDoubtful(first, min(rows, first + blockRows), list, share, longest), share, longest);
    for (let at = list; at < end; at += 32) {
      const last = end - 8;
      const r0 = load<u32>(at);
      const r1 = load<u32>(min(at + 8, last));
      const r2 = load<u32>(min(at + 16, last));
      const r3 = load<u32>(min(at + 24, last));
      compare(r0, r1, r2, r3);
      settle(block, r0, place0, top0, low0, high0, share, longest);
      if (at + 8 < end) settle(block, r1, place1, top1, low1, high1, share, longest);
      if (at + 16 < end) settle(block, r2, place2, top2, low2, high2, share, longest);
      if (at + 24 < end) settle(block, r3, place3, top3, low3, high3, share, longest);
    }
  }
}
