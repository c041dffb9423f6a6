// What a training holds: sizes, options and the places of its arrays in memory. Each thread has its own copy of these numbers; the arrays are
// shared. Only this file assigns them.
import { exponentAbove, powerOfTwo } from './math';

export const NODE_BYTES: usize = 80;
export const LEAF_BYTES: usize = 112;
/** Rows whose losses are summed as one, so that sums do not depend on the number of threads. */
export const CHUNK: u32 = 4096;
/** Rows that are staged at a time: with their cells, four features fit into the first-level cache. */
export const STAGED: u32 = 256;
const DESK_BYTES: usize = 512;
const THREAD_BYTES: usize = 4096;

/** This thread, from 0; 0 gives the orders. */
export let thread: u32 = 0;
export let threads: u32 = 1;

/** Rows to train on come first, then those to validate on, which count for nothing. */
export let rows: u32 = 0;
export let trained: u32 = 0;
export let features: u32 = 0;
/** Features are dealt into blocks; the bins of a row in one block lie together in `blockBytes`. */
export let blocks: u32 = 1;
export let blockBytes: usize = 4;
export let maxLeaves: u32 = 0;
export let slots: u32 = 0;
export let histogramBytes: usize = 0;
export let classes: u32 = 1;

export let minSamples: i64 = 1;
export let minWeight: f64 = 0;
export let l2: f64 = 0;
export let rate: f64 = 0.1;
export let maxDepth: u32 = 0;
export let weighted: bool = false;
export let largestWeight: f64 = 1;
/** The quantile of the quantile loss; 0.5 for the absolute loss. */
export let quantile: f64 = 0.5;

/** The orders for the crew, then a place for each thread's answers; see crew.ts. */
export let desk: usize = 0;
export let answers: usize = 0;
export let lossParts: usize = 0;
export let binsByColumn: usize = 0;
export let binsByRow: usize = 0;
/** Where a feature's cells begin within a histogram, and after the last one the end. */
export let offsets: usize = 0;
export let binCounts: usize = 0;
/** Of each feature: 1 it has a bin for missing values, 2 its bins are levels of a category. */
export let kinds: usize = 0;
/** Of each feature: 1 the present tree may split on it. */
export let chosen: usize = 0;
export let gradients: usize = 0;
/** The scores of all rows, class after class. */
export let scores: usize = 0;
/** For softmax: the largest score of each row, then the sum of e^(score − largest). */
export let largestScores: usize = 0;
export let exponentials: usize = 0;
export let targets: usize = 0;
export let weights: usize = 0;
export let order: usize = 0;
export let leftRows: usize = 0;
export let rightRows: usize = 0;
/** 1 for each bin that goes left in the present partition. */
export let ways: usize = 0;
export let nodes: usize = 0;
export let leaves: usize = 0;
export let freeSlots: usize = 0;
/** Of this thread: bins and cells of rows in turn. */
export let stagedBins: usize = 0;
export let stagedCells: usize = 0;
export let histograms: usize = 0;

export let countShift: i64 = 0;
export let hessianMask: i64 = 0;
export let gradientUnit: f64 = 1;
export let hessianUnit: f64 = 1;

@inline
export function answersOf(which: u32): usize {
  return answers + <usize>which * THREAD_BYTES;
}

@inline
export function firstFeature(block: u32): u32 {
  return <u32>((<u64>block * features) / blocks);
}

@inline
export function blockAt(block: u32): usize {
  return binsByRow + <usize>block * <usize>rows * blockBytes;
}

let free: usize = 0;
function take(bytes: usize): usize {
  const at = (free + 63) & ~63;
  free = at + bytes;
  return at;
}

/** Which thread of how many; to be called before `layout`. */
export function setThread(which: u32, all: u32): void {
  thread = which;
  threads = all;
}

/**
 * Places all arrays from `base` on and gives the end; the same on all threads. `bins`: where the bins lie, column after column; `totalBins` over
 * all features, missing bins included; `histogramSlots` ≥ 1 (two more are scratch); `classCount` scores a row.
 */
