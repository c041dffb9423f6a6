// Work for any number of threads. The first writes an order on the desk, does its own share and waits for the others; they serve orders in a
// loop. Blocks of features are shared out for histograms and splits, rows for the rest; sums are of integers or in a fixed order, so results do
// not depend on the number of threads.
import { allChunks, largestGradient, largestHessian, LOGISTIC, overChunks, sums, trainedChunks } from './gradients';
import { setBag } from './bag';
import { buildHistogram, slotAt, subtractHistogram } from './histogram';
import { countLeft, joinParts, splitRows } from './partition';
import { addValues } from './values';
import { findSplit } from './split';
import { answersOf, blocks, CHUNK, desk, firstFeature, lossParts, packBins, rows, setUnits, thread, threads } from './state';

const QUIT: i32 = 0;
const PACK: i32 = 1;
const PASS: i32 = 2;
const HISTOGRAMS: i32 = 3;
const SPLIT_ROWS: i32 = 4;
const JOIN_PARTS: i32 = 5;
const ADD_VALUES: i32 = 6;

/**
 * Looks this often, for some tens of microseconds, before it sleeps: a sleep and a call cost more than most waits, above all on virtual processors.
 * Where others want the processors, looking longer takes more from them than it gives here.
 */
const SPINS: i32 = 40_000;

// On the desk: number of the order 0, how many have done it 64, kind 128. For passes over rows: loss 132, class 136, pass 140, bag's seed 144 and
// threshold 148, largest gradient 152 and hessian 160. For histograms: slot to build 168 (−1: none), rows begin 172, end 176, slot to subtract it
// from 180 (−1: none); leaves to search, each: slot (−1: none) 0, gradient 8, packed 16, at 184 and 208. For rows to split: begin 232, end 236,
// feature 240. For values: class 244, number of leaves 248.
// A thread's answers: sums 0, largest gradient 16 and hessian 24, left rows 32, right rows 36, splits found 48 and 128; its scratch of
// sorted levels from 512 on.

/** Says that all other threads serve. */
let crewed: bool = false;
export function hire(): void {
  crewed = true;
}

@inline
function share(count: u32, which: u32): u32 {
  return <u32>((<u64>count * which) / threads);
}

function work(kind: i32, which: u32): void {
  const answer = answersOf(which);
  if (kind == HISTOGRAMS) {
    workOnHistograms(which);
  } else if (kind == PASS) {
    setBag(load<u32>(desk, 144), load<u32>(desk, 148));
    const pass = load<u32>(desk, 140);
    const loss = load<u32>(desk, 132);
    if (pass == 1 && loss != LOGISTIC) setUnits(load<f64>(desk, 152), load<f64>(desk, 160));
    overChunks(share(allChunks(), which), share(allChunks(), which + 1), loss, load<u32>(desk, 136), pass);
    v128.store(answer, sums);
    store<f64>(answer, largestGradient, 16);
    store<f64>(answer, largestHessian, 24);
  } else if (kind == SPLIT_ROWS) {
    const begin = load<u32>(desk, 232);
    const count = load<u32>(desk, 236) - begin;
    const from = begin + share(count, which);
    const to = begin + share(count, which + 1);
    splitRows(from, to, load<u32>(desk, 240));
    store<u32>(answer, countLeft, 32);
    store<u32>(answer, to - from - countLeft, 36);
  } else if (kind == JOIN_PARTS) {
    const begin = load<u32>(desk, 232);
    const count = load<u32>(desk, 236) - begin;
    let left = begin;
    let right = begin;
    for (let each: u32 = 0; each < threads; each++) {
      right += load<u32>(answersOf(each), 32);
      if (each < which) left += load<u32>(answersOf(each), 32);
    }
    for (let each: u32 = 0; each < which; each++) right += load<u32>(answersOf(each), 36);
    joinParts(begin + share(count, which), load<u32>(answer, 32), load<u32>(answer, 36), left, right);
  } else if (kind == ADD_VALUES) {
    addValues(load<u32>(desk, 244), load<u32>(desk, 248), share(rows, which), share(rows, which + 1));
  } else if (kind == PACK) {
    packBins(share(rows, which), share(rows, which + 1));
  }
}

function workOnHistograms(which: u32): void {
  const built = load<i32>(desk, 168);
  const parent = load<i32>(desk, 180);
  const answer = answersOf(which);
  for (let block = share(blocks, which); block < share(blocks, which + 1); block++) {
    if (built >= 0) buildHistogram(slotAt(built), load<u32>(desk, 172), load<u32>(desk, 176), block);
    if (parent >= 0) subtractHistogram(slotAt(parent), slotAt(built), block);
  }
  const from = firstFeature(share(blocks, which));
  const to = firstFeature(share(blocks, which + 1));
  for (let leaf: usize = 0; leaf < 2; leaf++) {
    const wanted = desk + 184 + leaf * 24;
    if (load<i32>(wanted) >= 0) findSplit(load<i64>(wanted, 8), load<i64>(wanted, 16), slotAt(load<i32>(wanted)), from, to, answer + 48 + leaf * 80);
  }
}

