// Finds the best split of a node among columns drawn at random. A split: gain 0, left answers 8, left packed 16, feature 24, bin 28, missing left 32.
import {
  answerUnit,
  binCounts,
  binsByRow,
  candidates,
  cells,
  classCells,
  classes,
  countShift,
  edges,
  features,
  groups,
  histogram,
  leftSums,
  minSamples,
  missingFlags,
  nodeSums,
  order,
  present,
  randomCut,
  tried,
  weightMask,
  weightUnit,
} from './forest-state';
import { sumOf } from './math';

/** Columns whose cells fit into the first-level cache together. */
const TOGETHER: u32 = 4;
/** Nodes with fewer rows note which bins they touch, others look at all bins. */
const SPARSE: u32 = 128;

let state: u32 = 0;

/** Begins the sequence of `randomNumbers` in ../random.ts. */
export function startRandom(seed: u32): void {
  state = seed ^ 0x9e3779b9;
}

/** A number in [0, 1). */
export function random(): f64 {
  state += 0x6d2b79f5;
  let mixed = (state ^ (state >> 15)) * (state | 1);
  mixed ^= mixed + (mixed ^ (mixed >> 7)) * (mixed | 61);
  return <f64>(mixed ^ (mixed >> 14)) / 4294967296.0;
}

@inline
function presentWord(word: u32): u64 {
  return load<u64>(present + (<usize>word << 3));
}

@inline
function notePresent(bin: usize): void {
  const at = present + ((bin >> 6) << 3);
  store<u64>(at, load<u64>(at) | (<u64>1 << (<u64>bin & 63)));
}

let bestGain: f64 = 0;
let bestFeature: u32 = 0;
let bestBin: u32 = 0;
let bestMissingLeft: bool = false;
let bestAnswers: i64 = 0;
let bestPacked: i64 = 0;

// Of the node.
let nodeAnswers: i64 = 0;
let nodePacked: i64 = 0;
let parentScore: f64 = 0;
let nodeWeight: f64 = 0;

/** Gain of numbers: the fall of the weighted sum of squared differences from the mean, which for answers 0 and 1 is half that of Gini's impurity. */
@inline
function gainOf(answers: i64, packed: i64): f64 {
  const a = f64x2.mul(f64x2.replace_lane(f64x2.splat(<f64>answers), 1, <f64>(nodeAnswers - answers)), f64x2.splat(answerUnit));
  const w = f64x2.mul(f64x2.replace_lane(f64x2.splat(<f64>(packed & weightMask)), 1, <f64>((nodePacked - packed) & weightMask)), f64x2.splat(weightUnit));
  return sumOf(f64x2.div(f64x2.mul(a, a), w)) - parentScore;
}

@inline
function consider(gain: f64, feature: u32, bin: u32, missingLeft: bool, answers: i64, packed: i64): void {
  if (!(gain > bestGain)) return;
  bestGain = gain;
  bestFeature = feature;
  bestBin = bin;
  bestMissingLeft = missingLeft;
  bestAnswers = answers;
  bestPacked = packed;
}

/** The middle of a bin; the first and the last are taken to be as wide as their neighbours. */
@inline
function centreOf(own: usize, bin: u32, bins: u32): f64 {
  const left: f64 = bin > 0 ? <f64>load<f32>(own + (<usize>(bin - 1) << 2)) : 0;
  const right: f64 = bin < bins - 1 ? <f64>load<f32>(own + (<usize>bin << 2)) : 0;
  if (bins < 3) return bin == 0 ? right : left;
  if (bin == 0) return right - (<f64>load<f32>(own, 4) - right) * 0.5;
  if (bin == bins - 1) return left + (left - <f64>load<f32>(own + (<usize>(bin - 2) << 2))) * 0.5;
  return (left + right) * 0.5;
}

/** The bin whose upper edge is the cut drawn last. */
let drawn: u32 = 0;

