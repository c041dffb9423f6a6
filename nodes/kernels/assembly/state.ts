// What a training holds: sizes, options and the places of its arrays in memory. Each thread has its own copy of these numbers; the arrays are
// shared. Only this file assigns them.
import { exponentAbove, powerOfTwo } from './math';

export const NODE_BYTES: usize = 48;
export const LEAF_BYTES: usize = 96;

export let rows: u32 = 0;
export let features: u32 = 0;
export let maxLeaves: u32 = 0;
export let slots: u32 = 0;
export let histogramBytes: usize = 0;

export let minSamples: i64 = 1;
export let minWeight: f64 = 0;
export let l2: f64 = 0;
export let rate: f64 = 0.1;
export let weighted: bool = false;
export let largestWeight: f64 = 1;

/** The orders for the second thread and its answers; see crew.ts. */
export let desk: usize = 0;
export let binsByColumn: usize = 0;
/** Words of four features, for each four in turn; the features left over have none. */
export let packedBins: usize = 0;
/** Where a feature's cells begin within a histogram, and after the last one the end. */
export let offsets: usize = 0;
export let binCounts: usize = 0;
export let missingFlags: usize = 0;
export let gradients: usize = 0;
export let ordered: usize = 0;
export let scores: usize = 0;
export let targets: usize = 0;
export let weights: usize = 0;
export let order: usize = 0;
export let spare: usize = 0;
export let nodes: usize = 0;
export let leaves: usize = 0;
export let freeSlots: usize = 0;
export let histograms: usize = 0;

export let countShift: i64 = 0;
export let hessianMask: i64 = 0;
export let gradientUnit: f64 = 1;
export let hessianUnit: f64 = 1;

function align(at: usize): usize {
  return (at + 63) & ~63;
}

/** Places all arrays from `base` on; `totalBins` over all features, missing bins included. Gives the end. `histogramSlots` ≥ 1 (two more are scratch). */
export function layout(base: usize, rowCount: u32, featureCount: u32, totalBins: u32, leafLimit: u32, histogramSlots: u32): usize {
  rows = rowCount;
  features = featureCount;
  maxLeaves = leafLimit;
  slots = histogramSlots;
  histogramBytes = <usize>totalBins * 16;
  let at = align(base);
  desk = at;
  at = align(at + 256);
  binsByColumn = at;
  at = align(at + <usize>rows * <usize>features);
  packedBins = at;
  at = align(at + <usize>rows * <usize>(features & ~3));
  offsets = at;
  at = align(at + <usize>(features + 1) * 4);
  binCounts = at;
  at = align(at + <usize>features * 4);
  missingFlags = at;
  at = align(at + <usize>features);
  gradients = at;
  at = align(at + <usize>(rows + 2) * 16);
  ordered = at;
  at = align(at + <usize>rows * 16);
  scores = at;
  at = align(at + <usize>(rows + 1) * 8);
  targets = at;
  at = align(at + <usize>(rows + 1) * 8);
  weights = at;
  at = align(at + <usize>(rows + 1) * 8);
  order = at;
  at = align(at + <usize>(rows + 1) * 4);
  spare = at;
  at = align(at + <usize>(rows + 1) * 4);
  nodes = at;
  at = align(at + <usize>maxLeaves * 2 * NODE_BYTES);
  leaves = at;
  at = align(at + <usize>maxLeaves * LEAF_BYTES);
  freeSlots = at;
  at = align(at + <usize>slots * 4);
  histograms = at;
  return align(at + <usize>(slots + 2) * histogramBytes);
}

/** Bins of one feature without its missing bin, and whether it has one. To be called for all features in order. */
export function setFeature(feature: u32, bins: u32, hasMissing: bool): void {
  if (feature == 0) store<u32>(offsets, 0);
  const at = offsets + (<usize>feature << 2);
  store<u32>(at, load<u32>(at) + ((bins + u32(hasMissing)) << 4), 4);
  store<u32>(binCounts + (<usize>feature << 2), bins);
  store<u8>(missingFlags + <usize>feature, hasMissing ? 1 : 0);
}

/** `heaviest`: the largest weight, 1 without weights. */
export function setOptions(samples: u32, weight: f64, regularization: f64, learningRate: f64, hasWeights: bool, heaviest: f64): void {
  minSamples = max(<i64>samples, 1);
  minWeight = weight;
  l2 = regularization;
  rate = learningRate;
  weighted = hasWeights;
  largestWeight = heaviest;
}

/** Chooses units in which no sum over all rows reaches 2^51, nor hessians and count together 2^63. */
export function setUnits(largestGradient: f64, largestHessian: f64): void {
  const bits = 32 - clz(rows);
  countShift = 63 - bits;
  hessianMask = (<i64>1 << countShift) - 1;
  gradientUnit = powerOfTwo(exponentAbove(largestGradient) + bits - 50);
  hessianUnit = powerOfTwo(exponentAbove(largestHessian) - min(62 - 2 * bits, 50 - bits));
}

/** Copies the bins, written column after column, into words of four features as well. */
export function packBins(): void {
  for (let feature: u32 = 0; feature + 4 <= features; feature += 4) {
    const from = binsByColumn + <usize>feature * <usize>rows;
    const to = packedBins + <usize>feature * <usize>rows;
    const next = <usize>rows;
    for (let row: usize = 0; row < next; row++) {
      const at = from + row;
      const low = <u32>load<u8>(at) | (<u32>load<u8>(at + next) << 8);
      store<u32>(to + (row << 2), low | (<u32>load<u8>(at + next * 2) << 16) | (<u32>load<u8>(at + next * 3) << 24));
    }
  }
}
