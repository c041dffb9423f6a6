const DIGITS: usize = 8;
const COUNTS_BYTES: usize = DIGITS * 256 * 4;

/** Bits that are ordered as whole numbers just as the numbers are that they stand for. */
@inline
function ordered(bits: u64): u64 {
  return bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000);
}
@inline
function restored(bits: u64): u64 {
  return bits ^ (~<u64>(<i64>bits >> 63) | 0x8000000000000000);
}

/** Sorts the finite values of `count` in place, digit by digit, and gives how many they are. `scratch` has room for them and for 8192 bytes. */
export function sort(values: usize, count: u32, scratch: usize): u32 {
  const counts = scratch;
  memory.fill(counts, 0, COUNTS_BYTES);
  const all = values + (<usize>count << 3);
  let end = values;
  for (let at = values; at < all; at += 8) {
    const value = load<f64>(at);
    if (!(abs(value) < Infinity)) continue;
    const bits = ordered(reinterpret<u64>(value + 0));
    store<u64>(end, bits);
    end += 8;
    for (let digit: usize = 0; digit < DIGITS; digit++) {
      const place = counts + (digit << 10) + (<usize>((bits >> (<u64>digit << 3)) & 255) << 2);
      store<u32>(place, load<u32>(place) + 1);
    }
  }
  const kept = <u32>((end - values) >> 3);
  let from = values;
  let to = scratch + COUNTS_BYTES;
  for (let digit: usize = 0; digit < DIGITS; digit++) {
    const table = counts + (digit << 10);
    const shift = <u64>digit << 3;
    if (kept == 0 || load<u32>(table + (<usize>((load<u64>(from) >> shift) & 255) << 2)) == kept) continue;
    let sum: u32 = 0;
    for (let place = table; place < table + 1024; place += 4) {
      const here = load<u32>(place);
      store<u32>(place, sum);
      sum += here;
    }
    const last = from + (<usize>kept << 3);
    for (let at = from; at < last; at += 8) {
      const bits = load<u64>(at);
      const place = table + (<usize>((bits >> shift) & 255) << 2);
      const next = load<u32>(place);
      store<u32>(place, next + 1);
      store<u64>(to + (<usize>next << 3), bits);
    }
    const other = from;
    from = to;
    to = other;
  }
  for (let index: usize = 0; index < kept; index++) store<u64>(values + (index << 3), restored(load<u64>(from + (index << 3))));
  return kept;
}
