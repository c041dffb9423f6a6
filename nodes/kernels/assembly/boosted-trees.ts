// Histogram gradient boosting: gradients, histograms, split finding, partition and score update.
//
// Gradients and hessians are fixed-point integers, so a histogram cell is two 64-bit integers: the sum of gradients, and the number of rows
// (high bits) beside the sum of hessians (low bits). One SIMD addition adds a row to a cell. Integer sums do not depend on order: a sibling
// found by subtraction is exact, and the trees are the same whoever adds the rows. All sums stay below 2^53, so they convert to f64 exactly.
import { exp2, exponentAbove, powerOfTwo, sumOf, toIntegers } from './math';

const NODE_BYTES: usize = 48;
const LEAF_BYTES: usize = 96;

let rows: u32 = 0;
let features: u32 = 0;
let maxLeaves: u32 = 0;
let slots: u32 = 0;
let histogramBytes: usize = 0;

let minSamples: i64 = 1;
let minWeight: f64 = 0;
let l2: f64 = 0;
let rate: f64 = 0.1;
let weighted: bool = false;
let largestWeight: f64 = 1;

let binsByColumn: usize = 0;
let packedBins: usize = 0;
let offsets: usize = 0;
let binCounts: usize = 0;
let missingFlags: usize = 0;
let gradients: usize = 0;
let ordered: usize = 0;
let scores: usize = 0;
let targets: usize = 0;
let weights: usize = 0;
let order: usize = 0;
let spare: usize = 0;
let nodes: usize = 0;
let leaves: usize = 0;
let freeSlots: usize = 0;
let histograms: usize = 0;
let freeCount: u32 = 0;

let countShift: i64 = 0;
let hessianMask: i64 = 0;
let gradientUnit: f64 = 1;
let hessianUnit: f64 = 1;
let totalGradient: i64 = 0;
let totalPacked: i64 = 0;
let nodeCount: u32 = 0;
let leafCount: u32 = 0;

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
  binsByColumn = at;
  at = align(at + <usize>rows * <usize>features);
  packedBins = at;
  at = align(at + <usize>rows * <usize>(features & ~3));
  offsets = at;
  at = align(at + <usize>features * 4);
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

export function binsByColumnAddress(): usize {
  return binsByColumn;
}
export function scoresAddress(): usize {
  return scores;
}
export function targetsAddress(): usize {
  return targets;
}
export function weightsAddress(): usize {
  return weights;
}
export function nodesAddress(): usize {
  return nodes;
}