/**
 * Draws a cut evenly between the smallest and the largest value of the node, by the middles of their bins; it lies at an edge, also one between
 * bins that no row of the node is in. Gives the last present bin left of it, or −1.
 */
function drawCut(feature: u32, bins: u32): i32 {
  let first: i32 = -1;
  let last: i32 = -1;
  for (let word: u32 = 0; word < 4; word++) {
    let left = presentWord(word);
    while (left) {
      const bin = (word << 6) + <u32>ctz(left);
      left &= left - 1;
      if (bin >= bins) break;
      if (first < 0) first = <i32>bin;
      last = <i32>bin;
    }
  }
  if (first == last) return -1;
  const own = edges + <usize>feature * 1020;
  const low = centreOf(own, first, bins);
  const cut = low + random() * (centreOf(own, last, bins) - low);
  drawn = first;
  let end: u32 = last - 1;
  while (drawn < end) {
    const middle = (drawn + end + 1) >> 1;
    if (centreOf(own, middle, bins) <= cut) drawn = middle;
    else end = middle - 1;
  }
  let chosen = first;
  for (let word: u32 = 0; word < 4; word++) {
    let left = presentWord(word);
    while (left) {
      const bin = (word << 6) + <u32>ctz(left);
      left &= left - 1;
      if (bin <= drawn) chosen = <i32>bin;
    }
  }
  return chosen;
}

/** Tries the cuts of a feature with its missing rows on one side. `only` −1: all. */
function scan(own: usize, bins: u32, feature: u32, only: i32, missingLeft: bool, answers: i64, packed: i64): void {
  const rowsHere = nodePacked >> countShift;
  for (let word: u32 = 0; word < 4; word++) {
    let left = presentWord(word);
    while (left) {
      const bin = (word << 6) + <u32>ctz(left);
      left &= left - 1;
      if (bin >= bins) return;
      const cell = own + (<usize>bin << 4);
      answers += load<i64>(cell);
      packed += load<i64>(cell, 8);
      if (only >= 0 && <i32>bin != only) continue;
      const leftRows = packed >> countShift;
      if (leftRows < minSamples) continue;
      if (rowsHere - leftRows < minSamples) return;
      consider(gainOf(answers, packed), feature, bin, missingLeft, answers, packed);
    }
  }
}

/** The same for several classes: gain Σ L²/ΣL + Σ R²/ΣR − Σ T²/ΣT over classes, the fall of Gini's impurity times the weight. */
function scanClasses(own: usize, bins: u32, feature: u32, only: i32, missingLeft: bool, packed: i64): void {
  const rowsHere = nodePacked >> countShift;
  let leftSquares: f64 = 0;
  let rightSquares: f64 = 0;
  let leftWeight: f64 = 0;
  for (let each: u32 = 0; each < classes; each++) {
    const sum = missingLeft ? load<f64>(classCells + ((<usize>bins * <usize>classes + <usize>each) << 3)) : 0;
    const right = load<f64>(nodeSums + (<usize>each << 3)) - sum;
    store<f64>(leftSums + (<usize>each << 3), sum);
    leftSquares += sum * sum;
    rightSquares += right * right;
    leftWeight += sum;
  }
  for (let word: u32 = 0; word < 4; word++) {
    let left = presentWord(word);
    while (left) {
      const bin = (word << 6) + <u32>ctz(left);
      left &= left - 1;
      if (bin >= bins) return;
      const from = classCells + ((<usize>bin * <usize>classes) << 3);
      for (let each: u32 = 0; each < classes; each++) {
        const here = load<f64>(from + (<usize>each << 3));
        if (here == 0) continue;
        const before = load<f64>(leftSums + (<usize>each << 3));
        const right = load<f64>(nodeSums + (<usize>each << 3)) - before;
        leftSquares += here * (2 * before + here);
        rightSquares += here * (here - 2 * right);
        leftWeight += here;
        store<f64>(leftSums + (<usize>each << 3), before + here);
      }
      packed += load<i64>(own + (<usize>bin << 4), 8);
      if (only >= 0 && <i32>bin != only) continue;
      const leftRows = packed >> countShift;
      if (leftRows < minSamples) continue;
      if (rowsHere - leftRows < minSamples) return;
      const gain = leftSquares / leftWeight + rightSquares / (nodeWeight - leftWeight) - parentScore;
      consider(gain, feature, bin, missingLeft, 0, packed);
    }
  }
}

