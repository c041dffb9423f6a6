// Reads lines of plain decimal numbers, cell by cell, into columns. What is not plain ends the reading: the caller takes a slower way. Numbers are
// rounded correctly: where digits and power of ten are exact in float64 by one operation (Clinger 1990, "How to read floating point numbers
// accurately"), else by the 128-bit products of Lemire (2021), "Number parsing at a gigabyte per second".

const ZERO: u32 = 48;
const MINUS: u32 = 45;
const POINT: u32 = 46;
const RETURN: u32 = 13;
const LINE_FEED: u32 = 10;

/** Digits of a whole part beyond which integers are not plain. */
const LONGEST_WHOLE: i32 = 15;
/** Digits that 64 bits hold. */
const MOST_DIGITS: i32 = 19;

/** What `parse` answers besides a number of rows: the text is not plain, or (below) column −2 − answer is not of whole numbers. */
const IRREGULAR: i32 = -1;

/** What `readLong` answers besides an address: the cell is not plain, or has a fraction in a column of whole numbers. */
const IRREGULAR_CELL: usize = 0;
const FRACTION: usize = 1;

/** For each power of ten from `lowest`: the upper and the lower 64 bits of the nearest power of five, scaled to 128 bits. */
let powers: usize = 0;
let lowest: i32 = 0;
let highest: i32 = 0;

export function setPowers(address: usize, from: i32, to: i32): void {
  powers = address;
  lowest = from;
  highest = to;
}

const EXACT: StaticArray<f64> = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

const TENS: StaticArray<u64> = [1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000];

/** Eight bytes of text as their distances from the digit 0. */
@inline
function eight(at: usize): u64 {
  return load<u64>(at) ^ 0x3030303030303030;
}

/** How many digits such bytes begin with. */
@inline
function runOf(bytes: u64): i32 {
  return <i32>(ctz(((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080) >> 3);
}

/** The number that the first `count` of them say, at least one. Source: Lemire's "Quickly parsing eight digits" (2018). */
@inline
function valueOf(bytes: u64, count: i32): u64 {
  let value = bytes << <u64>(64 - (count << 3));
  value = ((value * 2561) >> 8) & 0x00ff00ff00ff00ff;
  value = ((value * 6553601) >> 16) & 0x0000ffff0000ffff;
  return (value * 42949672960001) >> 32;
}

// Tables for what is done to sixteen bytes at a time; a constant that stands in the code is put together anew at each use.
const DIGIT_ZERO: usize = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48], 16);
const TEN_BYTES: usize = memory.data<u8>([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10], 16);
const LOW_BYTES: usize = memory.data<u16>([255, 255, 255, 255, 255, 255, 255, 255], 16);
const TEN_PAIRS: usize = memory.data<u16>([10, 10, 10, 10, 10, 10, 10, 10], 16);
const HUNDREDS: usize = memory.data<u16>([100, 1, 100, 1, 100, 1, 100, 1], 16);
const TEN_THOUSANDS: usize = memory.data<u16>([10000, 1, 10000, 1, 0, 0, 0, 0], 16);
/** By length from 0 to 16: where each byte comes from when so many of them are moved to the end. */
const TO_THE_END: usize = memory.data(17 * 16, 16);
/** By decimals from 0 to 15: how much further ahead it comes from when the point before them is left out. */
const AHEAD: usize = memory.data(16 * 16, 16);

for (let count: u32 = 0; count <= 16; count++) {
  for (let lane: u32 = 0; lane < 16; lane++) {
    store<u8>(TO_THE_END + (count << 4) + lane, lane + count - 16);
    if (count < 16) store<u8>(AHEAD + (count << 4) + lane, lane + count < 16 ? -1 : 0);
  }
}

/**
 * The number that the first `length` bytes say, all of them digits but for a point before the last `decimals`, or, where there is none, one byte
 * more than there are digits; what is no digit is 0. Pairs, fours and eights of them are joined side by side. Source: W. Muła (2018), "Parsing
 * series of integers with SIMD", 0x80.pl.
 */
@inline
function joined(bytes: v128, length: i32, decimals: i32): i64 {
  const places = i8x16.add(v128.load(TO_THE_END + (<usize>length << 4)), v128.load(AHEAD + (<usize>decimals << 4)));
  const digits = i8x16.swizzle(bytes, places);
  const pairs = i16x8.add(i16x8.mul(v128.and(digits, v128.load(LOW_BYTES)), v128.load(TEN_PAIRS)), i16x8.shr_u(digits, 8));
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(HUNDREDS));
  const eights = i64x2.extract_lane(i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), v128.load(TEN_THOUSANDS)), 0);
  return (eights & 0xffffffff) * 100000000 + (eights >>> 32);
}

let upper: u64 = 0;

/** The lower half of a product of 64-bit numbers; the upper half is left in `upper`. */
@inline
function multiply(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const low = a0 * b0;
  const one = a0 * b1;
  const other = a1 * b0;
  const middle = (low >> 32) + (one & 0xffffffff) + (other & 0xffffffff);
  upper = a1 * b1 + (one >> 32) + (other >> 32) + (middle >> 32);
  return (middle << 32) | (low & 0xffffffff);
}

