// Lloyd's algorithm (1982) on float32 rows, 4 rows × 8 centres at a time. A row's nearest centre has the largest x·c − |c|²/2. Sums are kept for
// each block of rows in float64 and change only where a row changes its cluster, so they do not depend on the number of threads. A row whose
// bounds (Hamerly 2010, "Making k-means even faster") show that its centre is still the nearest is not compared with the others; they are held
// so wide that the rounding of a comparison could not have chosen otherwise.

let rows: u32 = 0;
let width: u32 = 0;
/** Centres, rounded up to a multiple of 8; the spare ones are never nearest. */
let places: u32 = 0;
let blockRows: u32 = 0;

/** [rows, width] float32. */
let points: usize = 0;
/** A number per row. */
let labels: usize = 0;
/** For the seeding the squared distance of each row from the nearest centre so far; then the most that it can be away from its own. */
let nearest: usize = 0;
/** The least that each row can be away from any centre but its own. */
let second: usize = 0;
/** The squared length of each row. */
let lengths: usize = 0;
let weights: usize = 0;
/** [width, places] float32, and −|c|²/2 of each. */
let centres: usize = 0;
let biases: usize = 0;
/** The centres once more, [places, width] float32. */
let centreRows: usize = 0;
/** For each centre: how far it moved, how far another one moved at most, and half of its distance from the nearest other one. */
let moves: usize = 0;
let otherMoves: usize = 0;
let halfGaps: usize = 0;
/** Squared distances of each row from up to `trials` candidates, for the seeding; `trials` is a multiple of 4. */
let candidates: usize = 0;
let trials: u32 = 0;
/** Columns of up to `STAGE_ROWS` rows on their way to `points`, [width, STAGE_ROWS] float32, and what is taken from each column. */
const STAGE_ROWS: u32 = 512;
let stage: usize = 0;
let means: usize = 0;
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
  second = aligned(nearest + (<usize>rows + 3) * 4);
  lengths = aligned(second + <usize>rows * 4);
  weights = aligned(lengths + <usize>rows * 4);
  centres = aligned(weights + <usize>rows * 4);
  biases = aligned(centres + <usize>width * places * 4);
  centreRows = aligned(biases + <usize>places * 4);
  moves = aligned(centreRows + <usize>places * width * 4);
  otherMoves = aligned(moves + <usize>places * 4);
  halfGaps = aligned(otherMoves + <usize>places * 4);
  candidates = aligned(halfGaps + <usize>places * 4);
  stage = aligned(candidates + (<usize>rows + 3) * trials * 4);
  means = aligned(stage + <usize>STAGE_ROWS * width * 4);
  sums = aligned(means + <usize>width * 4);
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
export function lengthsAddress(): usize {
  return lengths;
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
export function stageRows(): u32 {
  return STAGE_ROWS;
}
export function stageAddress(): usize {
  return stage;
}
export function meansAddress(): usize {
  return means;
}
export function centreRowsAddress(): usize {
  return centreRows;
}
/** Where `addBatch` finds its rows: the place of the candidates, which only the seeding needs. */
export function batchAddress(): usize {
  return candidates;
}
export function movesAddress(): usize {
  return moves;
}
export function otherMovesAddress(): usize {
  return otherMoves;
}
export function halfGapsAddress(): usize {
  return halfGaps;
}
export function sumsAddress(): usize {
  return sums;
}
export function sumsStride(): usize {
  return stride;
}

/** Takes the first `count` rows of the stage, less the means, as those from `from` on; gives the sum of their squared lengths. */
export function takeRows(from: u32, count: u32): f64 {
  let sum: f64 = 0;
  let to = points + <usize>from * width * 4;
  for (let row: u32 = 0; row < count; row++) {
    let length: f32 = 0;
    let at = stage + <usize>row * 4;
    for (let column: u32 = 0; column < width; column++) {
      const value = load<f32>(at) - load<f32>(means + <usize>column * 4);
      store<f32>(to, value);
      length += value * value;
      to += 4;
      at += <usize>STAGE_ROWS * 4;
    }
    store<f32>(lengths + <usize>(from + row) * 4, length);
    sum += <f64>length;
  }
  return sum;
}

let best: v128 = f32x4.splat(0);
let runnerUp: v128 = f32x4.splat(0);
let chosen: v128 = i32x4.splat(0);

@inline
function better(scores: v128, group: u32): void {
  const larger = f32x4.gt(scores, best);
  runnerUp = f32x4.pmax(runnerUp, f32x4.pmin(best, scores));
  best = v128.bitselect(scores, best, larger);
  chosen = v128.bitselect(i32x4.splat(group), chosen, larger);
}

/** The place with the largest score out of four lanes, of equal ones the lowest; leaves the score in `top` and the next largest in `next`. */
let top: f32 = 0;
let next: f32 = 0;
@inline
function place(scores: v128, groups: v128, runners: v128): u32 {
  top = f32x4.extract_lane(scores, 0);
  next = max(max(f32x4.extract_lane(runners, 0), f32x4.extract_lane(runners, 1)), max(f32x4.extract_lane(runners, 2), f32x4.extract_lane(runners, 3)));
  let found = i32x4.extract_lane(groups, 0) * 4;
  found = lane(f32x4.extract_lane(scores, 1), i32x4.extract_lane(groups, 1) * 4 + 1, found);
  found = lane(f32x4.extract_lane(scores, 2), i32x4.extract_lane(groups, 2) * 4 + 2, found);
  return lane(f32x4.extract_lane(scores, 3), i32x4.extract_lane(groups, 3) * 4 + 3, found);
}

@inline
function lane(score: f32, other: u32, found: u32): u32 {
  if (score > top || (score == top && other < found)) {
    next = max(next, top);
    top = score;
    return other;
  }
  next = max(next, score);
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
 * Gives each row of the blocks from..to its nearest centre; labels of −1 are new. Counts the changes of each block from 0. `longest` is the
 * largest squared length of a centre.
 */
export function assign(from: u32, to: u32, longest: f32): void {
  const share: f32 = <f32>(width + 8) * 2.4e-7;
  for (let which = from; which < to; which++) {
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

// What `compare` found for its four rows: the nearest place, its score, the next largest score. Globals belong to a thread, memory does not.
let place0: u32 = 0, place1: u32 = 0, place2: u32 = 0, place3: u32 = 0;
let top0: f32 = 0, top1: f32 = 0, top2: f32 = 0, top3: f32 = 0;
let next0: f32 = 0, next1: f32 = 0, next2: f32 = 0, next3: f32 = 0;

/** Compares four rows with all centres. */
function compare(r0: u32, r1: u32, r2: u32, r3: u32): void {
  const pitch = <usize>width * 4;
  let best0 = f32x4.splat(-Infinity), best1 = best0, best2 = best0, best3 = best0;
  let runner0 = best0, runner1 = best0, runner2 = best0, runner3 = best0;
  let chosen0 = i32x4.splat(0), chosen1 = chosen0, chosen2 = chosen0, chosen3 = chosen0;
  for (let group: u32 = 0; group < places; group += 8) {
    let a0 = v128.load(biases + <usize>group * 4), b0 = v128.load(biases + <usize>group * 4, 16);
    let a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
    let centre = centres + <usize>group * 4;
    let p0 = points + <usize>r0 * pitch, p1 = points + <usize>r1 * pitch, p2 = points + <usize>r2 * pitch, p3 = points + <usize>r3 * pitch;
    for (let column: u32 = 0; column < width; column++) {
      const a = v128.load(centre);
      const b = v128.load(centre, 16);
      const x0 = v128.load32_splat(p0);
      const x1 = v128.load32_splat(p1);
      const x2 = v128.load32_splat(p2);
      const x3 = v128.load32_splat(p3);
      a0 = f32x4.add(a0, f32x4.mul(x0, a));
      b0 = f32x4.add(b0, f32x4.mul(x0, b));
      a1 = f32x4.add(a1, f32x4.mul(x1, a));
      b1 = f32x4.add(b1, f32x4.mul(x1, b));
      a2 = f32x4.add(a2, f32x4.mul(x2, a));
      b2 = f32x4.add(b2, f32x4.mul(x2, b));
      a3 = f32x4.add(a3, f32x4.mul(x3, a));
      b3 = f32x4.add(b3, f32x4.mul(x3, b));
      p0 += 4;
      p1 += 4;
      p2 += 4;
      p3 += 4;
      centre += <usize>places * 4;
    }
    const low = group >> 2;
    best = best0;
    runnerUp = runner0;
    chosen = chosen0;
    better(a0, low);
    better(b0, low + 1);
    best0 = best;
    runner0 = runnerUp;
    chosen0 = chosen;
    best = best1;
    runnerUp = runner1;
    chosen = chosen1;
    better(a1, low);
    better(b1, low + 1);
    best1 = best;
    runner1 = runnerUp;
    chosen1 = chosen;
    best = best2;
    runnerUp = runner2;
    chosen = chosen2;
    better(a2, low);
    better(b2, low + 1);
    best2 = best;
    runner2 = runnerUp;
    chosen2 = chosen;
    best = best3;
    runnerUp = runner3;
    chosen = chosen3;
    better(a3, low);
    better(b3, low + 1);
    best3 = best;
    runner3 = runnerUp;
    chosen3 = chosen;
  }
  place0 = place(best0, chosen0, runner0);
  top0 = top;
  next0 = next;
  place1 = place(best1, chosen1, runner1);
  top1 = top;
  next1 = next;
  place2 = place(best2, chosen2, runner2);
  top2 = top;
  next2 = next;
  place3 = place(best3, chosen3, runner3);
  top3 = top;
  next3 = next;
}

@inline
function addToBatch(row: u32, where: u32, score: f32): f64 {
  const weight = <f64>load<f32>(weights + <usize>row * 4);
  addRow(sums, where, points + <usize>row * width * 4, weight);
  return weight * max<f64>(0, <f64>(load<f32>(lengths + <usize>row * 4) - 2 * score));
}

/**
 * For mini-batches: adds the `count` rows whose numbers stand at `batchAddress` to the sums of their nearest centres, in the first block, which
 * begins at nothing. Gives the weighted sum of their squared distances.
 */
export function addBatch(count: u32): f64 {
  memory.fill(sums, 0, stride);
  let total: f64 = 0;
  for (let from: u32 = 0; from < count; from += 4) {
    const last = count - 1;
    const numbers = candidates + <usize>from * 4;
    const end = candidates + <usize>last * 4;
    compare(load<u32>(numbers), load<u32>(min(numbers + 4, end)), load<u32>(min(numbers + 8, end)), load<u32>(min(numbers + 12, end)));
    total += addToBatch(load<u32>(numbers), place0, top0);
    if (from + 1 < count) total += addToBatch(load<u32>(numbers, 4), place1, top1);
    if (from + 2 < count) total += addToBatch(load<u32>(numbers, 8), place2, top2);
    if (from + 3 < count) total += addToBatch(load<u32>(numbers, 12), place3, top3);
  }
  return total;
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