/** Searches a feature whose rows have been added, and empties the cells again. */
function search(own: usize, feature: u32): void {
  const bins = load<u32>(binCounts + (<usize>feature << 2));
  const missing = load<u8>(missingFlags + <usize>feature) ? own + (<usize>bins << 4) : 0;
  const missingPacked = missing ? load<i64>(missing, 8) : 0;
  const only = randomCut ? drawCut(feature, bins) : -1;
  const before = bestGain;
  // A cut at random needs two bins; what is present can still be told from what is missing.
  if (classes > 0) {
    scanClasses(own, bins, feature, only, false, 0);
    if (missingPacked != 0) scanClasses(own, bins, feature, only, true, missingPacked);
  } else {
    scan(own, bins, feature, only, false, 0, 0);
    if (missingPacked != 0) scan(own, bins, feature, only, true, load<i64>(missing), missingPacked);
  }
  if (bestGain > before && only >= 0) bestBin = drawn;
  if (bestGain > before && missingPacked == 0) bestMissingLeft = (bestPacked >> countShift) * 2 >= nodePacked >> countShift;
  for (let word: u32 = 0; word < 4; word++) {
    let left = presentWord(word);
    while (left) {
      const bin = <usize>((word << 6) + <u32>ctz(left));
      left &= left - 1;
      v128.store(own + (bin << 4), i64x2.splat(0));
      if (classes > 0) memory.fill(classCells + ((bin * <usize>classes) << 3), 0, <usize>classes << 3);
    }
  }
}

@inline
function addTo(cell: usize, more: v128): void {
  v128.store(cell, i64x2.add(v128.load(cell), more));
}

@inline
function candidateAt(place: u32): usize {
  return <usize>load<u32>(candidates + (<usize>place << 2));
}

/** Adds the rows begin..end to the cells of four candidates from `first` on. */
function addFour(first: u32, begin: u32, end: u32): void {
  const a = binsByRow + candidateAt(first);
  const b = binsByRow + candidateAt(first + 1);
  const c = binsByRow + candidateAt(first + 2);
  const d = binsByRow + candidateAt(first + 3);
  const width = <usize>features;
  const into = histogram;
  const last = order + (<usize>end << 2);
  let cell = cells + (<usize>begin << 4);
  for (let at = order + (<usize>begin << 2); at < last; at += 4) {
    const row = <usize>load<u32>(at) * width;
    const more = v128.load(cell);
    addTo(into + (<usize>load<u8>(a + row) << 4), more);
    addTo(into + (<usize>load<u8>(b + row) << 4) + 4096, more);
    addTo(into + (<usize>load<u8>(c + row) << 4) + 8192, more);
    addTo(into + (<usize>load<u8>(d + row) << 4) + 12288, more);
    cell += 16;
  }
}

/** Adds the rows to the cells of one feature; with `noting` each row notes its bin. */
function addOne(into: usize, feature: usize, begin: u32, end: u32, noting: bool): void {
  const column = binsByRow + feature;
  const width = <usize>features;
  const last = order + (<usize>end << 2);
  let cell = cells + (<usize>begin << 4);
  for (let at = order + (<usize>begin << 2); at < last; at += 4) {
    const bin = <usize>load<u8>(column + <usize>load<u32>(at) * width);
    addTo(into + (bin << 4), v128.load(cell));
    if (noting) notePresent(bin);
    cell += 16;
  }
}