/** digits · 10^power for digits above zero, correctly rounded; NaN where 128 bits do not decide. */
function rounded(digits: u64, power: i32): f64 {
  if (power < lowest || power > highest) return NaN;
  const shift = clz(digits);
  const scaled = digits << shift;
  const place = powers + (<usize>(power - lowest) << 4);
  let low = multiply(scaled, load<u64>(place));
  let high = upper;
  if ((high & 0x1ff) == 0x1ff) {
    multiply(scaled, load<u64>(place, 8));
    const second = upper;
    low += second;
    if (second > low) high++;
  }
  if (low == u64.MAX_VALUE && (power < -27 || power > 55)) return NaN;
  const top = high >> 63;
  const cut = top + 9;
  let mantissa = high >> cut;
  let exponent = ((217706 * power) >> 16) + 63 + <i32>top - <i32>shift + 1023;
  if (exponent <= 0) return NaN;
  if (low <= 1 && power >= -4 && power <= 23 && (mantissa & 3) == 1 && mantissa << cut == high) mantissa &= ~1;
  mantissa += mantissa & 1;
  mantissa >>= 1;
  if (mantissa >= <u64>1 << 53) {
    mantissa = <u64>1 << 52;
    exponent++;
  }
  if (exponent >= 2047) return NaN;
  return reinterpret<f64>((mantissa & ~(<u64>1 << 52)) | (<u64>exponent << 52));
}

/** Reads a cell of any length; gives where it ends, or why it is not read: IRREGULAR_CELL, or FRACTION in a column of whole numbers. */
function readLong(at: usize, asWhole: bool, cell: usize): usize {
  const negative = load<u8>(at) == MINUS;
  if (negative) at++;
  let bytes = eight(at);
  let count = runOf(bytes);
  if (count == 0) {
    if (negative) return IRREGULAR_CELL;
    if (asWhole) store<i64>(cell, i64.MIN_VALUE);
    else store<f64>(cell, NaN);
    return at;
  }
  let digits = valueOf(bytes, count);
  const zero = (bytes & 0xff) == 0;
  if (zero && count > 1) return IRREGULAR_CELL;
  at += count;
  if (count == 8) {
    bytes = eight(at);
    const more = runOf(bytes);
    if (more > 0) {
      count += more;
      if (count > LONGEST_WHOLE) return IRREGULAR_CELL;
      digits = digits * unchecked(TENS[more]) + valueOf(bytes, more);
      at += more;
    }
  }
  let byte: u32 = load<u8>(at);
  let power: i32 = 0;
  let fraction = false;
  if (byte == POINT) {
    fraction = true;
    const from = ++at;
    if (zero) count = 0;
    let run: i32;
    do {
      bytes = eight(at);
      run = runOf(bytes);
      if (run > 0) {
        // Zeros before the first other digit take no place.
        count += digits == 0 ? run - min(<i32>(ctz(bytes) >> 3), run) : run;
        digits = digits * unchecked(TENS[run]) + valueOf(bytes, run);
        at += run;
      }
    } while (run == 8);
    if (at == from || count > MOST_DIGITS) return IRREGULAR_CELL;
    byte = load<u8>(at);
    power = <i32>from - <i32>at;
  }
  if ((byte | 32) == 101) {
    fraction = true;
    byte = load<u8>(++at);
    const down = byte == MINUS;
    if (down || byte == 43) byte = load<u8>(++at);
    let digit = byte - ZERO;
    if (digit > 9) return IRREGULAR_CELL;
    let exponent: i32 = digit;
    byte = load<u8>(++at);
    digit = byte - ZERO;
    if (digit <= 9) {
      exponent = exponent * 10 + digit;
      at++;
    }
    power += down ? -exponent : exponent;
  }
  if (asWhole) {
    if (fraction) return FRACTION;
    store<i64>(cell, negative ? -<i64>digits : <i64>digits);
    return at;
  }
  let value: f64;
  if (power == 0 && digits <= 9007199254740992) value = <f64>digits;
  else if (digits <= 9007199254740992 && power >= -22 && power <= 22) {
    const exact = unchecked(EXACT[abs(power)]);
    value = power < 0 ? <f64>digits / exact : <f64>digits * exact;
  } else if (digits == 0) value = 0;
  else {
    value = rounded(digits, power);
    if (isNaN(value)) return IRREGULAR_CELL;
  }
  store<f64>(cell, negative ? -value : value);
  return at;
}

/**
 * Reads the lines from `at` to `end`, where the last one ends, into columns of at most `capacity` cells at `cells`: float64, or, where `whole` has a 1 for the
 * column, int64; those of empty cells are left out. Writes the least and the greatest value of each column and the number of its empty cells to
 * `facts`, 24 bytes a column, and where there are such, a bit a row at `present`, from the lowest on, for the cells that are not empty. Gives the
 * number of lines, or why it ended.
 */
