// Random forests on histograms: rows and columns drawn at random for each tree and split (Breiman 2001), cuts drawn at random where wanted (Geurts
// et al. 2006). Each thread grows whole trees alone; a tree depends on its seed and the data only. Cells are integers as in boosted-trees.ts: the
// sum of weight · answer, then the number of rows beside the sum of weights.
import { findSplit, random, startRandom } from './forest-split';
import {
  ALL_ROWS,
  answerUnit,
  binCounts,
  binsByRow,
  BOOTSTRAP,
  candidates,
  cells,
  classes,
  counts,
  countShift,
  features,
  FOREST_NODE_BYTES,
  groups,
  leafSums,
  maxDepth,
  maxLeaves,
  minSamples,
  missingFlags,
  nodes,
  open,
  OPEN_BYTES,
  order,
  rows,
  sampling,
  settled,
  share,
  spareCells,
  spareOrder,
  targets,
  weighted,
  weightMask,
  weights,
  weightUnit,
} from './forest-state';
import { toIntegers } from './math';

export { ownRegion, setOptions, setUnits, shareMatrix } from './forest-state';

export function targetsAddress(): usize {
  return targets;
}
export function weightsAddress(): usize {
  return weights;
}
export function groupsAddress(): usize {
  return groups;
}
export function nodesAddress(): usize {
  return nodes;
}
export function leafSumsAddress(): usize {
  return leafSums;
}
export function settledAddress(): usize {
  return settled;
}

/** Brings the bins of a feature, written column after column, beside those of the other features of each row. To be called for all. */
export function takeFeature(feature: u32, column: usize, bins: u32, hasMissing: bool): void {
  store<u32>(binCounts + (<usize>feature << 2), bins);
  store<u8>(missingFlags + <usize>feature, hasMissing ? 1 : 0);
  let to = binsByRow + <usize>feature;
  for (let row: usize = 0; row < <usize>rows; row++) {
    store<u8>(to, load<u8>(column + row));
    to += <usize>features;
  }
}

let nodeCount: u32 = 0;
let leafCount: u32 = 0;
let openCount: u32 = 0;
let inBag: u32 = 0;

/** Draws the tree's rows and fills their cells; gives the sum of the cells. */
function drawRows(): v128 {
  memory.fill(counts, 0, <usize>rows * 2);
  if (sampling == BOOTSTRAP) {
    const draws = <u32>(share * <f64>rows + 0.5);
    for (let draw: u32 = 0; draw < draws; draw++) {
      const at = counts + (<usize>(random() * <f64>rows) << 1);
      store<u16>(at, load<u16>(at) + 1);
    }
  } else {
    for (let row: usize = 0; row < <usize>rows; row++) store<u16>(counts + (row << 1), sampling == ALL_ROWS || random() < share ? 1 : 0);
  }
  let total = i64x2.splat(0);
  inBag = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const count = load<u16>(counts + (row << 1));
    if (count == 0) continue;
    const weight = (weighted ? load<f64>(weights + (row << 3)) : 1) * <f64>count;
    const scaled = f64x2.replace_lane(f64x2.splat((weight * load<f64>(targets + (row << 3))) / answerUnit), 1, weight / weightUnit);
    const cell = i64x2.add(toIntegers(scaled), i64x2.replace_lane(i64x2.splat(0), 1, <i64>1 << countShift));
    store<u32>(order + (<usize>inBag << 2), <u32>row);
    v128.store(cells + (<usize>inBag << 4), cell);
    total = i64x2.add(total, cell);
    inBag++;
  }
  return total;
}

// A node: feature 0 (−1 at a leaf), bin 4, left 8, right 12, missing left 16, rows 20, gain 24, value 32, begin 40, end 44.
// An open node: node 0, begin 4, end 8, depth 12, answers 16, packed 24, its split 32 (40 bytes).
function newNode(begin: u32, end: u32, answers: i64, packed: i64, depth: u32): void {
  const at = nodes + <usize>nodeCount * FOREST_NODE_BYTES;
  store<i32>(at, -1);
  store<u32>(at, end - begin, 20);
  store<f64>(at, 0, 24);
  store<f64>(at, (<f64>answers * answerUnit) / (<f64>(packed & weightMask) * weightUnit), 32);
  store<u32>(at, begin, 40);
  store<u32>(at, end, 44);
  const node = nodeCount++;
  leafCount++;
  if ((packed >> countShift) < 2 * minSamples || (maxDepth > 0 && depth >= maxDepth)) return settle(end - begin);
  const entry = open + <usize>openCount * OPEN_BYTES;
  findSplit(begin, end, answers, packed, entry + 32);
  if (load<f64>(entry, 32) == 0) return settle(end - begin);
  store<u32>(entry, node);
  store<u32>(entry, begin, 4);
  store<u32>(entry, end, 8);
  store<u32>(entry, depth, 12);
  store<i64>(entry, answers, 16);
  store<i64>(entry, packed, 24);
  openCount++;
}

