// Where the rows, the centres and the sums of k-means lie; the same on every thread.

export let rows: u32 = 0;
export let width: u32 = 0;
/** Centres, rounded up to a multiple of 8; the spare ones are never nearest. */
export let places: u32 = 0;
export let blockRows: u32 = 0;

/** [rows, width] float32. */
export let points: usize = 0;
/** A number per row. */
export let labels: usize = 0;
/** For the seeding the squared distance of each row from the nearest centre so far; then the most that it can be away from its own. */
export let nearest: usize = 0;
/** The squared length of each row. */
export let lengths: usize = 0;
export let weights: usize = 0;
/** 8 bytes per row, for lists of some of the rows of a block. */
export let doubtful: usize = 0;
/** [width, places] float32, and −|c|²/2 of each. */
export let centres: usize = 0;
export let biases: usize = 0;
/** The centres once more, [places, width] float32. */
export let centreRows: usize = 0;
/** For each centre: how far it moved, and half of its distance from the nearest other one. */
export let moves: usize = 0;
export let halfGaps: usize = 0;
/** How far the centres of each of the eight groups travelled in all, by the longest move of each time. */
export let travels: usize = 0;
/** Squared distances of each row from up to `trials` candidates, for the seeding; `trials` is a multiple of 4. */
export let candidates: usize = 0;
/**
 * In their place afterwards, [rows, 8] float32: the least that each row can be away from the centres of a group, but for its own, and what the group
 * had travelled when that was found.
 */
export let bounds: usize = 0;
export let trials: u32 = 0;
const GROUPS: usize = 8;
/** Columns of up to `STAGE_ROWS` rows on their way to `points`, [width, STAGE_ROWS] float32, and what is taken from each column. */
const STAGE_ROWS: u32 = 512;
export let stage: usize = 0;
export let means: usize = 0;
/** For each block: sums [places, width], weights [places], and the number of rows that changed. */
export let sums: usize = 0;
export let stride: usize = 0;
/** The next block that a thread takes. */
let turn: usize = 0;

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
  lengths = aligned(nearest + (<usize>rows + 3) * 4);
  weights = aligned(lengths + <usize>rows * 4);
  doubtful = aligned(weights + <usize>rows * 4);
  centres = aligned(doubtful + (<usize>rows + 1) * 8);
  biases = aligned(centres + <usize>width * places * 4);
  centreRows = aligned(biases + <usize>places * 4);
  moves = aligned(centreRows + <usize>places * width * 4);
  halfGaps = aligned(moves + <usize>places * 4);
  travels = aligned(halfGaps + <usize>places * 4);
  candidates = aligned(travels + GROUPS * 4);
  bounds = candidates;
  stage = aligned(candidates + (<usize>rows + 3) * max<usize>(trials, GROUPS) * 4);
  means = aligned(stage + <usize>STAGE_ROWS * width * 4);
  sums = aligned(means + <usize>width * 4);
  stride = aligned((<usize>places * width + places + 1) * 8);
  const blocks = (rows + blockRows - 1) / blockRows;
  turn = sums + <usize>blocks * stride;
  return turn + 64;
}

/** Threads take blocks as they come to them, so that none waits for another that began late; sums are by block, whoever takes it. */
@inline
export function takeBlock(): u32 {
  return atomic.add<u32>(turn, 1);
}
export function turnAddress(): usize {
  return turn;
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
export function travelsAddress(): usize {
  return travels;
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
