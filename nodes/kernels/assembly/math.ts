// Arithmetic that several kernels share. The plain TypeScript twin (../boosted-trees.twin.ts) repeats it operation by operation.

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 0.693147180369123816490;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
/** Adding it to |x| < 2^51 rounds x to the nearest integer, ties to even, and leaves the integer in the low bits. */
export const ROUNDER: f64 = 6755399441055744.0;

@inline
function linear(constant: f64, slope: f64, r: v128): v128 {
  return f64x2.add(f64x2.splat(constant), f64x2.mul(f64x2.splat(slope), r));
}

/** e^x for two numbers, relative error below 4e-16 for |x| ≤ 700; beyond that the argument is clamped. Taylor series to degree 13 on |r| ≤ ln2/2. */
@inline
export function exp2(x: v128): v128 {
  const clamped = f64x2.pmax(f64x2.pmin(x, f64x2.splat(700)), f64x2.splat(-700));
  const shifted = f64x2.add(f64x2.mul(clamped, f64x2.splat(LOG2_E)), f64x2.splat(ROUNDER));
  const n = f64x2.sub(shifted, f64x2.splat(ROUNDER));
  const r = f64x2.sub(f64x2.sub(clamped, f64x2.mul(n, f64x2.splat(LN2_HIGH))), f64x2.mul(n, f64x2.splat(LN2_LOW)));
  // Estrin's scheme: short chains of dependent operations.
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const a = f64x2.add(f64x2.splat(1), r);
  const b = linear(0.5, 1.0 / 6.0, r);
  const c = linear(1.0 / 24.0, 1.0 / 120.0, r);
  const d = linear(1.0 / 720.0, 1.0 / 5040.0, r);
  const e = linear(1.0 / 40320.0, 1.0 / 362880.0, r);
  const f = linear(1.0 / 3628800.0, 1.0 / 39916800.0, r);
  const g = linear(1.0 / 479001600.0, 1.0 / 6227020800.0, r);
  const low = f64x2.add(a, f64x2.mul(b, r2));
  const middle = f64x2.add(c, f64x2.mul(d, r2));
  const high = f64x2.add(f64x2.add(e, f64x2.mul(f, r2)), f64x2.mul(g, r4));
  const p = f64x2.add(low, f64x2.mul(f64x2.add(middle, f64x2.mul(high, r4)), r4));
  const exponent = i64x2.shl(i64x2.add(i64x2.sub(shifted, f64x2.splat(ROUNDER)), i64x2.splat(1023)), 52);
  return f64x2.mul(p, exponent);
}

/** 2^k for −1022 ≤ k ≤ 1023. */
export function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>((<i64>(k + 1023)) << 52);
}

/** The smallest k with |x| < 2^k, for normal x; 0 for zero. */
export function exponentAbove(x: f64): i32 {
  if (x == 0) return 0;
  return <i32>((reinterpret<i64>(x) >> 52) & 0x7ff) - 1022;
}

/** Rounds two numbers of magnitude below 2^51 to integers. */
@inline
export function toIntegers(x: v128): v128 {
  return i64x2.sub(f64x2.add(x, f64x2.splat(ROUNDER)), f64x2.splat(ROUNDER));
}

@inline
export function sumOf(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
