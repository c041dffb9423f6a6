// Passes over one column of float32, `rows` long and padded with NaN to a multiple of 4. NaN is a missing value; sums are float64.

/** Writes count, sum, minimum and maximum of the values that are there to `to` (float64 each). */
export function describe(values: usize, rows: u32, to: usize): void {
  let count: u32 = 0;
  let low = f32x4.splat(Infinity);
  let high = f32x4.splat(-Infinity);
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  const end = values + (<usize>rows << 2);
  for (let at = values; at < end; at += 16) {
    const x = v128.load(at);
    const there = f32x4.eq(x, x);
    count += <u32>popcnt(i32x4.bitmask(there));
    low = f32x4.pmin(low, v128.bitselect(x, low, there));
    high = f32x4.pmax(high, v128.bitselect(x, high, there));
    const known = v128.and(x, there);
    first = f64x2.add(first, f64x2.promote_low_f32x4(known));
    second = f64x2.add(second, f64x2.promote_low_f32x4(i8x16.shuffle(known, known, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)));
  }
  const sums = f64x2.add(first, second);
  store<f64>(to, <f64>count);
  store<f64>(to + 8, f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1));
  store<f64>(to + 16, min(min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)), min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3))));
  store<f64>(to + 24, max(max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)), max(f32x4.extract_lane(high, 2), f32x4.extract_lane(high, 3))));
}

/** Σ (x − mean)² of the values that are there. */
export function squares(values: usize, rows: u32, mean: f64): f64 {
  const centre = f64x2.splat(mean);
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  const end = values + (<usize>rows << 2);
  for (let at = values; at < end; at += 16) {
    const x = v128.load(at);
    const known = f32x4.eq(x, x);
    const a = f64x2.sub(f64x2.promote_low_f32x4(x), centre);
    const b = f64x2.sub(f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)), centre);
    const low = i8x16.shuffle(known, known, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7);
    const high = i8x16.shuffle(known, known, 8, 9, 10, 11, 8, 9, 10, 11, 12, 13, 14, 15, 12, 13, 14, 15);
    first = f64x2.add(first, v128.and(f64x2.mul(a, a), low));
    second = f64x2.add(second, v128.and(f64x2.mul(b, b), high));
  }
  const sums = f64x2.add(first, second);
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** In place: missing values become `impute`, then (x − offset) × scale, each step rounded to float32 as the graph does. */
export function encode(values: usize, rows: u32, impute: f32, offset: f32, scale: f32): void {
  const fill = f32x4.splat(impute);
  const centre = f32x4.splat(offset);
  const factor = f32x4.splat(scale);
  const end = values + (<usize>rows << 2);
  for (let at = values; at < end; at += 16) {
    const x = v128.load(at);
    v128.store(at, f32x4.mul(f32x4.sub(v128.bitselect(x, fill, f32x4.eq(x, x)), centre), factor));
  }
}