/** Notes the bins whose cells hold rows. */
function notePresentCells(own: usize): void {
  for (let word: usize = 0; word < 4; word++) {
    let bits: u64 = 0;
    const from = own + (word << 10);
    for (let bin: usize = 0; bin < 64; bin++) bits |= <u64>(load<i64>(from + (bin << 4), 8) != 0) << (<u64>bin);
    store<u64>(present + (word << 3), bits);
  }
}

/** Adds the rows begin..end to the cells of `count` candidates from `first` on, and searches each. */
function searchTogether(first: u32, count: u32, begin: u32, end: u32): void {
  const sparse = end - begin < SPARSE;
  const together = !sparse && count == TOGETHER;
  if (together) addFour(first, begin, end);
  for (let each: u32 = 0; each < count; each++) {
    const own = histogram + (<usize>each << 12);
    const feature = candidateAt(first + each);
    if (sparse) {
      v128.store(present, i64x2.splat(0));
      v128.store(present, i64x2.splat(0), 16);
      addOne(own, feature, begin, end, true);
    } else {
      if (!together) addOne(own, feature, begin, end, false);
      notePresentCells(own);
    }
    if (classes > 0) addClasses(<u32>feature, begin, end);
    search(own, <u32>feature);
  }
}

function addClasses(feature: u32, begin: u32, end: u32): void {
  for (let place = begin; place < end; place++) {
    const row = <usize>load<u32>(order + (<usize>place << 2));
    const bin = <usize>load<u8>(binsByRow + row * <usize>features + <usize>feature);
    const at = classCells + ((bin * <usize>classes + <usize>load<u16>(groups + (row << 1))) << 3);
    store<f64>(at, load<f64>(at) + <f64>(load<i64>(cells + (<usize>place << 4), 8) & weightMask) * weightUnit);
  }
}

/** Writes the best split of the rows begin..end: of the columns drawn, or of more where none of them tells rows apart. Gain 0: there is none. */
export function findSplit(begin: u32, end: u32, answers: i64, packed: i64, found: usize): void {
  nodeAnswers = answers;
  nodePacked = packed;
  nodeWeight = <f64>(packed & weightMask) * weightUnit;
  const sum = <f64>answers * answerUnit;
  parentScore = (sum * sum) / nodeWeight;
  if (classes > 0) sumClasses(begin, end);
  const least = 1e-10 * parentScore;
  bestGain = least;
  let drawn: u32 = 0;
  while (drawn < features) {
    const limit = drawn < tried ? min(tried, drawn + TOGETHER) : drawn + 1;
    for (let place = drawn; place < limit; place++) {
      const other = place + <u32>(random() * <f64>(features - place));
      const swap = load<u32>(candidates + (<usize>place << 2));
      store<u32>(candidates + (<usize>place << 2), load<u32>(candidates + (<usize>other << 2)));
      store<u32>(candidates + (<usize>other << 2), swap);
    }
    searchTogether(drawn, limit - drawn, begin, end);
    drawn = limit;
    if (drawn >= tried && bestGain > least) break;
  }
  store<f64>(found, bestGain > least ? bestGain : 0);
  store<i64>(found, bestAnswers, 8);
  store<i64>(found, bestPacked, 16);
  store<u32>(found, bestFeature, 24);
  store<u32>(found, bestBin, 28);
  store<u32>(found, bestMissingLeft ? 1 : 0, 32);
}

function sumClasses(begin: u32, end: u32): void {
  memory.fill(nodeSums, 0, <usize>classes << 3);
  for (let place = begin; place < end; place++) {
    const row = <usize>load<u32>(order + (<usize>place << 2));
    const at = nodeSums + (<usize>load<u16>(groups + (row << 1)) << 3);
    store<f64>(at, load<f64>(at) + <f64>(load<i64>(cells + (<usize>place << 4), 8) & weightMask) * weightUnit);
  }
  parentScore = 0;
  nodeWeight = 0;
  for (let each: u32 = 0; each < classes; each++) {
    const sum = load<f64>(nodeSums + (<usize>each << 3));
    parentScore += sum * sum;
    nodeWeight += sum;
  }
  parentScore /= nodeWeight;
}
