// Lloyd's algorithm (1982) on float32 rows, 4 rows × 8 centres at a time. A row's nearest centre has the largest x·c − |c|²/2. Sums are kept for
// each block of rows in float64 and change only where a row changes its cluster, so they do not depend on the number of threads. A row whose
// bounds (Hamerly 2010, "Making k-means even faster") show that its centre is still the nearest is not compared with the others; they are held
// so wide that the rounding of a comparison could not have chosen otherwise.
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
  otherMovesAddress,
  halfGapsAddress,
  sumsAddress,
  sumsStride,
  takeRows,
  turnAddress,
} from './k-means-state';
import { compare, next0, next1, next2, next3, place0, place1, place2, place3, top0, top1, top2, top3 } from './k-means-compare';
import {
  rows,
  width,
  places,
  blockRows,
  points,
  labels,
  nearest,
  second,
  lengths,
  weights,
  centres,
  centreRows,
  moves,
  otherMoves,
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

/** Takes over what was found for a row. */
function settle(block: usize, row: u32, where: u32, score: f32, other: f32, share: f32, longest: f32): void {
  const noise = noiseOf(row, share, longest);
  const length = load<f32>(lengths + <usize>row * 4);
  store<f32>(nearest + <usize>row * 4, sqrt(max<f32>(0, length - 2 * score) + noise));
  store<f32>(second + <usize>row * 4, sqrt(max<f32>(0, length - 2 * other - noise)));
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
function distance(row: u32, where: u32): f32 {
  const left = points + <usize>row * width * 4;
  const right = centreRows + <usize>where * width * 4;
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

/** Whether the bounds of a row, moved with the centres, show that its centre is still the nearest; if not at once, then by its true distance. */
@inline
function stays(row: u32, share: f32, longest: f32): bool {
  const label = load<i32>(labels + <usize>row * 4);
  if (label < 0) return false;
  const at = <usize>row * 4;
  const place = <usize>label * 4;
  const farthest = (load<f32>(nearest + at) + load<f32>(moves + place)) * 1.000001;
  const closest = (load<f32>(second + at) - load<f32>(otherMoves + place)) * 0.999999;
  store<f32>(nearest + at, farthest);
  store<f32>(second + at, closest);
  const others = max(closest, load<f32>(halfGaps + place));
  if (others <= 0) return false;
  const noise = noiseOf(row, share, longest);
  const limit = others * others - 2 * noise;
  if (farthest * farthest < limit) return true;
  const squared = distance(row, label) + noise;
  if (squared >= limit) return false;
  store<f32>(nearest + at, sqrt(squared));
  return true;
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
    const end = min(rows, (which + 1) * blockRows);
    let row = which * blockRows;
    while (row < end) {
      let count: u32 = 0;
      let r0: u32 = 0, r1: u32 = 0, r2: u32 = 0, r3: u32 = 0;
      for (; row < end && count < 4; row++) {
        if (stays(row, share, longest)) continue;
        if (count == 0) r0 = r1 = r2 = r3 = row;
        else if (count == 1) r1 = row;
        else if (count == 2) r2 = row;
        else r3 = row;
        count++;
      }
      if (count == 0) break;
      compare(r0, r1, r2, r3);
      settle(block, r0, place0, top0, next0, share, longest);
      if (count > 1) settle(block, r1, place1, top1, next1, share, longest);
      if (count > 2) settle(block, r2, place2, top2, next2, share, longest);
      if (count > 3) settle(block, r3, place3, top3, next3, share, longest);
    }
  }
}
