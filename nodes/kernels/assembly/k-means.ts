// Lloyd's algorithm (1982) on float32 rows, 4 rows × 8 centres at a time. A row's nearest centre has the largest x·c − |c|²/2. Sums are kept for
// each block of rows in float64 and change only where a row changes its cluster, so they do not depend on the number of threads.

let rows: u32 = 0;
let width: u32 = 0;
/** Centres, rounded up to a multiple of 8; the spare ones are never nearest. */
let places: u32 = 0;
let blockRows: u32 = 0;

/** [rows, width] float32. */
let points: usize = 0;
/** A number per row. */
let labels: usize = 0;
/** Half the squared distance of each row from its centre, less half of its squared length. */
let nearest: usize = 0;
let weights: usize = 0;
/** [width, places] float32, and −|c|²/2 of each. */
let centres: usize = 0;
let biases: usize = 0;
/** Squared distances of each row from up to `trials` candidates, for the seeding; `trials` is a multiple of 4. */
let candidates: usize = 0;
let trials: u32 = 0;
/** For each block: sums [places, width], weights [places], and the number of rows that changed. */
let sums: usize = 0;
let stride: usize = 0;

@inline
function aligned(address: usize): usize {
  return (address + 63) & ~63;
}

/** Where everything lies; gives the end. The same call on every thread. */
export function layout(base: usize, rowCount: u32, columnCount: u32, placeCount: u32, rowsPerBlock: u32, trialCount: u32): usize {
  rows = rowCount;
  width = columnCount;
  places = placeCount;
  blockRows = rowsPerBlock;
  trials = trialCount;
  points = base;
  // Three rows more, since four are read together.
  labels = aligned(points + (<usize>rows + 3) * width * 4);
  nearest = aligned(labels + <usize>rows * 4);
  weights = aligned(nearest + (<usize>rows + 3) * 4);
  centres = aligned(weights + <usize>rows * 4);
  biases = aligned(centres + <usize>width * places * 4);
  candidates = aligned(biases + <usize>places * 4);
  sums = aligned(candidates + (<usize>rows + 3) * trials * 4);
  stride = aligned((<usize>places * width + places + 1) * 8);
  const blocks = (rows + blockRows - 1) / blockRows;
  return sums + <usize>blocks * stride;
}
export function pointsAddress(): usize {
  return points;
}
export function labelsAddress(): usize {
  return labels;
}
export function nearestAddress(): usize {
  return nearest;
}
export function weightsAddress(): usize {
  return weights;
}
export function centresAddress(): usize {
  return centres;
}
export function biasesAddress(): usize {
  return biases;
}
export function sumsAddress(): usize {
  return sums;
}
export function sumsStride(): usize {
  return stride;
}

let best: v128 = f32x4.splat(0);
let chosen: v128 = i32x4.splat(0);

@inline
function better(scores: v128, group: u32): void {
  const larger = f32x4.gt(scores, best);
  best = v128.bitselect(scores, best, larger);
  chosen = v128.bitselect(i32x4.splat(group), chosen, larger);
}

/** The place with the largest score out of four lanes, of equal ones the lowest; leaves the score in `top`. */
let top: f32 = 0;
@inline
function place(scores: v128, groups: v128): u32 {
  top = f32x4.extract_lane(scores, 0);
  let found = i32x4.extract_lane(groups, 0) * 4;
  let score = f32x4.extract_lane(scores, 1);
  let other = i32x4.extract_lane(groups, 1) * 4 + 1;
  if (score > top || (score == top && other < found)) {
    top = score;
    found = other;
  }
  score = f32x4.extract_lane(scores, 2);
  other = i32x4.extract_lane(groups, 2) * 4 + 2;
  if (score > top || (score == top && other < found)) {
    top = score;
    found = other;
  }
  score = f32x4.extract_lane(scores, 3);
  other = i32x4.extract_lane(groups, 3) * 4 + 3;
  if (score > top || (score == top && other < found)) {
    top = score;
    found = other;
  }
  return found;
}

/** Adds the row times `factor` to the sums of a place. */
@inline
function addRow(block: usize, where: u32, row: usize, factor: f64): void {
  const to = block + <usize>where * width * 8;
  const many = f64x2.splat(factor);
  let column: u32 = 0;
  for (; column + 4 <= width; column += 4) {
    const four = v128.load(row + <usize>column * 4);
    const at = to + <usize>column * 8;
    v128.store(at, f64x2.add(v128.load(at), f64x2.mul(many, f64x2.promote_low_f32x4(four))));
    const high = i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(many, f64x2.promote_low_f32x4(high))), 16);
  }
  for (; column < width; column++) {
    const at = to + <usize>column * 8;
    store<f64>(at, load<f64>(at) + factor * <f64>load<f32>(row + <usize>column * 4));
  }
  const total = block + <usize>places * width * 8 + <usize>where * 8;
  store<f64>(total, load<f64>(total) + factor);
}

