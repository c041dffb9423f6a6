// Sums of powers over the values of a page, in two passes: distances are taken from the page's own mean, so that nothing cancels out.

/**
 * Writes zeros, values below zero, the sum, the sum of distances from an origin, and the sums of powers of distances from the mean to the figures of
 * a page. The sum is not finite when a value is not, or when it overflows.
 */
export function measureValues(values: usize, count: u32, origin: f64, figures: usize): void {
  const end = values + (<usize>count << 3);
  const pairs = values + ((<usize>count & ~1) << 3);
  const from = f64x2.splat(origin);
  let sums = f64x2.splat(0);
  let distances = f64x2.splat(0);
  let at = values;
  for (; at < pairs; at += 16) {
    const pair = v128.load(at);
    sums = f64x2.add(sums, pair);
    distances = f64x2.add(distances, f64x2.sub(pair, from));
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  let far = f64x2.extract_lane(distances, 0) + f64x2.extract_lane(distances, 1);
  if (at < end) {
    sum += load<f64>(at);
    far += load<f64>(at) - origin;
  }

  const mean = count > 0 ? far / <f64>count : 0;
  const centre = f64x2.splat(mean);
  const none = f64x2.splat(0);
  let second = none;
  let third = none;
  let fourth = none;
  let zeros = i64x2.splat(0);
  let negatives = i64x2.splat(0);
  for (at = values; at < pairs; at += 16) {
    const pair = v128.load(at);
    const distance = f64x2.sub(f64x2.sub(pair, from), centre);
    const square = f64x2.mul(distance, distance);
    second = f64x2.add(second, square);
    third = f64x2.add(third, f64x2.mul(square, distance));
    fourth = f64x2.add(fourth, f64x2.mul(square, square));
    zeros = i64x2.sub(zeros, f64x2.eq(pair, none));
    negatives = i64x2.sub(negatives, f64x2.lt(pair, none));
  }
  let m2 = f64x2.extract_lane(second, 0) + f64x2.extract_lane(second, 1);
  let m3 = f64x2.extract_lane(third, 0) + f64x2.extract_lane(third, 1);
  let m4 = f64x2.extract_lane(fourth, 0) + f64x2.extract_lane(fourth, 1);
  let zero = i64x2.extract_lane(zeros, 0) + i64x2.extract_lane(zeros, 1);
  let negative = i64x2.extract_lane(negatives, 0) + i64x2.extract_lane(negatives, 1);
  if (at < end) {
    const value = load<f64>(at);
    const distance = value - origin - mean;
    const square = distance * distance;
    m2 += square;
    m3 += square * distance;
    m4 += square * square;
    zero += <i64>(value == 0);
    negative += <i64>(value < 0);
  }
  store<u32>(figures, <u32>zero, 12);
  store<u32>(figures, <u32>negative, 16);
  store<f64>(figures, sum, 24);
  store<f64>(figures, m2, 32);
  store<f64>(figures, m3, 40);
  store<f64>(figures, m4, 48);
  store<f64>(figures, far, 56);
}
