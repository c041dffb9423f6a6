// Histogram gradient boosting: gradients, histograms, split finding, partition and score update.
//
// Gradients and hessians are fixed-point integers, so a histogram cell is two 64-bit integers: the sum of gradients, and the number of rows
// (high bits) beside the sum of hessians (low bits). One SIMD addition adds a row to a cell. Integer sums do not depend on order: a sibling
// found by subtraction is exact, and the trees are the same whoever adds the rows. All sums stay below 2^53, so they convert to f64 exactly.
import { bestOf, runHistograms, setSearch, totals } from './crew';
import { gather } from './histogram';
import {
  binCounts,
  binsByColumn,
  countShift,
  freeSlots,
  gradientUnit,
  hessianMask,
  hessianUnit,
  l2,
  LEAF_BYTES,
  leaves,
  maxLeaves,
  minSamples,
  missingFlags,
  NODE_BYTES,
  nodes,
  order,
  rate,
  rows,
  scores,
  slots,
  spare,
  targets,
  weights,
} from './state';

export { layout, packBins, setFeature, setOptions } from './state';
export { dismiss, hire, logisticGradients, serve, squaredGradients } from './crew';

let freeCount: u32 = 0;
let nodeCount: u32 = 0;
let leafCount: u32 = 0;

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

export function fillScores(value: f64): void {
  for (let row: u32 = 0; row < rows; row++) store<f64>(scores + (<usize>row << 3), value);
}

// A leaf: node 0, begin 4, end 8, slot 12, gradient 16, packed 24, gain 32, left gradient 40, left packed 48, feature 56, bin 60, missing left 64.
// @ts-ignore: decorator
@inline
function leafAt(index: u32): usize {
  return leaves + <usize>index * LEAF_BYTES;
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
  memory.copy(leaf + 32, bestOf(which), 40);
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
  let largerSlot = parentSlot;
  if (parentSlot < 0) {
    largerSlot = takeSlot(1);
    setSearch(0, -1, 0, 0);
    setSearch(1, -1, 0, 0);
    gather(load<u32>(larger, 4), load<u32>(larger, 8));
    runHistograms(largerSlot, load<u32>(larger, 4), load<u32>(larger, 8), -1);
  }
  let smallerSlot: i32 = -1;
  if (parentSlot >= 0 || splittable(smaller)) {
    smallerSlot = takeSlot(0);
    gather(load<u32>(smaller, 4), load<u32>(smaller, 8));
  }
  const searchSmaller = splittable(smaller) ? smallerSlot : -1;
  ask(0, smaller, searchSmaller);
  ask(1, larger, largerSlot);
  runHistograms(smallerSlot, load<u32>(smaller, 4), load<u32>(smaller, 8), parentSlot);
  settle(1, larger, largerSlot);
  settle(0, smaller, searchSmaller);
  if (searchSmaller < 0) giveSlot(smallerSlot);
}

/** Grows one tree from the present gradients, best gain first, and adds its values to the scores. Gives the number of its nodes. */
export function growTree(): u32 {
  nodeCount = 0;
  leafCount = 1;
  freeCount = slots;
  for (let slot: u32 = 0; slot < slots; slot++) store<u32>(freeSlots + (<usize>slot << 2), slots - 1 - slot);
  for (let row: u32 = 0; row < rows; row++) store<u32>(order + (<usize>row << 2), row);
  newLeaf(0, 0, rows, i64x2.extract_lane(totals, 0), i64x2.extract_lane(totals, 1));
  if (splittable(leafAt(0)) && maxLeaves > 1) {
    const slot = takeSlot(0);
    gather(0, rows);
    ask(0, leafAt(0), slot);
    setSearch(1, -1, 0, 0);
    runHistograms(slot, 0, rows, -1);
    settle(0, leafAt(0), slot);
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
  addValues();
  return nodeCount;
}

/** Adds each leaf's value to the scores of its rows. */
function addValues(): void {
  const present = scores;
  for (let index: u32 = 0; index < leafCount; index++) {
    const leaf = leafAt(index);
    const value = load<f64>(nodes + <usize>load<u32>(leaf) * NODE_BYTES, 32);
    const last = order + (<usize>load<u32>(leaf, 8) << 2);
    for (let at = order + (<usize>load<u32>(leaf, 4) << 2); at < last; at += 4) {
      const score = present + (<usize>load<u32>(at) << 3);
      store<f64>(score, load<f64>(score) + value);
    }
  }
}

function splitLeaf(index: u32): void {
  const leaf = leafAt(index);
  const begin = load<u32>(leaf, 4);
  const end = load<u32>(leaf, 8);
  const slot = load<i32>(leaf, 12);
  const gradient = load<i64>(leaf, 16);
  const packed = load<i64>(leaf, 24);
  const leftGradient = load<i64>(leaf, 40);
  const leftPacked = load<i64>(leaf, 48);
  const node = nodes + <usize>load<u32>(leaf) * NODE_BYTES;
  const feature = load<u32>(leaf, 56);
  const bin = load<u32>(leaf, 60);
  const missingLeft = load<u32>(leaf, 64);
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
