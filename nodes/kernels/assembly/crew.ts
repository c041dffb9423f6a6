// Work for two threads. The first writes an order on the desk, does its own half and waits for the other; the second serves orders in a loop.
// Without a second thread the first does both halves, so results never depend on the number of threads. Features are split for histograms and
// splits, rows for gradients.
import { loss, largest, logisticRange, squaredErrors, squaredRange, sums } from './gradients';
import { buildHistogram, slotAt, subtractHistogram } from './histogram';
import { findSplit } from './split';
import { desk, features, rows } from './state';

const QUIT: i32 = 0;
const LOGISTIC: i32 = 1;
const SQUARED_ERRORS: i32 = 2;
const SQUARED: i32 = 3;
const HISTOGRAMS: i32 = 4;

/** Looks this often before it sleeps; a sleep and a call cost more than most waits. */
const SPINS: i32 = 4000;

// On the desk: number of the order 0, of the order done 4, kind 8; for gradients: largest 16, and of the second half sums 32, loss 48, largest 56;
// for histograms: slot to build 64 (−1: none), rows begin 68, end 72, slot to subtract it from 76 (−1: none); leaves to search, each: slot
// (−1: none), gradient 8 and packed 16 on, at 80 and 104; what the second half of the features gave for them at 128 and 176.
let crewed: bool = false;
/** What the first half gave. */
const found: usize = memory.data(96, 16);

/** Says that a second thread serves. */
export function hire(): void {
  crewed = true;
}

function half(): u32 {
  return (features >> 1) & ~3;
}

function middleRow(): u32 {
  return (rows >> 1) & ~15;
}

function work(kind: i32, second: bool): void {
  if (kind == HISTOGRAMS) {
    workOnHistograms(second ? half() : 0, second ? features : half(), second ? desk + 128 : found, second ? desk + 176 : found + 48);
    return;
  }
  const begin = second ? middleRow() : 0;
  const end = second ? rows : middleRow();
  if (kind == LOGISTIC) logisticRange(begin, end);
  else if (kind == SQUARED_ERRORS) squaredErrors(begin, end);
  else squaredRange(begin, end, load<f64>(desk, 16));
  if (!second) return;
  v128.store(desk, sums, 32);
  store<f64>(desk, loss, 48);
  store<f64>(desk, largest, 56);
}

function workOnHistograms(from: u32, to: u32, foundFirst: usize, foundSecond: usize): void {
  const built = load<i32>(desk, 64);
  const parent = load<i32>(desk, 76);
  if (built >= 0) buildHistogram(slotAt(built), load<u32>(desk, 68), load<u32>(desk, 72), from, to);
  if (parent >= 0) subtractHistogram(slotAt(parent), slotAt(built), from, to);
  if (load<i32>(desk, 80) >= 0) findSplit(load<i64>(desk, 88), load<i64>(desk, 96), slotAt(load<i32>(desk, 80)), from, to, foundFirst);
  if (load<i32>(desk, 104) >= 0) findSplit(load<i64>(desk, 112), load<i64>(desk, 120), slotAt(load<i32>(desk, 104)), from, to, foundSecond);
}

/** Waits while the number at the place is still `old`. */
function waitWhile(place: usize, old: i32): void {
  let spins: i32 = 0;
  while (atomic.load<i32>(place) == old) if (++spins > SPINS) atomic.wait<i32>(place, old, -1);
}

function perform(kind: i32): void {
  if (!crewed) {
    work(kind, true);
    // The first half comes last, so that its sums are the ones in the variables.
    work(kind, false);
    return;
  }
  store<i32>(desk, kind, 8);
  const done = atomic.load<i32>(desk, 4);
  atomic.add<i32>(desk, 1);
  atomic.notify(desk, 1);
  work(kind, false);
  waitWhile(desk + 4, done);
}

/** The second thread's life: serves orders until it is sent home. */
export function serve(): void {
  let seen: i32 = 0;
  while (true) {
    waitWhile(desk, seen);
    seen = atomic.load<i32>(desk);
    const kind = load<i32>(desk, 8);
    if (kind == QUIT) return;
    work(kind, true);
    atomic.store<i32>(desk, seen, 4);
    atomic.notify(desk + 4, 1);
  }
}

/** Sends the second thread home. */
export function dismiss(): void {
  store<i32>(desk, QUIT, 8);
  atomic.add<i32>(desk, 1);
  atomic.notify(desk, 1);
  crewed = false;
}

/** Sum of all rows' cells after gradients were computed. */
export let totals: v128 = i64x2.splat(0);

function addTotals(): void {
  totals = i64x2.add(sums, v128.load(desk, 32));
}

/** Gradients of the log loss at the present scores (targets 0 or 1); gives the sum of losses. */
export function logisticGradients(): f64 {
  perform(LOGISTIC);
  addTotals();
  return loss + load<f64>(desk, 48);
}

/** Gradients of half the squared error at the present scores; gives the weighted sum of squared errors. */
export function squaredGradients(): f64 {
  perform(SQUARED_ERRORS);
  const total = loss + load<f64>(desk, 48);
  store<f64>(desk, max(largest, load<f64>(desk, 56)), 16);
  perform(SQUARED);
  addTotals();
  return total;
}

/** Says which leaf to search next: the first (0) or second (1) of `runHistograms`; slot −1 for none. */
export function setSearch(which: usize, slot: i32, gradient: i64, packed: i64): void {
  const at = desk + 80 + which * 24;
  store<i32>(at, slot);
  store<i64>(at, gradient, 8);
  store<i64>(at, packed, 16);
}

/** Builds a histogram of the gathered rows order[begin..end), subtracts it from another, and searches. Slots −1: not. */
export function runHistograms(built: i32, begin: u32, end: u32, parent: i32): void {
  store<i32>(desk, built, 64);
  store<u32>(desk, begin, 68);
  store<u32>(desk, end, 72);
  store<i32>(desk, parent, 76);
  perform(HISTOGRAMS);
}

/** Where the best split of the first or second leaf is, in the form of `findSplit`; at equal gain the lower feature. */
export function bestOf(which: usize): usize {
  const first = found + which * 48;
  const second = desk + 128 + which * 48;
  return half() == 0 || load<f64>(second) > load<f64>(first) ? second : first;
}
