// Gradients and hessians of ranges of rows, as fixed-point integers. Losses: the ones that `../boosted-trees.ts` names, in that order.
import { exp2, toIntegers } from './math';
import { bagThreshold, bagSeed } from './bag';
import { CHUNK, classes, countShift, exponentials, gradients, gradientUnit, hessianUnit, largestScores, largestWeight, lossParts, quantile, rows, scores, setUnits, targets, trained, weighted, weights } from './state';

export const LOGISTIC: u32 = 0;
export const SQUARED: u32 = 1;
export const QUANTILE: u32 = 2;
export const POISSON: u32 = 3;
export const SOFTMAX: u32 = 4;

/** Of the last range: the sums of its cells, and its largest gradient and hessian. */
export let sums: v128 = i64x2.splat(0);
export let largestGradient: f64 = 0;
export let largestHessian: f64 = 0;

/** Chunks of the rows to train on, then of those to validate on. */
export function trainedChunks(): u32 {
  return (trained + CHUNK - 1) / CHUNK;
}
export function allChunks(): u32 {
  return trainedChunks() + (rows - trained + CHUNK - 1) / CHUNK;
}

/** Carries a pass out over the chunks from..to of rows. */
export function overChunks(from: u32, to: u32, loss: u32, which: u32, pass: u32): void {
  sums = i64x2.splat(0);
  largestGradient = 0;
  largestHessian = 0;
  const before = trainedChunks();
  for (let chunk = from; chunk < to; chunk++) {
    const training = chunk < before;
    const begin = training ? chunk * CHUNK : trained + (chunk - before) * CHUNK;
    const end = min(begin + CHUNK, training ? trained : rows);
    const part = lossParts + (<usize>chunk << 3);
    if (pass == 0) {
      if (loss == LOGISTIC) store<f64>(part, logisticRange(begin, end));
      else if (loss == SOFTMAX) store<f64>(part, softmaxRange(begin, end));
      else store<f64>(part, plainRange(begin, end, loss));
    } else if (training) {
      if (loss == SOFTMAX) classRange(begin, end, which);
      else if (loss != LOGISTIC) toCells(begin, end);
    }
    if ((pass == 1) == (loss != LOGISTIC)) settle(begin, end, training);
  }
}

/** Empties the cells of rows that do not count in this tree, and sums the others. */
function settle(begin: u32, end: u32, training: bool): void {
  if (!training) {
    memory.fill(gradients + (<usize>begin << 4), 0, <usize>(end - begin) << 4);
    return;
  }
  const sampled = bagThreshold != 0xffffffff;
  let total = sums;
  for (let row = begin; row < end; row++) {
    const at = gradients + (<usize>row << 4);
    if (sampled && draw(row) > bagThreshold) v128.store(at, i64x2.splat(0));
    total = i64x2.add(total, v128.load(at));
  }
  sums = total;
}

/** A number that looks random for a row and a seed: the finalizer of MurmurHash3. */
@inline
export function draw(row: u32): u32 {
  let mixed = row ^ bagSeed;
  mixed = (mixed ^ (mixed >> 16)) * 0x85ebca6b;
  mixed = (mixed ^ (mixed >> 13)) * 0xc2b2ae35;
  return mixed ^ (mixed >> 16);
}

/** Log loss at the present scores (targets 0 or 1) for begin..end, and its gradients p − y and hessians p(1 − p). */
function logisticRange(begin: u32, end: u32): f64 {
  setUnits(largestWeight, 0.25 * largestWeight);
  const cells = gradients;
  const present = scores;
  const answers = targets;
  const heavy = weighted;
  const gradientScale = f64x2.splat(1 / gradientUnit);
  const hessianScale = f64x2.splat(1 / hessianUnit);
  const one = f64x2.splat(1);
  const counted = i64x2.splat(<i64>1 << countShift);
  let lost: f64 = 0;
  let product = one;
  // An odd last row is paired with a row beyond the end, whose result is not kept.
  for (let row = begin; row < end; row += 2) {
    const at = <usize>row << 3;
    const y = v128.load(answers + at);
    const p = f64x2.div(one, f64x2.add(one, exp2(f64x2.neg(v128.load(present + at)))));
    const rest = f64x2.sub(one, p);
    let g = f64x2.sub(p, y);
    let h = f64x2.mul(p, rest);
    const pair = row + 1 < end;
    let likelihood = f64x2.pmax(v128.bitselect(p, rest, f64x2.gt(y, f64x2.splat(0.5))), f64x2.splat(1e-15));
    if (heavy) {
      const w = v128.load(weights + at);
      g = f64x2.mul(g, w);
      h = f64x2.mul(h, w);
      lost -= f64x2.extract_lane(w, 0) * Math.log(f64x2.extract_lane(likelihood, 0));
      if (pair) lost -= f64x2.extract_lane(w, 1) * Math.log(f64x2.extract_lane(likelihood, 1));
    } else {
      if (!pair) likelihood = f64x2.replace_lane(likelihood, 1, 1);
      product = f64x2.mul(product, likelihood);
      // Sixteen factors of 1e-15 or more do not underflow: one logarithm for all of them.
      if (((row - begin) & 15) == 14) {
        lost -= Math.log(f64x2.extract_lane(product, 0) * f64x2.extract_lane(product, 1));
        product = one;
      }
    }
    const gradient = toIntegers(f64x2.mul(g, gradientScale));
    const packed = i64x2.add(toIntegers(f64x2.mul(h, hessianScale)), counted);
    v128.store(cells + (at << 1), i64x2.shuffle(gradient, packed, 0, 2));
    if (pair) v128.store(cells + (at << 1), i64x2.shuffle(gradient, packed, 1, 3), 16);
  }
  return lost - Math.log(f64x2.extract_lane(product, 0)) - Math.log(f64x2.extract_lane(product, 1));
}

