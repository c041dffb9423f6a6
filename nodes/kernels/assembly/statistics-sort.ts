const DIGITS: usize = 6;
const DIGIT_BITS: u64 = 11;
const TABLE_BYTES: usize = 4 << <usize>DIGIT_BITS;
const COUNTS_BYTES: usize = DIGITS * TABLE_BYTES;

@inline
function placeOf(bits: u64, digit: usize): usize {
  return <usize>((bits >> (<u64>digit * DIGIT_BITS)) & ((1 << DIGIT_BITS) - 1)) << 2;
}

/** Bits that are ordered as whole numbers just as the numbers are that they stand for. */
@inline
function ordered(bits: u64): u64 {
  return bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000);
}
@inline
function restored(bits: u64): u64 {
  return bits ^ (~<u64>(<i64>bits >> 63) | 0x8000000000000000);
}

/** Sorts the finite values of `count` in place, digit by digit, and gives how many they are. `scratch` has room for them and for 49,152 bytes. */
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
      const place = counts + digit * TABLE_BYTES + placeOf(bits, digit);
      store<u32>(place, load<u32>(place) + 1);
    }
  }
  const kept = <u32>((end - values) >> 3);
  let from = values;
  let to = scratch + COUNTS_BYTES;
  for (let digit: usize = 0; digit < DIGITS; digit++) {
    const table = counts + digit * TABLE_BYTES;
    if (kept == 0 || load<u32>(table + placeOf(load<u64>(from), digit)) == kept) continue;
    let sum: u32 = 0;
    for (let place = table; place < table + TABLE_BYTES; place += 4) {
      const here = load<u32>(place);
      store<u32>(place, sum);
      sum += here;
    }
    const last = from + (<usize>kept << 3);
    for (let at = from; at < last; at += 8) {
      const bits = load<u64>(at);
      const place = table + placeOf(bits, digit);
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