/** Rows have come to a leaf; other threads look at that. */
function settle(count: u32): void {
  store<u32>(settled, load<u32>(settled) + count);
}

/** Parts the rows begin..end and their cells; gives the first right one's place. */
function partition(begin: u32, end: u32, feature: u32, bin: u32, missingLeft: bool): u32 {
  const column = binsByRow + <usize>feature;
  const missing: u32 = load<u8>(missingFlags + <usize>feature) ? load<u32>(binCounts + (<usize>feature << 2)) : 256;
  let left = begin;
  let right: u32 = 0;
  for (let place = begin; place < end; place++) {
    const row = load<u32>(order + (<usize>place << 2));
    const cell = v128.load(cells + (<usize>place << 4));
    const value = <u32>load<u8>(column + <usize>row * <usize>features);
    const goesLeft = value == missing ? u32(missingLeft) : u32(value <= bin);
    store<u32>(order + (<usize>left << 2), row);
    v128.store(cells + (<usize>left << 4), cell);
    store<u32>(spareOrder + (<usize>right << 2), row);
    v128.store(spareCells + (<usize>right << 4), cell);
    left += goesLeft;
    right += 1 - goesLeft;
  }
  memory.copy(order + (<usize>left << 2), spareOrder, <usize>right << 2);
  memory.copy(cells + (<usize>left << 4), spareCells, <usize>right << 4);
  return left;
}

/** Grows a tree: depth first, or with a limit of leaves by the best gain. Gives the number of its nodes. */
export function growTree(seed: u32): u32 {
  startRandom(seed);
  nodeCount = leafCount = openCount = 0;
  for (let feature: u32 = 0; feature < features; feature++) store<u32>(candidates + (<usize>feature << 2), feature);
  const total = drawRows();
  store<u32>(settled, 0);
  store<u32>(settled, inBag, 4);
  if (inBag == 0) return 0;
  newNode(0, inBag, i64x2.extract_lane(total, 0), i64x2.extract_lane(total, 1), 0);
  while (openCount > 0 && (maxLeaves == 0 || leafCount < maxLeaves)) {
    let next = openCount - 1;
    if (maxLeaves > 0) {
      for (let other: u32 = 0; other < openCount; other++) {
        if (load<f64>(open + <usize>other * OPEN_BYTES, 32) > load<f64>(open + <usize>next * OPEN_BYTES, 32)) next = other;
      }
    }
    splitNode(next);
  }
  return nodeCount;
}

function splitNode(which: u32): void {
  const entry = open + <usize>which * OPEN_BYTES;
  const begin = load<u32>(entry, 4);
  const end = load<u32>(entry, 8);
  const depth = load<u32>(entry, 12) + 1;
  const answers = load<i64>(entry, 16);
  const packed = load<i64>(entry, 24);
  let leftAnswers = load<i64>(entry, 40);
  const leftPacked = load<i64>(entry, 48);
  const feature = load<u32>(entry, 56);
  const node = nodes + <usize>load<u32>(entry) * FOREST_NODE_BYTES;
  store<u32>(node, feature);
  store<u32>(node, load<u32>(entry, 60), 4);
  store<u32>(node, load<u32>(entry, 64), 16);
  store<f64>(node, load<f64>(entry, 32), 24);
  const middle = partition(begin, end, feature, load<u32>(entry, 60), load<u32>(entry, 64) != 0);
  openCount--;
  if (which < openCount) memory.copy(entry, open + <usize>openCount * OPEN_BYTES, OPEN_BYTES);
  leafCount--;
  if (classes > 0) leftAnswers = 0;
  store<u32>(node, nodeCount, 8);
  newNode(begin, middle, leftAnswers, leftPacked, depth);
  store<u32>(node, nodeCount, 12);
  newNode(middle, end, answers - leftAnswers, packed - leftPacked, depth);
}

/** Sums the weights of each leaf's rows by group, leaf after leaf in the order of nodes; gives the number of leaves. */
export function sumLeaves(groupCount: u32): u32 {
  let leaf: usize = 0;
  for (let index: u32 = 0; index < nodeCount; index++) {
    const node = nodes + <usize>index * FOREST_NODE_BYTES;
    if (load<i32>(node) >= 0) continue;
    const sums = leafSums + ((leaf++ * <usize>groupCount) << 3);
    memory.fill(sums, 0, <usize>groupCount << 3);
    for (let place = load<u32>(node, 40); place < load<u32>(node, 44); place++) {
      const row = <usize>load<u32>(order + (<usize>place << 2));
      const at = sums + (<usize>load<u16>(groups + (row << 1)) << 3);
      store<f64>(at, load<f64>(at) + <f64>(load<i64>(cells + (<usize>place << 4), 8) & weightMask) * weightUnit);
    }
  }
  return <u32>leaf;
}