/** Bins of one feature without its missing bin, and whether it has one. To be called for all features in order. */
export function setFeature(feature: u32, bins: u32, hasMissing: bool): void {
  const before = feature == 0 ? 0 : load<u32>(offsets + <usize>(feature - 1) * 4) + ((load<u32>(binCounts + <usize>(feature - 1) * 4) + load<u8>(missingFlags + <usize>(feature - 1))) << 4);
  store<u32>(offsets + <usize>feature * 4, before);
  store<u32>(binCounts + <usize>feature * 4, bins);
  store<u8>(missingFlags + <usize>feature, hasMissing ? 1 : 0);
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

/** `heaviest`: the largest weight, 1 without weights. */
export function setOptions(samples: u32, weight: f64, regularization: f64, learningRate: f64, hasWeights: bool, heaviest: f64): void {
  minSamples = max(<i64>samples, 1);
  minWeight = weight;
  l2 = regularization;
  rate = learningRate;
  weighted = hasWeights;
  largestWeight = heaviest;
}

export function fillScores(value: f64): void {
  for (let row: u32 = 0; row < rows; row++) store<f64>(scores + (<usize>row << 3), value);
}

/** Chooses units in which no sum over all rows reaches 2^51, nor hessians and count together 2^63. */
function setUnits(largestGradient: f64, largestHessian: f64): void {
  const bits = 32 - clz(rows);
  countShift = 63 - bits;
  hessianMask = (<i64>1 << countShift) - 1;
  gradientUnit = powerOfTwo(exponentAbove(largestGradient) + bits - 50);
  hessianUnit = powerOfTwo(exponentAbove(largestHessian) - min(62 - 2 * bits, 50 - bits));
}

/** Stores the cells of two rows and gives their sum. The place of an odd last row's partner exists, and counts for nothing. */
// @ts-ignore: decorator
@inline
function storePair(at: usize, gradient: v128, packed: v128, pair: bool): v128 {
  const first = i64x2.shuffle(gradient, packed, 0, 2);
  const second = i64x2.shuffle(gradient, packed, 1, 3);
  v128.store(at, first);
  v128.store(at, second, 16);
  return pair ? i64x2.add(first, second) : first;
}

function keepTotal(total: v128): void {
  totalGradient = i64x2.extract_lane(total, 0);
  totalPacked = i64x2.extract_lane(total, 1);
}

/** Gradients of the log loss at the present scores (targets 0 or 1); gives the sum of losses. */
export function logisticGradients(): f64 {
  setUnits(largestWeight, 0.25 * largestWeight);
  const count = rows;
  const cells = gradients;
  const present = scores;
  const answers = targets;
  const heavy = weighted;
  let total = i64x2.splat(0);
  const gradientScale = f64x2.splat(1 / gradientUnit);
  const hessianScale = f64x2.splat(1 / hessianUnit);
  const one = f64x2.splat(1);
  const counted = i64x2.splat(<i64>1 << countShift);
  let loss: f64 = 0;
  let product = one;
  // An odd last row is paired with a row beyond the end, whose result is not kept.
  for (let row: u32 = 0; row < count; row += 2) {
    const at = <usize>row << 3;
    const y = v128.load(answers + at);
    const p = f64x2.div(one, f64x2.add(one, exp2(f64x2.neg(v128.load(present + at)))));
    const rest = f64x2.sub(one, p);
    let g = f64x2.sub(p, y);
    let h = f64x2.mul(p, rest);
    const pair = row + 1 < count;
    let likelihood = f64x2.pmax(v128.bitselect(p, rest, f64x2.gt(y, f64x2.splat(0.5))), f64x2.splat(1e-15));
    if (heavy) {
      const w = v128.load(weights + at);
      g = f64x2.mul(g, w);
      h = f64x2.mul(h, w);
      loss -= f64x2.extract_lane(w, 0) * Math.log(f64x2.extract_lane(likelihood, 0));
      if (pair) loss -= f64x2.extract_lane(w, 1) * Math.log(f64x2.extract_lane(likelihood, 1));
    } else {
      if (!pair) likelihood = f64x2.replace_lane(likelihood, 1, 1);
      product = f64x2.mul(product, likelihood);
      if ((row & 15) == 14) {
        loss -= Math.log(f64x2.extract_lane(product, 0) * f64x2.extract_lane(product, 1));
        product = one;
      }
    }
    const gradient = toIntegers(f64x2.mul(g, gradientScale));
    const packed = i64x2.add(toIntegers(f64x2.mul(h, hessianScale)), counted);
    total = i64x2.add(total, storePair(cells + (at << 1), gradient, packed, pair));
  }
  keepTotal(total);
  return loss - Math.log(f64x2.extract_lane(product, 0)) - Math.log(f64x2.extract_lane(product, 1));
}

/** Gradients of half the squared error at the present scores; gives the weighted sum of squared errors. */
export function squaredGradients(): f64 {
  let loss: f64 = 0;
  let largest: f64 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const at = <usize>row << 3;
    const w = weighted ? load<f64>(weights + at) : 1;
    const error = load<f64>(scores + at) - load<f64>(targets + at);
    loss += w * error * error;
    largest = max(largest, abs(w * error));
  }
  setUnits(largest, largestWeight);
  const count = rows;
  const cells = gradients;
  let total = i64x2.splat(0);
  const gradientScale = f64x2.splat(1 / gradientUnit);
  const hessianScale = f64x2.splat(1 / hessianUnit);
  const counted = i64x2.splat(<i64>1 << countShift);
  for (let row: u32 = 0; row < rows; row += 2) {
    const at = <usize>row << 3;
    const w = weighted ? v128.load(weights + at) : f64x2.splat(1);
    const g = f64x2.mul(w, f64x2.sub(v128.load(scores + at), v128.load(targets + at)));
    const gradient = toIntegers(f64x2.mul(g, gradientScale));
    const packed = i64x2.add(toIntegers(f64x2.mul(w, hessianScale)), counted);
    total = i64x2.add(total, storePair(cells + (at << 1), gradient, packed, row + 1 < count));
  }
  keepTotal(total);
  return loss;
}

