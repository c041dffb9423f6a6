// Histogram gradient boosting: gradients, histograms, split finding, partition and score update.
//
// Gradients and hessians are fixed-point integers, so a histogram cell is two 64-bit integers: the sum of gradients, and the number of rows
// (high bits) beside the sum of hessians (low bits). One SIMD addition adds a row to a cell. Integer sums do not depend on order: a sibling
// found by subtraction is exact, and the trees are the same whoever adds the rows. All sums stay below 2^53, so they convert to f64 exactly.
import { bestOf, partition, runHistograms, setSearch, totals, updateScores, validationLoss } from './crew';
import { SPLIT_BYTES } from './split';
import {
  binCounts,
  chosen,
  countShift,
  freeSlots,
  gradientUnit,
  hessianMask,
  hessianUnit,
  kinds,
  l2,
  LEAF_BYTES,
  leaves,
  maxDepth,
  maxLeaves,
  minSamples,
  NODE_BYTES,
  nodes,
  order,
  rate,
  rows,
  scores,
  slots,
  targets,
  ways,
  weights,
} from './state';

export { computeGradients, computeLoss, dismiss, hire, pack, serve } from './crew';
export { layout, setFeature, setOptions, setThread } from './state';

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
export function leavesAddress(): usize {
  return leaves;
}
export function orderAddress(): usize {
  return order;
}
export function chosenAddress(): usize {
  return chosen;
}
export function lossOfValidation(): f64 {
  return validationLoss;
}

let nodeCount: u32 = 0;
let leafCount: u32 = 0;
let freeCount: u32 = 0;

export function numberOfNodes(): u32 {
  return nodeCount;
}
export function numberOfLeaves(): u32 {
  return leafCount;
}

// A leaf: node 0, begin 4, end 8, histogram slot 12 (−1: none), gradient 16, packed 24, its split 32, depth 104.
@inline
function leafAt(index: u32): usize {
  return leaves + <usize>index * LEAF_BYTES;
}

// A node: feature 0 (−1 at a leaf), bin 4, left 8, right 12, missing left 16, rows 20, gain 24, value 32, is a set of levels 40, the set 48.
function newNode(gradient: i64, packed: i64): u32 {
  const at = nodes + <usize>nodeCount * NODE_BYTES;
  const value = (-rate * (<f64>gradient * gradientUnit)) / (<f64>(packed & hessianMask) * hessianUnit + l2 + 1e-300);
  store<i32>(at, -1);
  store<u32>(at, <u32>(packed >> countShift), 20);
  store<f64>(at, 0, 24);
  // Rounded as the exported tree holds it, so that training sees the scores that the exported tree will give.
  store<f64>(at, <f64>(<f32>value), 32);
  return nodeCount++;
}