export function parse(at: usize, end: usize, delimiter: u32, width: u32, capacity: u32, cells: usize, whole: usize, facts: usize, present: usize, returns: bool): i32 {
  const stride = <usize>capacity << 3;
  const last = width - 1;
  const lineEnd = returns ? RETURN : LINE_FEED;
  const zeros = v128.load(DIGIT_ZERO);
  const tens = v128.load(TEN_BYTES);
  let row: u32 = 0;
  while (at < end) {
    if (row == capacity) return IRREGULAR;
    let cell = cells + (<usize>row << 3);
    for (let column: u32 = 0; column < width; column++, cell += stride) {
      const asWhole = load<u8>(whole + column) != 0;
      const signed = <i32>(load<u8>(at) == MINUS);
      const after = column < last ? delimiter : lineEnd;
      // Most cells are digits with at most a point among them, and end within sixteen bytes.
      const bytes = i8x16.sub(v128.load(at), zeros);
      const others = i8x16.ge_u(bytes, tens);
      const marks = (i8x16.bitmask(others) & ~signed) | 0x10000;
      const first = ctz(marks);
      const mark: u32 = load<u8>(at + first);
      const count = first - signed;
      let close: usize = 0;
      if (count > 0 && (count == 1 || load<u8>(at + <usize>signed) != ZERO)) {
        if (mark == POINT) {
          const second = ctz(marks & (marks - 1));
          const decimals = second - first - 1;
          if (!asWhole && decimals > 0 && second < 16) {
            const value = <f64>joined(v128.andnot(bytes, others), second, decimals) / unchecked(EXACT[decimals]);
            store<f64>(cell, signed ? -value : value);
            close = at + second;
          }
        } else if (mark == after && first < 16) {
          const value = joined(v128.andnot(bytes, others), first + 1, 0);
          if (asWhole) store<i64>(cell, signed ? -value : value);
          else store<f64>(cell, signed ? -<f64>value : <f64>value);
          close = at + first;
        }
      }
      if (close == 0 || load<u8>(close) != after) {
        close = readLong(at, asWhole, cell);
        if (close <= FRACTION) return close == FRACTION ? -2 - <i32>column : IRREGULAR;
        if (load<u8>(close) != after) return IRREGULAR;
      }
      at = close + 1;
    }
    if (returns && load<u8>(at++) != LINE_FEED) return IRREGULAR;
    row++;
  }
  if (at != end) return IRREGULAR;
  const bits = <usize>(capacity + 7) >> 3;
  for (let column: usize = 0; column < width; column++) {
    const from = cells + stride * column;
    const fact = facts + 24 * column;
    if (load<u8>(whole + column) != 0) summariseWhole(from, row, fact);
    else summariseNumbers(from, row, fact);
    if (load<u64>(fact, 16) > 0) leaveOut(from, row, load<u8>(whole + column) != 0, present + bits * column);
  }
  return row;
}

function summariseWhole(from: usize, rows: u32, fact: usize): void {
  const to = from + (<usize>rows << 3);
  let empty: u64 = 0;
  let least = i64.MAX_VALUE;
  let greatest = i64.MIN_VALUE;
  for (let cell = from; cell < to; cell += 8) {
    const value = load<i64>(cell);
    if (value == i64.MIN_VALUE) empty++;
    else {
      least = min(least, value);
      greatest = max(greatest, value);
    }
  }
  store<i64>(fact, least);
  store<i64>(fact, greatest, 8);
  store<u64>(fact, empty, 16);
}

function summariseNumbers(from: usize, rows: u32, fact: usize): void {
  const to = from + (<usize>rows << 3);
  let mostLeast = f64x2.splat(Infinity);
  let mostGreatest = f64x2.splat(-Infinity);
  let filled = i64x2.splat(0);
  let cell = from;
  for (; cell + 16 <= to; cell += 16) {
    const pair = v128.load(cell);
    mostLeast = f64x2.pmin(mostLeast, pair);
    mostGreatest = f64x2.pmax(mostGreatest, pair);
    filled = i64x2.sub(filled, f64x2.eq(pair, pair));
  }
  let least = min(f64x2.extract_lane(mostLeast, 0), f64x2.extract_lane(mostLeast, 1));
  let greatest = max(f64x2.extract_lane(mostGreatest, 0), f64x2.extract_lane(mostGreatest, 1));
  let count = i64x2.extract_lane(filled, 0) + i64x2.extract_lane(filled, 1);
  if (cell < to) {
    const value = load<f64>(cell);
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    count += <i64>(value == value);
  }
  store<f64>(fact, least);
  store<f64>(fact, greatest, 8);
  store<u64>(fact, rows - count, 16);
}

/** Moves the values of cells that are not empty together, and tells which these are. */
function leaveOut(from: usize, rows: u32, whole: bool, present: usize): void {
  const none = whole ? <u64>i64.MIN_VALUE : reinterpret<u64>(NaN);
  const to = from + (<usize>rows << 3);
  let kept = from;
  for (let cell = from; cell < to; ) {
    let bits: u32 = 0;
    for (let bit: u32 = 0; bit < 8 && cell < to; bit++, cell += 8) {
      const value = load<u64>(cell);
      const there = value != none;
      store<u64>(kept, value);
      kept += <usize>there << 3;
      bits |= <u32>there << bit;
    }
    store<u8>(present++, <u8>bits);
  }
}
