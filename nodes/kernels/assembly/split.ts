// Finds the best split of a leaf over a range of features. A split: gain 0, left gradient 8, left packed 16, feature 24, bin 28, missing left 32,
// is a set of levels 36, the bins that go left as 256 bits 40 (of a set only).
import { answersOf, binCounts, chosen, countShift, gradientUnit, hessianMask, hessianUnit, kinds, l2, minSamples, minWeight, offsets, thread } from './state';
import { sumOf } from './math';

export const SPLIT_BYTES: usize = 72;
/** Rows with the mean hessian that a level's quotient is shrunk by: it guards against levels with few rows. */
const SMOOTHING: f64 = 10;
/** A level with fewer rows in the leaf goes right with others of its kind, unless leaves may be smaller: its quotient is chance. */
const SUPPORT: i64 = 10;

let bestGain: f64 = 0;
let bestFeature: u32 = 0;
let bestBin: u32 = 0;
let bestMissingLeft: bool = false;
let bestIsSet: bool = false;
let bestGradient: i64 = 0;
let bestPacked: i64 = 0;

// Of the leaf.
let leafGradient: f64 = 0;
let leafHessian: f64 = 0;
let leafRows: i64 = 0;
let parentScore: f64 = 0;

/** Levels in the order tried: number of the bin, one byte each; and their quotients. Of this thread. */
let sorted: usize = 0;
let quotients: usize = 0;

/** The gain of a split: both sides' G²/(H + λ) − the leaf's. −1 where a side is too light. */
@inline
function gainOf(gradient: i64, packed: i64): f64 {
  const leftGradient = <f64>gradient;
  const leftHessian = <f64>(packed & hessianMask);
  const g = f64x2.mul(f64x2.replace_lane(f64x2.splat(leftGradient), 1, leafGradient - leftGradient), f64x2.splat(gradientUnit));
  const h = f64x2.mul(f64x2.replace_lane(f64x2.splat(leftHessian), 1, leafHessian - leftHessian), f64x2.splat(hessianUnit));
  if (f64x2.extract_lane(h, 0) < minWeight || f64x2.extract_lane(h, 1) < minWeight) return -1;
  return sumOf(f64x2.div(f64x2.mul(g, g), f64x2.add(h, f64x2.splat(l2)))) - parentScore;
}

@inline
function note(gain: f64, feature: u32, bin: u32, missingLeft: bool, isSet: bool, gradient: i64, packed: i64): void {
  bestGain = gain;
  bestFeature = feature;
  bestBin = bin;
  bestMissingLeft = missingLeft;
  bestIsSet = isSet;
  bestGradient = gradient;
  bestPacked = packed;
}

/** Tries every edge of a feature with its missing rows on one side; missing rows are in `gradient`, `packed` when they go left. */
function scan(cells: usize, bins: u32, feature: u32, missingLeft: bool, gradient: i64, packed: i64): void {
  const shift = countShift;
  const least = minSamples;
  for (let bin: u32 = 0; bin < bins; bin++) {
    const cell = cells + (<usize>bin << 4);
    const here = load<i64>(cell, 8);
    if (here == 0) continue;
    gradient += load<i64>(cell);
    packed += here;
    const leftRows = packed >> shift;
    if (leftRows < least) continue;
    if (leafRows - leftRows < least) break;
    const gain = gainOf(gradient, packed);
    if (gain > bestGain) note(gain, feature, bin, missingLeft, false, gradient, packed);
  }
}

/** Sorts the levels that have rows enough by smoothed gradient / hessian; gives their number. */
function sortLevels(cells: usize, bins: u32, smoothing: f64): u32 {
  const least = min(SUPPORT, minSamples);
  let count: u32 = 0;
  for (let bin: u32 = 0; bin < bins; bin++) {
    const cell = cells + (<usize>bin << 4);
    const packed = load<i64>(cell, 8);
    if (packed == 0 || packed >> countShift < least) continue;
    const quotient = (<f64>load<i64>(cell) * gradientUnit) / (<f64>(packed & hessianMask) * hessianUnit + smoothing);
    let place = count++;
    while (place > 0 && load<f64>(quotients + (<usize>(place - 1) << 3)) > quotient) {
      store<f64>(quotients + (<usize>place << 3), load<f64>(quotients + (<usize>(place - 1) << 3)));
      store<u8>(sorted + <usize>place, load<u8>(sorted + <usize>(place - 1)));
      place--;
    }
    store<f64>(quotients + (<usize>place << 3), quotient);
    store<u8>(sorted + <usize>place, <u8>bin);
  }
  return count;
}