function settle(block: usize, row: u32, where: u32): void {
  store<f32>(nearest + <usize>row * 4, -top);
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

/** Gives each row of the blocks from..to its nearest centre; labels of −1 are new. Counts the changes of each block from 0. */
export function assign(from: u32, to: u32): void {
  const pitch = <usize>width * 4;
  for (let which = from; which < to; which++) {
    const block = sums + <usize>which * stride;
    store<f64>(block + (<usize>places * width + places) * 8, 0);
    const end = min(rows, (which + 1) * blockRows);
    for (let row = which * blockRows; row < end; row += 4) {
      const first = points + <usize>row * pitch;
      let best0 = f32x4.splat(-Infinity), best1 = best0, best2 = best0, best3 = best0;
      let chosen0 = i32x4.splat(0), chosen1 = chosen0, chosen2 = chosen0, chosen3 = chosen0;
      for (let group: u32 = 0; group < places; group += 8) {
        let a0 = v128.load(biases + <usize>group * 4), b0 = v128.load(biases + <usize>group * 4, 16);
        let a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
        let centre = centres + <usize>group * 4;
        let at = first;
        for (let column: u32 = 0; column < width; column++) {
          const a = v128.load(centre);
          const b = v128.load(centre, 16);
          const x0 = v128.load32_splat(at);
          const x1 = v128.load32_splat(at + pitch);
          const x2 = v128.load32_splat(at + 2 * pitch);
          const x3 = v128.load32_splat(at + 3 * pitch);
          a0 = f32x4.add(a0, f32x4.mul(x0, a));
          b0 = f32x4.add(b0, f32x4.mul(x0, b));
          a1 = f32x4.add(a1, f32x4.mul(x1, a));
          b1 = f32x4.add(b1, f32x4.mul(x1, b));
          a2 = f32x4.add(a2, f32x4.mul(x2, a));
          b2 = f32x4.add(b2, f32x4.mul(x2, b));
          a3 = f32x4.add(a3, f32x4.mul(x3, a));
          b3 = f32x4.add(b3, f32x4.mul(x3, b));
          at += 4;
          centre += <usize>places * 4;
        }
        const low = group >> 2;
        best = best0;
        chosen = chosen0;
        better(a0, low);
        better(b0, low + 1);
        best0 = best;
        chosen0 = chosen;
        best = best1;
        chosen = chosen1;
        better(a1, low);
        better(b1, low + 1);
        best1 = best;
        chosen1 = chosen;
        best = best2;
        chosen = chosen2;
        better(a2, low);
        better(b2, low + 1);
        best2 = best;
        chosen2 = chosen;
        best = best3;
        chosen = chosen3;
        better(a3, low);
        better(b3, low + 1);
        best3 = best;
        chosen3 = chosen;
      }
      settle(block, row, place(best0, chosen0));
      if (row + 1 < end) settle(block, row + 1, place(best1, chosen1));
      if (row + 2 < end) settle(block, row + 2, place(best2, chosen2));
      if (row + 3 < end) settle(block, row + 3, place(best3, chosen3));
    }
  }
}

/**
 * For the seeding: of the rows of the blocks from..to the smaller of `nearest` and their squared distances from the first `trials` centres, into
 * `candidates`; their weighted sums by centre go to the block's weights.
 */
export function tryCentres(from: u32, to: u32): void {
  const pitch = <usize>width * 4;
  for (let which = from; which < to; which++) {
    const totals = sums + <usize>which * stride + <usize>places * width * 8;
    memory.fill(totals, 0, <usize>places * 8);
    const end = min(rows, (which + 1) * blockRows);
    for (let row = which * blockRows; row < end; row += 4) {
      const first = points + <usize>row * pitch;
      for (let group: u32 = 0; group < trials; group += 4) {
        let d0 = f32x4.splat(0), d1 = d0, d2 = d0, d3 = d0;
        let centre = centres + <usize>group * 4;
        let at = first;
        for (let column: u32 = 0; column < width; column++) {
          const c = v128.load(centre);
          const e0 = f32x4.sub(v128.load32_splat(at), c);
          const e1 = f32x4.sub(v128.load32_splat(at + pitch), c);
          const e2 = f32x4.sub(v128.load32_splat(at + 2 * pitch), c);
          const e3 = f32x4.sub(v128.load32_splat(at + 3 * pitch), c);
          d0 = f32x4.add(d0, f32x4.mul(e0, e0));
          d1 = f32x4.add(d1, f32x4.mul(e1, e1));
          d2 = f32x4.add(d2, f32x4.mul(e2, e2));
          d3 = f32x4.add(d3, f32x4.mul(e3, e3));
          at += 4;
          centre += <usize>places * 4;
        }
        keepTry(totals, row, group, d0);
        if (row + 1 < end) keepTry(totals, row + 1, group, d1);
        if (row + 2 < end) keepTry(totals, row + 2, group, d2);
        if (row + 3 < end) keepTry(totals, row + 3, group, d3);
      }
    }
  }
}

@inline
function keepTry(totals: usize, row: u32, group: u32, distances: v128): void {
  const shorter = f32x4.pmin(f32x4.splat(load<f32>(nearest + <usize>row * 4)), distances);
  v128.store(candidates + (<usize>row * trials + group) * 4, shorter);
  const many = f64x2.splat(<f64>load<f32>(weights + <usize>row * 4));
  const at = totals + <usize>group * 8;
  v128.store(at, f64x2.add(v128.load(at), f64x2.mul(many, f64x2.promote_low_f32x4(shorter))));
  const high = i8x16.shuffle(shorter, shorter, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.mul(many, f64x2.promote_low_f32x4(high))), 16);
}

/** Makes the distances from one of the candidates the nearest ones. */
export function keepCentre(from: u32, to: u32, chosenOne: u32): void {
  const end = min(rows, to * blockRows);
  for (let row = from * blockRows; row < end; row++) {
    store<f32>(nearest + <usize>row * 4, load<f32>(candidates + (<usize>row * trials + chosenOne) * 4));
  }
}