/** Waits while the number at the place is still `old`; gives the new one. */
function waitWhile(place: usize, old: i32): i32 {
  let spins: i32 = 0;
  while (true) {
    const now = atomic.load<i32>(place);
    if (now != old) return now;
    if (++spins > SPINS) atomic.wait<i32>(place, old, -1);
  }
}

function perform(kind: i32): void {
  if (!crewed) {
    for (let which: u32 = 0; which < threads; which++) work(kind, which);
    return;
  }
  store<i32>(desk, kind, 128);
  atomic.store<i32>(desk, 0, 64);
  atomic.add<i32>(desk, 1);
  atomic.notify(desk, threads - 1);
  work(kind, 0);
  const others = <i32>threads - 1;
  let done = atomic.load<i32>(desk, 64);
  while (done != others) done = waitWhile(desk + 64, done);
}

/** Another thread's life: serves orders until it is sent home. */
export function serve(): void {
  let seen: i32 = 0;
  while (true) {
    seen = waitWhile(desk, seen);
    const kind = load<i32>(desk, 128);
    if (kind == QUIT) return;
    work(kind, thread);
    atomic.add<i32>(desk + 64, 1);
    atomic.notify(desk + 64, 1);
  }
}

/** Sends the other threads home. */
export function dismiss(): void {
  store<i32>(desk, QUIT, 128);
  atomic.add<i32>(desk, 1);
  atomic.notify(desk, threads);
  crewed = false;
}

/** Brings the bins of each row together. */
export function pack(): void {
  perform(PACK);
}

/** Sum of all rows' cells after gradients were computed. */
export let totals: v128 = i64x2.splat(0);
/** Sum of losses of the rows to validate on, after `computeLoss`. */
export let validationLoss: f64 = 0;

function pass(loss: u32, which: u32, number: u32): void {
  store<u32>(desk, loss, 132);
  store<u32>(desk, which, 136);
  store<u32>(desk, number, 140);
  perform(PASS);
  totals = i64x2.splat(0);
  for (let each: u32 = 0; each < threads; each++) totals = i64x2.add(totals, v128.load(answersOf(each)));
}

/** The first pass over the rows, with the present scores: gives the sum of losses of the rows to train on. */
export function computeLoss(loss: u32, seed: u32, threshold: u32): f64 {
  store<u32>(desk, seed, 144);
  store<u32>(desk, threshold, 148);
  pass(loss, 0, 0);
  let largest: f64 = 0;
  let heaviest: f64 = 0;
  for (let each: u32 = 0; each < threads; each++) {
    largest = max(largest, load<f64>(answersOf(each), 16));
    heaviest = max(heaviest, load<f64>(answersOf(each), 24));
  }
  store<f64>(desk, largest, 152);
  store<f64>(desk, heaviest, 160);
  let total: f64 = 0;
  validationLoss = 0;
  for (let chunk: u32 = 0; chunk < allChunks(); chunk++) {
    const part = load<f64>(lossParts + (<usize>chunk << 3));
    if (chunk < trainedChunks()) total += part;
    else validationLoss += part;
  }
  return total;
}

/** The second pass: gradients for the next tree, of one class. */
export function computeGradients(loss: u32, which: u32): void {
  if (loss != LOGISTIC) pass(loss, which, 1);
}

/** Says which leaf to search next: the first (0) or second (1) of `runHistograms`; slot −1 for none. */
export function setSearch(which: usize, slot: i32, gradient: i64, packed: i64): void {
  const at = desk + 184 + which * 24;
  store<i32>(at, slot);
  store<i64>(at, gradient, 8);
  store<i64>(at, packed, 16);
}

/** Builds a histogram of order[begin..end), subtracts it from another, and searches. Slots −1: not. */
export function runHistograms(built: i32, begin: u32, end: u32, parent: i32): void {
  store<i32>(desk, built, 168);
  store<u32>(desk, begin, 172);
  store<u32>(desk, end, 176);
  store<i32>(desk, parent, 180);
  perform(HISTOGRAMS);
}

/** Where the best split of the first or second leaf is, in the form of `findSplit`; at equal gain the lower feature. */
export function bestOf(which: usize): usize {
  let best = answersOf(0) + 48 + which * 80;
  for (let each: u32 = 1; each < threads; each++) {
    const other = answersOf(each) + 48 + which * 80;
    if (load<f64>(other) > load<f64>(best)) best = other;
  }
  return best;
}

/** Parts order[begin..end) into left and right rows, keeping their order, by the ways of a feature's bins; gives the first right row's place. */
export function partition(begin: u32, end: u32, feature: u32): u32 {
  if (end - begin <= CHUNK) {
    splitRows(begin, end, feature);
    const left = countLeft;
    joinParts(begin, left, end - begin - left, begin, begin + left);
    return begin + left;
  }
  store<u32>(desk, begin, 232);
  store<u32>(desk, end, 236);
  store<u32>(desk, feature, 240);
  perform(SPLIT_ROWS);
  perform(JOIN_PARTS);
  let middle = begin;
  for (let each: u32 = 0; each < threads; each++) middle += load<u32>(answersOf(each), 32);
  return middle;
}

/** Adds the values of the present tree's leaves to the scores of a class. */
export function updateScores(which: u32, leafCount: u32): void {
  store<u32>(desk, which, 244);
  store<u32>(desk, leafCount, 248);
  perform(ADD_VALUES);
}
