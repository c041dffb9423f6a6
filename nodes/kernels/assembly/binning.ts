// Turns a column of float32 into bins of one byte. Two columns of scratch: keys and sorted keys, each 4 bytes a row.

const RADIX: u32 = 2048;

/** Bytes of scratch that `quantileEdges` needs. */
function scratchBytes(rows: u32): u32 {
  return rows * 8 + RADIX * 4 * 3;
}

@inline
function keyOf(bits: u32): u32 {
  return bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
}

@inline
function valueOf(key: u32): f32 {
  return reinterpret<f32>(key & 0x80000000 ? key ^ 0x80000000 : ~key);
}

/** Copies the keys of the values that are not missing to `to`, −0 as 0; gives their number. */
function keysOf(values: usize, rows: u32, to: usize): u32 {
  let count: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const value = load<f32>(values + (<usize>row << 2));
    if (value != value) continue;
    store<u32>(to + (<usize>count << 2), keyOf(reinterpret<u32>(value + <f32>0)));
    count++;
  }
  return count;
}

/** Sorts 32-bit keys by three passes of a least-significant-digit radix sort; gives the address of the sorted ones. */
function sortKeys(keys: usize, other: usize, counters: usize, count: u32): usize {
  memory.fill(counters, 0, RADIX * 12);
  for (let i: u32 = 0; i < count; i++) {
    const key = load<u32>(keys + (<usize>i << 2));
    const low = counters + (<usize>(key & 2047) << 2);
    const middle = counters + RADIX * 4 + (<usize>((key >> 11) & 2047) << 2);
    const high = counters + RADIX * 8 + (<usize>(key >> 22) << 2);
    store<u32>(low, load<u32>(low) + 1);
    store<u32>(middle, load<u32>(middle) + 1);
    store<u32>(high, load<u32>(high) + 1);
  }
  let from = keys;
  let to = other;
  for (let pass: u32 = 0; pass < 3; pass++) {
    const counter = counters + <usize>pass * RADIX * 4;
    let total: u32 = 0;
    for (let digit: u32 = 0; digit < RADIX; digit++) {
      const at = counter + (<usize>digit << 2);
      const here = load<u32>(at);
      store<u32>(at, total);
      total += here;
    }
    const shift = pass * 11;
    for (let i: u32 = 0; i < count; i++) {
      const key = load<u32>(from + (<usize>i << 2));
      const at = counter + (<usize>((key >> shift) & 2047) << 2);
      const place = load<u32>(at);
      store<u32>(at, place + 1);
      store<u32>(to + (<usize>place << 2), key);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/** A float32 t with a ≤ t < b that lies midway where the format allows. */
function between(a: f32, b: f32): f32 {
  const middle = <f32>((<f64>a + <f64>b) * 0.5);
  return middle >= a && middle < b ? middle : a;
}

/**
 * Writes the rising edges between bins of a column (bin i holds edge[i−1] < x ≤ edge[i]) and gives the number of bins: one per distinct value
 * where there are at most `maxBins`, else bins of about equal numbers of rows. 0: all values are missing.
 */
function quantileEdges(values: usize, rows: u32, scratch: usize, edges: usize, maxBins: u32): u32 {
  const other = scratch + (<usize>rows << 2);
  const count = keysOf(values, rows, scratch);
  if (count == 0) return 0;
  const sorted = sortKeys(scratch, other, other + (<usize>rows << 2), count);
  let distinct: u32 = 1;
  for (let i: u32 = 1; i < count; i++) distinct += u32(load<u32>(sorted + (<usize>i << 2)) != load<u32>(sorted + (<usize>(i - 1) << 2)));
  const each = distinct <= maxBins;
  let bins: u32 = 1;
  let inBin: u32 = 0;
  let remaining: u32 = count;
  let at: u32 = 0;
  while (at < count) {
    const key = load<u32>(sorted + (<usize>at << 2));
    let end = at + 1;
    while (end < count && load<u32>(sorted + (<usize>end << 2)) == key) end++;
    const here = end - at;
    if (at > 0) {
      // Close the bin before this value when it is full, or nearer to full without this value than with it.
      const target = <f64>remaining / <f64>(maxBins - bins + 1);
      if (each || (bins < maxBins && <f64>inBin + <f64>here * 0.5 > target)) {
        const previous = load<u32>(sorted + (<usize>(at - 1) << 2));
        store<f32>(edges + (<usize>(bins - 1) << 2), between(valueOf(previous), valueOf(key)));
        bins++;
        remaining -= inBin;
        inBin = 0;
      }
    }
    inBin += here;
    at = end;
  }
  return bins;
}

@inline
function step(edges: usize, place: usize, x: f32, width: usize): usize {
  return load<f32>(edges + ((place + width - 1) << 2)) < x ? place + width : place;
}

/**
 * Writes the bin of each value: the number of edges below it, found by eight halvings; `edges` holds 255 numbers, +∞ after the last true edge.
 * Missing values get the bin `missing`. Gives the number of missing values.
 */
function assignBins(values: usize, rows: u32, edges: usize, missing: u32, to: usize): u32 {
  let lost: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const x = load<f32>(values + (<usize>row << 2));
    let place: usize = 0;
    place = step(edges, place, x, 128);
    place = step(edges, place, x, 64);
    place = step(edges, place, x, 32);
    place = step(edges, place, x, 16);
    place = step(edges, place, x, 8);
    place = step(edges, place, x, 4);
    place = step(edges, place, x, 2);
    place = step(edges, place, x, 1);
    const absent = x != x;
    lost += u32(absent);
    store<u8>(to + <usize>row, <u8>(absent ? missing : <u32>place));
  }
  return lost;
}

/**
 * Bins a whole column: `count` rows listed at `sample` give the edges (0: the first `trained` do). Writes 255 edges, the bins, and at `counts` the
 * number of bins and of missing values.
 */
function binColumn(values: usize, rows: u32, trained: u32, sample: usize, count: u32, scratch: usize, maxBins: u32, edges: usize, to: usize, counts: usize): void {
  let drawn = values;
  if (count > 0) {
    drawn = scratch;
    scratch += <usize>count << 2;
    for (let index: usize = 0; index < <usize>count; index++) {
      store<u32>(drawn + (index << 2), load<u32>(values + (<usize>load<u32>(sample + (index << 2)) << 2)));
    }
  }
  for (let index: usize = 0; index < 255; index++) store<f32>(edges + (index << 2), Infinity);
  const bins = max(1, quantileEdges(drawn, count > 0 ? count : trained, scratch, edges, maxBins));
  store<u32>(counts, bins);
  store<u32>(counts, assignBins(values, rows, edges, bins, to), 4);
}

/** The same for a column of level numbers from 0: each level is a bin. */
function binLevels(values: usize, rows: u32, levels: u32, to: usize, counts: usize): void {
  let lost: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const x = load<f32>(values + (<usize>row << 2));
    const absent = !(x >= 0 && x < <f32>levels);
    lost += u32(absent);
    store<u8>(to + <usize>row, <u8>(absent ? levels : <u32>x));
  }
  store<u32>(counts, levels);
  store<u32>(counts, lost, 4);
}

// A whole matrix, shared by any number of threads: whoever is free takes the next column. Places from the base on: number of the next column 0,
// levels of each column (0: numbers), counts (2 a column), edges (255 a column), bins.
let base: usize = 0;
let matrixRows: u32 = 0;
let matrixColumns: u32 = 0;
let edgeRows: u32 = 0;
let sampleCount: u32 = 0;
let binLimit: u32 = 255;
let sampleAt: usize = 0;
let rawAt: usize = 0;
let scratchAt: usize = 0;

function levelsAt(): usize {
  return base + 64;
}
export function countsAddress(): usize {
  return levelsAt() + <usize>matrixColumns * 4;
}
export function edgesAddress(): usize {
  return countsAddress() + <usize>matrixColumns * 8;
}
export function binsAddress(): usize {
  return (edgesAddress() + <usize>matrixColumns * 1020 + 63) & ~63;
}
export function sampleAddress(): usize {
  return sampleAt;
}
export function rawAddress(): usize {
  return rawAt;
}

/**
 * Says how large the matrix is: `columns` of `rows`, of which the first `trained` give the edges, or `sampled` of them. `raw` columns lie in memory
 * at a time. Gives the end of it all; what comes before `sampleAddress` lasts.
 */
export function layout(from: usize, rows: u32, columns: u32, trained: u32, sampled: u32, raw: u32, maxBins: u32, thread: u32, threads: u32): usize {
  base = from;
  matrixRows = rows;
  matrixColumns = columns;
  edgeRows = trained;
  sampleCount = sampled;
  binLimit = maxBins;
  sampleAt = (binsAddress() + <usize>rows * <usize>columns + 63) & ~63;
  rawAt = (sampleAt + <usize>sampled * 4 + 63) & ~63;
  const scratch = rawAt + <usize>raw * <usize>rows * 4;
  const each = <usize>scratchBytes(sampled > 0 ? sampled : trained) + <usize>sampled * 4;
  scratchAt = scratch + <usize>thread * each;
  return scratch + <usize>threads * each;
}

export function setLevels(column: u32, levels: u32): void {
  store<u32>(levelsAt() + <usize>column * 4, levels);
}

/** Bins the next column of first..end, whose values lie at `rawAddress`; false where all are taken. To begin: `startAt(first)`. */
export function binNext(first: u32, end: u32): bool {
  const column = atomic.add<u32>(base, 1);
  if (column >= end) return false;
  const values = rawAt + <usize>(column - first) * <usize>matrixRows * 4;
  const bins = binsAddress() + <usize>column * <usize>matrixRows;
  const counts = countsAddress() + <usize>column * 8;
  const levels = load<u32>(levelsAt() + <usize>column * 4);
  if (levels > 0) binLevels(values, matrixRows, levels, bins, counts);
  else binColumn(values, matrixRows, edgeRows, sampleAt, sampleCount, scratchAt, binLimit, edgesAddress() + <usize>column * 1020, bins, counts);
  return true;
}

export function binAll(first: u32, end: u32): void {
  while (binNext(first, end));
}

export function startAt(first: u32): void {
  atomic.store<u32>(base, first);
}