export function layout(base: usize, bins: usize, rowCount: u32, trainedCount: u32, featureCount: u32, totalBins: u32, leafLimit: u32, histogramSlots: u32, classCount: u32): usize {
  rows = rowCount;
  trained = trainedCount;
  features = featureCount;
  maxLeaves = leafLimit;
  slots = histogramSlots;
  classes = classCount;
  histogramBytes = <usize>totalBins * 16;
  blocks = min(threads * ((features + 16 * threads - 1) / (16 * threads)), (features + 3) / 4);
  blockBytes = <usize>(((features + blocks - 1) / blocks + 3) & ~3);
  const each = <usize>rows;
  free = base;
  binsByColumn = bins;
  desk = take(DESK_BYTES);
  answers = take(THREAD_BYTES * <usize>threads);
  lossParts = take((each / CHUNK + 2) * 8);
  offsets = take(<usize>(features + 1) * 4);
  binCounts = take(<usize>features * 4);
  kinds = take(<usize>features);
  chosen = take(<usize>features);
  binsByRow = take(each * blockBytes * <usize>blocks + 16);
  gradients = take((each + 2) * 16);
  scores = take((each * <usize>classes + 2) * 8);
  largestScores = take(classes > 1 ? each * 8 : 0);
  exponentials = take(classes > 1 ? each * 8 : 0);
  targets = take((each + 2) * 8);
  weights = take((each + 2) * 8);
  order = take((each + 1) * 4);
  leftRows = take((each + 1) * 4);
  rightRows = take((each + 1) * 4);
  ways = take(256);
  nodes = take(<usize>maxLeaves * 2 * NODE_BYTES);
  leaves = take(<usize>maxLeaves * LEAF_BYTES);
  freeSlots = take(<usize>slots * 4);
  const staging = take(<usize>STAGED * 64 * <usize>threads);
  stagedBins = staging + <usize>STAGED * 64 * <usize>thread;
  stagedCells = stagedBins + <usize>STAGED * 40;
  histograms = take(<usize>(slots + 2) * histogramBytes);
  return take(0);
}

/** Bins of one feature without its missing bin. To be called for all features in order. */
export function setFeature(feature: u32, bins: u32, hasMissing: bool, isCategory: bool): void {
  if (feature == 0) store<u32>(offsets, 0);
  const at = offsets + (<usize>feature << 2);
  store<u32>(at, load<u32>(at) + ((bins + u32(hasMissing)) << 4), 4);
  store<u32>(binCounts + (<usize>feature << 2), bins);
  store<u8>(kinds + <usize>feature, <u8>((hasMissing ? 1 : 0) | (isCategory ? 2 : 0)));
  store<u8>(chosen + <usize>feature, 1);
}

/** `depth` 0: no limit; `heaviest`: the largest weight, 1 without weights. */
export function setOptions(samples: u32, weight: f64, regularization: f64, learningRate: f64, depth: u32, hasWeights: bool, heaviest: f64, wantedQuantile: f64): void {
  minSamples = max(<i64>samples, 1);
  minWeight = weight;
  l2 = regularization;
  rate = learningRate;
  maxDepth = depth;
  weighted = hasWeights;
  largestWeight = heaviest;
  quantile = wantedQuantile;
}

/** Chooses units in which no sum over all rows reaches 2^51, nor hessians and count together 2^63. */
export function setUnits(largestGradient: f64, largestHessian: f64): void {
  const bits = 32 - clz(trained);
  countShift = 63 - bits;
  hessianMask = (<i64>1 << countShift) - 1;
  gradientUnit = powerOfTwo(exponentAbove(largestGradient) + bits - 50);
  hessianUnit = powerOfTwo(exponentAbove(largestHessian) - min(62 - 2 * bits, 50 - bits));
}

/** Copies the bins of this thread's share of the rows, written column after column, into blocks of rows as well. */
export function packBins(begin: u32, end: u32): void {
  for (let block: u32 = 0; block < blocks; block++) {
    const from = firstFeature(block);
    const to = firstFeature(block + 1);
    for (let feature = from; feature < to; feature++) {
      const column = binsByColumn + <usize>feature * <usize>rows;
      let at = blockAt(block) + <usize>begin * blockBytes + <usize>(feature - from);
      for (let row = <usize>begin; row < <usize>end; row++) {
        store<u8>(at, load<u8>(column + row));
        at += blockBytes;
      }
    }
  }
}