// @ts-ignore: decorator
@inline
function addTo(cell: usize, gradient: v128): void {
  v128.store(cell, i64x2.add(v128.load(cell), gradient));
}

/** Brings the gradients of order[begin..end) into that order, so that each pass over a few features reads them straight through. */
function gather(begin: u32, end: u32): void {
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

/** Makes the histogram of the rows order[begin..end). */
function buildHistogram(histogram: usize, begin: u32, end: u32): void {
  memory.fill(histogram, 0, histogramBytes);
  gather(begin, end);
  const first = order + (<usize>begin << 2);
  const last = order + (<usize>end << 2);
  const wide = features & ~3;
  let feature: u32 = 0;
  for (; feature < wide; feature += 4) addFour(histogram, feature, first, last);
  for (; feature < features; feature++) addOne(histogram, feature, first, last);
}

/** parent −= child */
function subtractHistogram(parent: usize, child: usize): void {
  for (let at: usize = 0; at < histogramBytes; at += 16) v128.store(parent + at, i64x2.sub(v128.load(parent + at), v128.load(child + at)));
}

// A leaf: node 0, begin 4, end 8, slot 12, gradient 16, packed 24, gain 32, feature 40, bin 44, missing left 48, left gradient 56, left packed 64.
// @ts-ignore: decorator
@inline
function leafAt(index: u32): usize {
  return leaves + <usize>index * LEAF_BYTES;
}

let bestGain: f64 = 0;
let bestFeature: u32 = 0;
let bestBin: u32 = 0;
let bestMissingLeft: bool = false;
let bestGradient: i64 = 0;
let bestPacked: i64 = 0;

/** Tries every edge of a feature with its missing rows on one side; missing rows are in `gradient`, `packed` when they go left. */
function scan(cells: usize, bins: u32, feature: u32, missingLeft: bool, gradient: i64, packed: i64, leafGradient: f64, leafHessian: f64, leafRows: i64, parentScore: f64): void {
  const regularization = f64x2.splat(l2);
  const shift = countShift;
  const mask = hessianMask;
  const least = minSamples;
  const lightest = minWeight;
  const gradientUnits = f64x2.splat(gradientUnit);
  const hessianUnits = f64x2.splat(hessianUnit);
  for (let bin: u32 = 0; bin < bins; bin++) {
    const cell = cells + (<usize>bin << 4);
    const here = load<i64>(cell, 8);
    if (here == 0) continue;
    gradient += load<i64>(cell);
    packed += here;
    const leftRows = packed >> shift;
    if (leftRows < least) continue;
    if (leafRows - leftRows < least) break;
    const leftGradient = <f64>gradient;
    const leftHessian = <f64>(packed & mask);
    const g = f64x2.mul(f64x2.replace_lane(f64x2.splat(leftGradient), 1, leafGradient - leftGradient), gradientUnits);
    const h = f64x2.mul(f64x2.replace_lane(f64x2.splat(leftHessian), 1, leafHessian - leftHessian), hessianUnits);
    if (f64x2.extract_lane(h, 0) < lightest || f64x2.extract_lane(h, 1) < lightest) continue;
    const gain = sumOf(f64x2.div(f64x2.mul(g, g), f64x2.add(h, regularization))) - parentScore;
    if (gain > bestGain) {
      bestGain = gain;
      bestFeature = feature;
      bestBin = bin;
      bestMissingLeft = missingLeft;
      bestGradient = gradient;
      bestPacked = packed;
    }
  }
}

/** Finds the best split of a leaf and writes it into the leaf; gain 0 where none is allowed or none gains. */
function findSplit(leaf: usize, histogram: usize): void {
  const gradient = load<i64>(leaf, 16);
  const packed = load<i64>(leaf, 24);
  const leafRows = packed >> countShift;
  const leafGradient = <f64>gradient;
  const leafHessian = <f64>(packed & hessianMask);
  const scaled = leafGradient * gradientUnit;
  const parentScore = (scaled * scaled) / (leafHessian * hessianUnit + l2);
  bestGain = 1e-12 * parentScore;
  const least = bestGain;
  for (let feature: u32 = 0; feature < features; feature++) {
    const bins = load<u32>(binCounts + (<usize>feature << 2));
    const cells = histogram + load<u32>(offsets + (<usize>feature << 2));
    const missing = load<u8>(missingFlags + <usize>feature) ? cells + (<usize>bins << 4) : 0;
    const missingPacked = missing ? load<i64>(missing, 8) : 0;
    const before = bestGain;
    scan(cells, bins, feature, false, 0, 0, leafGradient, leafHessian, leafRows, parentScore);
    if (missingPacked != 0) {
      scan(cells, bins, feature, true, load<i64>(missing), missingPacked, leafGradient, leafHessian, leafRows, parentScore);
    } else if (bestGain > before) {
      // None missing here: should one come, it goes with the larger child.
      bestMissingLeft = (bestPacked >> countShift) * 2 >= leafRows;
    }
  }
  store<f64>(leaf, bestGain > least ? bestGain : 0, 32);
  store<u32>(leaf, bestFeature, 40);
  store<u32>(leaf, bestBin, 44);
  store<u32>(leaf, bestMissingLeft ? 1 : 0, 48);
  store<i64>(leaf, bestGradient, 56);
  store<i64>(leaf, bestPacked, 64);
}

/** Parts order[begin..end) into left and right rows, keeping their order; gives the first right row's place. */
function partition(begin: u32, end: u32, feature: u32, bin: u32, missingLeft: bool): u32 {
  const column = binsByColumn + <usize>feature * <usize>rows;
  const missing: u32 = load<u8>(missingFlags + <usize>feature) ? load<u32>(binCounts + (<usize>feature << 2)) : 256;
  let left = order + (<usize>begin << 2);
  let right = spare;
  const last = order + (<usize>end << 2);
  for (let at = left; at < last; at += 4) {
    const row = load<u32>(at);
    const value = <u32>load<u8>(column + <usize>row);
    const goesLeft = <usize>(value == missing ? u32(missingLeft) : u32(value <= bin));
    store<u32>(left, row);
    store<u32>(right, row);
    left += goesLeft << 2;
    right += (1 - goesLeft) << 2;
  }
  memory.copy(left, spare, right - spare);
  return <u32>((left - order) >> 2);
}

// A node: feature 0 (−1 at a leaf), bin 4, left 8, right 12, missing left 16, rows 20, gain 24, value 32.
function newNode(rowCount: u32, gradient: i64, packed: i64): u32 {
  const at = nodes + <usize>nodeCount * NODE_BYTES;
  const value = (-rate * (<f64>gradient * gradientUnit)) / (<f64>(packed & hessianMask) * hessianUnit + l2 + 1e-300);
  store<i32>(at, -1);
  store<u32>(at, rowCount, 20);
  store<f64>(at, 0, 24);
  // Rounded as the exported tree holds it, so that training sees the scores that the exported tree will give.
  store<f64>(at, <f64>(<f32>value), 32);
  return nodeCount++;
}

function newLeaf(index: u32, begin: u32, end: u32, gradient: i64, packed: i64): void {
  const leaf = leafAt(index);
  store<u32>(leaf, newNode(end - begin, gradient, packed));
  store<u32>(leaf, begin, 4);
  store<u32>(leaf, end, 8);
  store<i32>(leaf, -1, 12);
  store<i64>(leaf, gradient, 16);
  store<i64>(leaf, packed, 24);
  store<f64>(leaf, 0, 32);
}

// @ts-ignore: decorator
@inline
function slotAt(slot: i32): usize {
  return histograms + <usize>slot * histogramBytes;
}

/** A free histogram, or the given scratch one when all are taken. */
function takeSlot(scratch: u32): i32 {
  if (freeCount == 0) return <i32>(slots + scratch);
  freeCount--;
  return load<i32>(freeSlots + <usize>freeCount * 4);
}

function giveSlot(slot: i32): void {
  if (slot < 0 || <u32>slot >= slots) return;
  store<i32>(freeSlots + <usize>freeCount * 4, slot);
  freeCount++;
}

/** Finds the leaf's split and keeps its histogram only if it will split and the histogram is not scratch. */
function settle(leaf: usize, slot: i32): void {
  findSplit(leaf, slotAt(slot));
  const kept = load<f64>(leaf, 32) > 0 && <u32>slot < slots;
  store<i32>(leaf, kept ? slot : -1, 12);
  if (!kept) giveSlot(slot);
}

function splittable(leaf: usize): bool {
  return (load<i64>(leaf, 24) >> countShift) >= 2 * minSamples;
}

/** Histograms and splits of the two children of a leaf whose histogram was in `parentSlot` (−1: not kept). */
function searchChildren(left: usize, right: usize, parentSlot: i32): void {
  const leftIsSmaller = load<u32>(left, 8) - load<u32>(left, 4) <= load<u32>(right, 8) - load<u32>(right, 4);
  const smaller = leftIsSmaller ? left : right;
  const larger = leftIsSmaller ? right : left;
  if (!splittable(larger)) {
    giveSlot(parentSlot);
    return;
  }
  let smallerSlot: i32 = -1;
  if (parentSlot >= 0 || splittable(smaller)) {
    smallerSlot = takeSlot(0);
    buildHistogram(slotAt(smallerSlot), load<u32>(smaller, 4), load<u32>(smaller, 8));
  }
  let largerSlot = parentSlot;
  if (parentSlot >= 0) {
    subtractHistogram(slotAt(parentSlot), slotAt(smallerSlot));
  } else {
    largerSlot = takeSlot(1);
    buildHistogram(slotAt(largerSlot), load<u32>(larger, 4), load<u32>(larger, 8));
  }
  settle(larger, largerSlot);
  if (smallerSlot < 0) return;
  if (splittable(smaller)) settle(smaller, smallerSlot);
  else giveSlot(smallerSlot);
}

/** Grows one tree from the present gradients, best gain first, and adds its values to the scores. Gives the number of its nodes. */
export function growTree(): u32 {
  nodeCount = 0;
  leafCount = 1;
  freeCount = slots;
  for (let slot: u32 = 0; slot < slots; slot++) store<u32>(freeSlots + (<usize>slot << 2), slots - 1 - slot);
  for (let row: u32 = 0; row < rows; row++) store<u32>(order + (<usize>row << 2), row);
  newLeaf(0, 0, rows, totalGradient, totalPacked);
  if (splittable(leafAt(0)) && maxLeaves > 1) {
    const slot = takeSlot(0);
    buildHistogram(slotAt(slot), 0, rows);
    settle(leafAt(0), slot);
  }
  while (leafCount < maxLeaves) {
    let chosen: u32 = 0;
    let gain: f64 = 0;
    for (let index: u32 = 0; index < leafCount; index++) {
      const candidate = load<f64>(leafAt(index), 32);
      if (candidate > gain) {
        gain = candidate;
        chosen = index;
      }
    }
    if (!(gain > 0)) break;
    splitLeaf(chosen);
  }
  for (let index: u32 = 0; index < leafCount; index++) {
    const leaf = leafAt(index);
    const value = load<f64>(nodes + <usize>load<u32>(leaf) * NODE_BYTES, 32);
    const last = order + (<usize>load<u32>(leaf, 8) << 2);
    const present = scores;
    for (let at = order + (<usize>load<u32>(leaf, 4) << 2); at < last; at += 4) {
      const score = present + (<usize>load<u32>(at) << 3);
      store<f64>(score, load<f64>(score) + value);
    }
  }
  return nodeCount;
}

function splitLeaf(index: u32): void {
  const leaf = leafAt(index);
  const begin = load<u32>(leaf, 4);
  const end = load<u32>(leaf, 8);
  const slot = load<i32>(leaf, 12);
  const gradient = load<i64>(leaf, 16);
  const packed = load<i64>(leaf, 24);
  const leftGradient = load<i64>(leaf, 56);
  const leftPacked = load<i64>(leaf, 64);
  const node = nodes + <usize>load<u32>(leaf) * NODE_BYTES;
  const feature = load<u32>(leaf, 40);
  const bin = load<u32>(leaf, 44);
  const missingLeft = load<u32>(leaf, 48);
  const middle = partition(begin, end, feature, bin, missingLeft != 0);
  store<u32>(node, feature);
  store<u32>(node, bin, 4);
  store<u32>(node, missingLeft, 16);
  store<f64>(node, load<f64>(leaf, 32), 24);
  newLeaf(index, begin, middle, leftGradient, leftPacked);
  newLeaf(leafCount, middle, end, gradient - leftGradient, packed - leftPacked);
  store<u32>(node, load<u32>(leaf), 8);
  store<u32>(node, load<u32>(leafAt(leafCount)), 12);
  leafCount++;
  if (leafCount < maxLeaves) searchChildren(leafAt(index), leafAt(leafCount - 1), slot);
}
