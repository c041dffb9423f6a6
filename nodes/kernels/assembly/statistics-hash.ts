// 64-bit hashes of values and of whole rows. Distinct values are told by HyperLogLog (Flajolet et al. 2007), distinct rows by their hashes.

const FACTOR: u64 = 0xd6e8feb86659fd93;
const ROW_FACTOR: u64 = 0x9fb21c651e98df25;
/** Of a missing value. */
const MISSING: u64 = 0x51ab3f02c46d9e87;
const REGISTER_BITS: u64 = 13;

@inline
export function hashBits(bits: u64): u64 {
  let hash = (bits ^ (bits >> 32)) * FACTOR;
  hash = (hash ^ (hash >> 32)) * FACTOR;
  return hash ^ (hash >> 32);
}

@inline
function addToRow(row: usize, hash: u64): void {
  store<u64>(row, (rotl<u64>(load<u64>(row), 23) + hash) * ROW_FACTOR);
}

/** Adds the values of a page, NaN where missing, to the registers (0: none) and to the hashes of their rows (0: none). Equal zeros are one. */
export function hashValues(values: usize, count: u32, registers: usize, rows: usize): void {
  const end = values + (<usize>count << 3);
  if (registers == 0) {
    if (rows != 0) for (let at = values; at < end; at += 8, rows += 8) addToRow(rows, load<u64>(at));
    return;
  }
  for (let at = values; at < end; at += 8) {
    const value = load<f64>(at);
    let hash = MISSING;
    if (value == value) {
      hash = hashBits(reinterpret<u64>(value + 0));
      const register = registers + <usize>(hash >> (64 - REGISTER_BITS));
      const rank = <u32>clz((hash << REGISTER_BITS) | (1 << (REGISTER_BITS - 1))) + 1;
      if (<u32>load<u8>(register) < rank) store<u8>(register, <u8>rank);
    }
    if (rows != 0) {
      addToRow(rows, hash);
      rows += 8;
    }
  }
}

/** How many distinct hashes of a part of all hashes there are. The table has room for `mask` + 1 of them, more than there are hashes of the part. */
export function countDistinct(hashes: usize, count: u32, part: u32, parts: u32, table: usize, mask: u32): u32 {
  memory.fill(table, 0, (<usize>mask + 1) << 3);
  const end = hashes + (<usize>count << 3);
  let found: u32 = 0;
  let zero = false;
  for (let at = hashes; at < end; at += 8) {
    const hash = load<u64>(at);
    if (<u32>(hash >> 32) % parts != part) continue;
    if (hash == 0) {
      if (!zero) found++;
      zero = true;
      continue;
    }
    for (let place = <u32>hash & mask; ; place = (place + 1) & mask) {
      const slot = table + (<usize>place << 3);
      const held = load<u64>(slot);
      if (held == hash) break;
      if (held == 0) {
        store<u64>(slot, hash);
        found++;
        break;
      }
    }
  }
  return found;
}