@inline
function keep(row: u32, gradient: f64, hessian: f64): void {
  const at = gradients + (<usize>row << 4);
  store<f64>(at, gradient);
  store<f64>(at, hessian, 8);
  // A comparison, since the language's own maximum looks for NaN with branches.
  if (abs(gradient) > largestGradient) largestGradient = abs(gradient);
  if (hessian > largestHessian) largestHessian = hessian;
}

@inline
function exponential(x: f64): f64 {
  return f64x2.extract_lane(exp2(f64x2.splat(x)), 0);
}

/** Losses of one score a row, whose gradients and hessians are kept as numbers until the largest of all is known. */
function plainRange(begin: u32, end: u32, loss: u32): f64 {
  let lost: f64 = 0;
  for (let row = begin; row < end; row++) {
    const at = <usize>row << 3;
    const w = weighted ? load<f64>(weights + at) : 1;
    const score = load<f64>(scores + at);
    const y = load<f64>(targets + at);
    const error = score - y;
    if (loss == SQUARED) {
      lost += w * error * error;
      keep(row, w * error, w);
    } else if (loss == POISSON) {
      const mean = exponential(score);
      lost += w * (mean - y * score);
      keep(row, w * (mean - y), w * mean);
    } else {
      // Quantile: the slope is 1 − q above the target and −q below. Twice the pinball loss at q = 0.5 is the absolute error.
      const slope = error >= 0 ? 1 - quantile : -quantile;
      lost += w * error * slope;
      keep(row, w * slope, w);
    }
  }
  return lost;
}

/** Log loss of several classes (targets are class numbers), and what the gradients of each class need. */
function softmaxRange(begin: u32, end: u32): f64 {
  let lost: f64 = 0;
  const next = <usize>rows << 3;
  for (let row = begin; row < end; row++) {
    const at = <usize>row << 3;
    let largest: f64 = -Infinity;
    let from = scores + at;
    for (let each: u32 = 0; each < classes; each++) {
      const score = load<f64>(from);
      if (score > largest) largest = score;
      from += next;
    }
    let sum: f64 = 0;
    from = scores + at;
    for (let each: u32 = 0; each < classes; each++) {
      sum += exponential(load<f64>(from) - largest);
      from += next;
    }
    store<f64>(largestScores + at, largest);
    store<f64>(exponentials + at, sum);
    const own = load<f64>(scores + <usize>load<f64>(targets + at) * next + at);
    lost += (weighted ? load<f64>(weights + at) : 1) * (largest + Math.log(sum) - own);
  }
  return lost;
}

/**
 * Gradients p − y and hessians K/(K − 1) · p(1 − p) of one class of K. The scores of all classes move at once, and only their differences count:
 * with the sum of the scores held, a class moves against the mean of the others, which makes its step (K − 1)/K of a lone one's (Friedman 2001,
 * algorithm 6).
 */
function classRange(begin: u32, end: u32, which: u32): void {
  const coupling = <f64>classes / <f64>max<u32>(1, classes - 1);
  setUnits(largestWeight, 0.25 * coupling * largestWeight);
  const own = scores + <usize>which * (<usize>rows << 3);
  const gradientScale = 1 / gradientUnit;
  const hessianScale = 1 / hessianUnit;
  for (let row = begin; row < end; row++) {
    const at = <usize>row << 3;
    const w = weighted ? load<f64>(weights + at) : 1;
    const p = exponential(load<f64>(own + at) - load<f64>(largestScores + at)) / load<f64>(exponentials + at);
    const y: f64 = load<f64>(targets + at) == <f64>which ? 1 : 0;
    storeCell(row, (p - y) * w * gradientScale, coupling * p * (1 - p) * w * hessianScale);
  }
}

@inline
function storeCell(row: u32, gradient: f64, hessian: f64): void {
  const both = toIntegers(f64x2.replace_lane(f64x2.splat(gradient), 1, hessian));
  v128.store(gradients + (<usize>row << 4), i64x2.add(both, i64x2.replace_lane(i64x2.splat(0), 1, <i64>1 << countShift)));
}

/** Turns what `plainRange` kept into cells; the units have been set. */
function toCells(begin: u32, end: u32): void {
  const gradientScale = 1 / gradientUnit;
  const hessianScale = 1 / hessianUnit;
  for (let row = begin; row < end; row++) {
    const at = gradients + (<usize>row << 4);
    storeCell(row, load<f64>(at) * gradientScale, load<f64>(at, 8) * hessianScale);
  }
}
