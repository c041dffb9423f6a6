// Gradients and hessians of a range of rows, as fixed-point integers.
import { exp2, toIntegers } from './math';
import { countShift, gradients, gradientUnit, hessianUnit, largestWeight, scores, setUnits, targets, weighted, weights } from './state';

/** Of the last range: the sums of its cells, its loss, and its largest gradient. */
export let sums: v128 = i64x2.splat(0);
export let loss: f64 = 0;
export let largest: f64 = 0;

/** Stores the cells of two rows and gives their sum. The place of an odd last row's partner exists, and counts for nothing. */
// @ts-ignore: decorator
@inline
function storePair(at: usize, gradient: v128, packed: v128, pair: bool): v128 {
  const first = i64x2.shuffle(gradient, packed, 0, 2);
  const second = i64x2.shuffle(gradient, packed, 1, 3);
  v128.store(at, first);
  if (pair) v128.store(at, second, 16);
  return pair ? i64x2.add(first, second) : first;
}

/** Log loss at the present scores (targets 0 or 1) for begin..end; `begin` is a multiple of 16. */
export function logisticRange(begin: u32, end: u32): void {
  setUnits(largestWeight, 0.25 * largestWeight);
  const cells = gradients;
  const present = scores;
  const answers = targets;
  const heavy = weighted;
  const gradientScale = f64x2.splat(1 / gradientUnit);
  const hessianScale = f64x2.splat(1 / hessianUnit);
  const one = f64x2.splat(1);
  const counted = i64x2.splat(<i64>1 << countShift);
  let total = i64x2.splat(0);
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
      if ((row & 15) == 14) {
        lost -= Math.log(f64x2.extract_lane(product, 0) * f64x2.extract_lane(product, 1));
        product = one;
      }
    }
    const gradient = toIntegers(f64x2.mul(g, gradientScale));
    const packed = i64x2.add(toIntegers(f64x2.mul(h, hessianScale)), counted);
    total = i64x2.add(total, storePair(cells + (at << 1), gradient, packed, pair));
  }
  sums = total;
  loss = lost - Math.log(f64x2.extract_lane(product, 0)) - Math.log(f64x2.extract_lane(product, 1));
}

/** Weighted sum of squared errors of begin..end, and the largest gradient, which gives the units of `squaredRange`. */
export function squaredErrors(begin: u32, end: u32): void {
  let lost: f64 = 0;
  let most: f64 = 0;
  for (let row = begin; row < end; row++) {
    const at = <usize>row << 3;
    const w = weighted ? load<f64>(weights + at) : 1;
    const error = load<f64>(scores + at) - load<f64>(targets + at);
    lost += w * error * error;
    most = max(most, abs(w * error));
  }
  loss = lost;
  largest = most;
}

/** Gradients of half the squared error for begin..end; `most`: the largest of all rows. */
export function squaredRange(begin: u32, end: u32, most: f64): void {
  setUnits(most, largestWeight);
  const gradientScale = f64x2.splat(1 / gradientUnit);
  const hessianScale = f64x2.splat(1 / hessianUnit);
  const counted = i64x2.splat(<i64>1 << countShift);
  const cells = gradients;
  let total = i64x2.splat(0);
  for (let row = begin; row < end; row += 2) {
    const at = <usize>row << 3;
    const w = weighted ? v128.load(weights + at) : f64x2.splat(1);
    const g = f64x2.mul(w, f64x2.sub(v128.load(scores + at), v128.load(targets + at)));
    const gradient = toIntegers(f64x2.mul(g, gradientScale));
    const packed = i64x2.add(toIntegers(f64x2.mul(w, hessianScale)), counted);
    total = i64x2.add(total, storePair(cells + (at << 1), gradient, packed, row + 1 < end));
  }
  sums = total;
}
