// Brings the values of a page into the shapes that passes over them want.

export function toFloats(whole: usize, count: u32, to: usize): void {
  const end = whole + (<usize>count << 3);
  for (let at = whole; at < end; at += 8, to += 8) store<f64>(to, <f64>load<i64>(at));
}

/** Copies values that are no NaN when any is one; gives how many there are. */
export function keepPresent(values: usize, count: u32, to: usize): u32 {
  const end = values + (<usize>count << 3);
  let same = i64x2.splat(-1);
  let at = values;
  for (; at + 16 <= end; at += 16) {
    const pair = v128.load(at);
    same = v128.and(same, f64x2.eq(pair, pair));
  }
  let all = i64x2.all_true(same);
  if (at < end) all = all && load<f64>(at) == load<f64>(at);
  if (all) return count;
  let kept = to;
  for (at = values; at < end; at += 8) {
    const value = load<f64>(at);
    store<f64>(kept, value);
    if (value == value) kept += 8;
  }
  return <u32>((kept - to) >> 3);
}

/** Copies the finite values; gives how many there are. */
export function keepFinite(values: usize, count: u32, to: usize): u32 {
  const end = values + (<usize>count << 3);
  let kept = to;
  for (let at = values; at < end; at += 8) {
    const value = load<f64>(at);
    store<f64>(kept, value);
    if (abs(value) < Infinity) kept += 8;
  }
  return <u32>((kept - to) >> 3);
}

/** Puts values where Parquet's levels (4 bytes of length, then runs and bits) say that there are some, and NaN elsewhere. */
export function expand(values: usize, levels: usize, rows: u32, to: usize): void {
  const end = levels + 4 + load<u32>(levels);
  let at = levels + 4;
  const last = to + (<usize>rows << 3);
  while (to < last && at < end) {
    let head: u32 = 0;
    let shift: u32 = 0;
    let byte: u32;
    do {
      byte = load<u8>(at++);
      head |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127 && shift < 35);
    if ((head & 1) == 0) {
      const stop = min(last, to + ((<usize>head >> 1) << 3));
      if (load<u8>(at++) != 0) {
        for (; to < stop; to += 8, values += 8) store<f64>(to, load<f64>(values));
      } else for (; to < stop; to += 8) store<f64>(to, NaN);
    } else {
      for (const stop = at + (head >> 1); at < stop && to < last; at++) {
        let bits: u32 = load<u8>(at);
        for (let bit = 0; bit < 8 && to < last; bit++, bits >>= 1, to += 8) {
          const there = bits & 1;
          store<f64>(to, select<f64>(load<f64>(values), NaN, there));
          values += <usize>there << 3;
        }
      }
    }
  }
  for (; to < last; to += 8) store<f64>(to, NaN);
}
