// Passes over a dense matrix of float64, column after column, `stride` rows apart (a multiple of 2; the padding rows are zero).
import { sumOf } from './math';

const BLOCK: u32 = 512;

/** target += factor × column, for rows begin..end. */
@inline
function addScaled(target: usize, column: usize, factor: f64, begin: u32, end: u32): void {
  const many = f64x2.splat(factor);
  for (let row = begin; row < end; row += 2) {
    const at = <usize>row << 3;
    v128.store(target + at, f64x2.add(v128.load(target + at), f64x2.mul(many, v128.load(column + at))));
  }
}

@inline
function dot(a: usize, b: usize, begin: u32, end: u32): f64 {
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  let row = begin;
  for (; row + 4 <= end; row += 4) {
    const at = <usize>row << 3;
    first = f64x2.add(first, f64x2.mul(v128.load(a + at), v128.load(b + at)));
    second = f64x2.add(second, f64x2.mul(v128.load(a + at, 16), v128.load(b + at, 16)));
  }
  for (; row < end; row += 2) {
    const at = <usize>row << 3;
    first = f64x2.add(first, f64x2.mul(v128.load(a + at), v128.load(b + at)));
  }
  return sumOf(f64x2.add(first, second));
}

/** margins = matrix × coefficients + intercept. `coefficients` holds the intercept last. */
export function multiply(matrix: usize, stride: u32, columns: u32, coefficients: usize, margins: usize): void {
  const intercept = load<f64>(coefficients + (<usize>columns << 3));
  for (let begin: u32 = 0; begin < stride; begin += BLOCK) {
    const end = min(begin + BLOCK, stride);
    for (let row = begin; row < end; row++) store<f64>(margins + (<usize>row << 3), intercept);
    for (let column: u32 = 0; column < columns; column++) {
      addScaled(margins, matrix + <usize>column * (<usize>stride << 3), load<f64>(coefficients + (<usize>column << 3)), begin, end);
    }
  }
}

/** to = matrixᵀ × vector, and the sum of the vector last. */
export function multiplyTransposed(matrix: usize, stride: u32, columns: u32, vector: usize, to: usize): void {
  memory.fill(to, 0, <usize>(columns + 1) << 3);
  for (let begin: u32 = 0; begin < stride; begin += BLOCK) {
    const end = min(begin + BLOCK, stride);
    for (let column: u32 = 0; column < columns; column++) {
      const at = to + (<usize>column << 3);
      store<f64>(at, load<f64>(at) + dot(matrix + <usize>column * (<usize>stride << 3), vector, begin, end));
    }
    const last = to + (<usize>columns << 3);
    let sum: f64 = 0;
    for (let row = begin; row < end; row++) sum += load<f64>(vector + (<usize>row << 3));
    store<f64>(last, load<f64>(last) + sum);
  }
}

/** Adds the rows begin..end to gram += matrixᵀ diag(weights) matrix, its lower triangle, row after row; `scratch` holds one column's rows. */
export function gramBlock(matrix: usize, stride: u32, columns: u32, weights: usize, begin: u32, end: u32, scratch: usize, gram: usize): void {
  for (let i: u32 = 0; i < columns; i++) {
    const column = matrix + <usize>i * (<usize>stride << 3);
    for (let row = begin; row < end; row += 2) {
      const at = <usize>row << 3;
      v128.store(scratch + at - (<usize>begin << 3), f64x2.mul(v128.load(column + at), v128.load(weights + at)));
    }
    for (let j: u32 = 0; j <= i; j++) {
      const other = matrix + <usize>j * (<usize>stride << 3) + (<usize>begin << 3);
      const at = gram + ((<usize>i * <usize>columns + <usize>j) << 3);
      store<f64>(at, load<f64>(at) + dot(scratch, other, 0, end - begin));
    }
  }
}

/**
 * Online gradient descent on half the squared error over rows in the given order (u32 each), from step number `first` on: coefficients move by
 * pace × (w × error × x + l2 × coefficient), where the pace is the rate, divided by √step with `decreasing`, and never so large that a step
 * overshoots its own row's target. Coefficients have the intercept last. Gives the weighted sum of squared errors met.
 */
export function descend(matrix: usize, stride: u32, columns: u32, targets: usize, weights: usize, coefficients: usize, order: usize, rows: u32, rate: f64, l2: f64, decreasing: bool, intercept: bool, first: f64): f64 {
  let loss: f64 = 0;
  const last = coefficients + (<usize>columns << 3);
  const columnBytes = <usize>stride << 3;
  for (let i: u32 = 0; i < rows; i++) {
    const row = <usize>load<u32>(order + (<usize>i << 2)) << 3;
    let prediction = load<f64>(last);
    let length: f64 = intercept ? 1 : 0;
    let from = matrix + row;
    for (let at = coefficients; at < last; at += 8) {
      const x = load<f64>(from);
      prediction += load<f64>(at) * x;
      length += x * x;
      from += columnBytes;
    }
    const error = prediction - load<f64>(targets + row);
    const w = load<f64>(weights + row);
    loss += w * error * error;
    const pace = min(decreasing ? rate / Math.sqrt(first + <f64>i) : rate, 1 / (w * length + l2 + 1e-300));
    from = matrix + row;
    for (let at = coefficients; at < last; at += 8) {
      const value = load<f64>(at);
      store<f64>(at, value - pace * (w * error * load<f64>(from) + l2 * value));
      from += columnBytes;
    }
    if (intercept) store<f64>(last, load<f64>(last) - pace * w * error);
  }
  return loss;
}