function newLeaf(index: u32, begin: u32, end: u32, gradient: i64, packed: i64, depth: u32): void {
  const leaf = leafAt(index);
  store<u32>(leaf, newNode(gradient, packed));
  store<u32>(leaf, begin, 4);
  store<u32>(leaf, end, 8);
  store<i32>(leaf, -1, 12);
  store<i64>(leaf, gradient, 16);
  store<i64>(leaf, packed, 24);
  store<f64>(leaf, 0, 32);
  store<u32>(leaf, depth, 104);
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

function ask(which: usize, leaf: usize, slot: i32): void {
  setSearch(which, slot, load<i64>(leaf, 16), load<i64>(leaf, 24));
}

/** Notes the leaf's split, and keeps its histogram only if it will split and the histogram is not scratch. */
function settle(which: usize, leaf: usize, slot: i32): void {
  if (slot < 0) return;
  memory.copy(leaf + 32, bestOf(which), SPLIT_BYTES);
  const kept = load<f64>(leaf, 32) > 0 && <u32>slot < slots;
  store<i32>(leaf, kept ? slot : -1, 12);
  if (!kept) giveSlot(slot);
}

@inline
function countOf(leaf: usize): i64 {
  return load<i64>(leaf, 24) >> countShift;
}

function splittable(leaf: usize): bool {
  return countOf(leaf) >= 2 * minSamples && (maxDepth == 0 || load<u32>(leaf, 104) < maxDepth);
}

/** Histograms and splits of the two children of a leaf whose histogram was in `parentSlot` (−1: not kept). */
function searchChildren(left: usize, right: usize, parentSlot: i32): void {
  const leftIsSmaller = countOf(left) <= countOf(right);
  const smaller = leftIsSmaller ? left : right;
  const larger = leftIsSmaller ? right : left;
  if (!splittable(larger)) {
    giveSlot(parentSlot);
    return;
  }
  let largerSlot = parentSlot;
  if (parentSlot < 0) {
    largerSlot = takeSlot(1);
    setSearch(0, -1, 0, 0);
    setSearch(1, -1, 0, 0);
    runHistograms(largerSlot, load<u32>(larger, 4), load<u32>(larger, 8), -1);
  }
  let smallerSlot: i32 = -1;
  if (parentSlot >= 0 || splittable(smaller)) smallerSlot = takeSlot(0);
  const searchSmaller = splittable(smaller) ? smallerSlot : -1;
  ask(0, smaller, searchSmaller);
  ask(1, larger, largerSlot);
  runHistograms(smallerSlot, load<u32>(smaller, 4), load<u32>(smaller, 8), parentSlot);
  settle(1, larger, largerSlot);
  settle(0, smaller, searchSmaller);
  if (searchSmaller < 0) giveSlot(smallerSlot);
}

/** Begins a tree from the present gradients: all rows in one leaf. */
export function startTree(): void {
  nodeCount = 0;
  leafCount = 1;
  freeCount = slots;
  for (let slot: u32 = 0; slot < slots; slot++) store<u32>(freeSlots + (<usize>slot << 2), slots - 1 - slot);
  for (let row: u32 = 0; row < rows; row++) store<u32>(order + (<usize>row << 2), row);
  newLeaf(0, 0, rows, i64x2.extract_lane(totals, 0), i64x2.extract_lane(totals, 1), 0);
  if (!splittable(leafAt(0)) || maxLeaves < 2) return;
  const slot = takeSlot(0);
  ask(0, leafAt(0), slot);
  setSearch(1, -1, 0, 0);
  runHistograms(slot, 0, rows, -1);
  settle(0, leafAt(0), slot);
}

/** Splits the leaf with the best gain; false where none is left to split. */
export function splitNext(): bool {
  if (leafCount >= maxLeaves) return false;
  let best: u32 = 0;
  let gain: f64 = 0;
  for (let index: u32 = 0; index < leafCount; index++) {
    const candidate = load<f64>(leafAt(index), 32);
    if (candidate > gain) {
      gain = candidate;
      best = index;
    }
  }
  if (!(gain > 0)) return false;
  splitLeaf(best);
  return leafCount < maxLeaves;
}

/** Adds the values of the tree's leaves to the scores of a class. */
export function finishTree(which: u32): void {
  updateScores(which, leafCount);
}

/** Says for each bin of the split's feature whether it goes left. */
function setWays(split: usize): void {
  const feature = <usize>load<u32>(split, 24);
  const bin = load<u32>(split, 28);
  const bins = load<u32>(binCounts + (feature << 2));
  const isSet = load<u32>(split, 36) != 0;
  for (let each: u32 = 0; each < bins; each++) {
    const inSet = (load<u8>(split + 40 + <usize>(each >> 3)) >> <u8>(each & 7)) & 1;
    store<u8>(ways + <usize>each, isSet ? inSet : u8(each <= bin));
  }
  if (load<u8>(kinds + feature) & 1) store<u8>(ways + <usize>bins, <u8>load<u32>(split, 32));
}

function splitLeaf(index: u32): void {
  const leaf = leafAt(index);
  const begin = load<u32>(leaf, 4);
  const end = load<u32>(leaf, 8);
  const slot = load<i32>(leaf, 12);
  const gradient = load<i64>(leaf, 16);
  const packed = load<i64>(leaf, 24);
  const split = leaf + 32;
  const leftGradient = load<i64>(split, 8);
  const leftPacked = load<i64>(split, 16);
  const depth = load<u32>(leaf, 104) + 1;
  const node = nodes + <usize>load<u32>(leaf) * NODE_BYTES;
  setWays(split);
  const middle = partition(begin, end, load<u32>(split, 24));
  store<u32>(node, load<u32>(split, 24));
  store<u32>(node, load<u32>(split, 28), 4);
  store<u32>(node, load<u32>(split, 32), 16);
  store<f64>(node, load<f64>(split), 24);
  store<u32>(node, load<u32>(split, 36), 40);
  memory.copy(node + 48, split + 40, 32);
  newLeaf(index, begin, middle, leftGradient, leftPacked, depth);
  newLeaf(leafCount, middle, end, gradient - leftGradient, packed - leftPacked, depth);
  store<u32>(node, load<u32>(leaf), 8);
  store<u32>(node, load<u32>(leafAt(leafCount)), 12);
  leafCount++;
  if (leafCount < maxLeaves) searchChildren(leafAt(index), leafAt(leafCount - 1), slot);
}