/** Tries the sets of the first levels in their order, with the missing rows on one side, as `scan`. The set becomes known in `describe`. */
function scanLevels(cells: usize, feature: u32, levels: u32, missingLeft: bool, gradient: i64, packed: i64): void {
  for (let place: u32 = 0; place < levels; place++) {
    const cell = cells + (<usize>load<u8>(sorted + <usize>place) << 4);
    gradient += load<i64>(cell);
    packed += load<i64>(cell, 8);
    const leftRows = packed >> countShift;
    if (leftRows < minSamples) continue;
    if (leafRows - leftRows < minSamples) break;
    const gain = gainOf(gradient, packed);
    if (gain > bestGain) note(gain, feature, place, missingLeft, true, gradient, packed);
  }
}

/** Writes the best split over the chosen features of from..to; gain 0 where none is allowed or none gains. */
export function findSplit(gradient: i64, packed: i64, histogram: usize, from: u32, to: u32, found: usize): void {
  sorted = answersOf(thread) + 512;
  quotients = sorted + 512;
  leafRows = packed >> countShift;
  leafGradient = <f64>gradient;
  leafHessian = <f64>(packed & hessianMask);
  const scaled = leafGradient * gradientUnit;
  parentScore = (scaled * scaled) / (leafHessian * hessianUnit + l2);
  const least = 1e-12 * parentScore;
  const smoothing = (SMOOTHING * (leafHessian * hessianUnit)) / <f64>leafRows;
  bestGain = least;
  for (let feature = from; feature < to; feature++) {
    if (!load<u8>(chosen + <usize>feature)) continue;
    const bins = load<u32>(binCounts + (<usize>feature << 2));
    const kind = load<u8>(kinds + <usize>feature);
    const cells = histogram + load<u32>(offsets + (<usize>feature << 2));
    const missing = kind & 1 ? cells + (<usize>bins << 4) : 0;
    const missingPacked = missing ? load<i64>(missing, 8) : 0;
    const before = bestGain;
    if (kind & 2) {
      const levels = sortLevels(cells, bins, smoothing);
      scanLevels(cells, feature, levels, false, 0, 0);
      if (missingPacked != 0) scanLevels(cells, feature, levels, true, load<i64>(missing), missingPacked);
      if (bestGain > before) settleMissing(missingPacked);
      if (bestGain > before) describe(found, cells, bins);
      continue;
    }
    scan(cells, bins, feature, false, 0, 0);
    if (missingPacked != 0) scan(cells, bins, feature, true, load<i64>(missing), missingPacked);
    if (bestGain > before) settleMissing(missingPacked);
  }
  store<f64>(found, bestGain > least ? bestGain : 0);
  store<i64>(found, bestGradient, 8);
  store<i64>(found, bestPacked, 16);
  store<u32>(found, bestFeature, 24);
  store<u32>(found, bestBin, 28);
  store<u32>(found, bestMissingLeft ? 1 : 0, 32);
  store<u32>(found, bestIsSet ? 1 : 0, 36);
}

/** None missing here: should one come, it goes with the larger child. */
function settleMissing(missingPacked: i64): void {
  if (missingPacked == 0) bestMissingLeft = (bestPacked >> countShift) * 2 >= leafRows;
}

/** Writes the bins that the best split sends left. Levels without rows here go where missing values go. */
function describe(found: usize, cells: usize, bins: u32): void {
  const set = found + 40;
  memory.fill(set, 0, 32);
  for (let place: u32 = 0; place <= bestBin; place++) flip(set, load<u8>(sorted + <usize>place));
  if (!bestMissingLeft) return;
  for (let bin: u32 = 0; bin < bins; bin++) if (load<i64>(cells + (<usize>bin << 4), 8) == 0) flip(set, bin);
}

@inline
function flip(set: usize, bin: u32): void {
  const at = set + <usize>(bin >> 3);
  store<u8>(at, <u8>(<u32>load<u8>(at) ^ (1 << (bin & 7))));
}
