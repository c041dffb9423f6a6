/**
 * Adds values to bins of floor((value − low) ÷ width), the last of which holds all that lie above. Each bin is counted in four places, 128 bytes
 * apart, so that values that follow each other do not wait for each other.
 */
export function countHistogram(values: usize, count: u32, low: f64, width: f64, bins: u32, to: usize): void {
  if (bins <= 1) {
    store<u32>(to, load<u32>(to) + count);
    return;
  }
  const least = f64x2.splat(low);
  const wide = f64x2.splat(width);
  const last = i32x4.splat(<i32>bins - 1);
  const end = values + (<usize>count << 3);
  const fours = values + ((<usize>count & ~3) << 3);
  let at = values;
  for (; at < fours; at += 32) {
    const one = i32x4.min_u(i32x4.trunc_sat_f64x2_u_zero(f64x2.div(f64x2.sub(v128.load(at), least), wide)), last);
    const two = i32x4.min_u(i32x4.trunc_sat_f64x2_u_zero(f64x2.div(f64x2.sub(v128.load(at, 16), least), wide)), last);
    add(to, i32x4.extract_lane(one, 0));
    add(to + 128, i32x4.extract_lane(one, 1));
    add(to + 256, i32x4.extract_lane(two, 0));
    add(to + 384, i32x4.extract_lane(two, 1));
  }
  for (; at < end; at += 8) add(to, <i32>min<u32>(<u32>i32x4.extract_lane(i32x4.trunc_sat_f64x2_u_zero(f64x2.splat((load<f64>(at) - low) / width)), 0), bins - 1));
}

@inline
function add(to: usize, bin: i32): void {
  const place = to + (<usize>bin << 2);
  store<u32>(place, load<u32>(place) + 1);
}
