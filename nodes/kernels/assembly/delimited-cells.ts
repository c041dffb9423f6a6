// Cuts delimited text into cells by an automaton and gathers what the cells of each column are: one pass, whatever the size of the text. Of the
// values of a column only hashes are kept, and no more of them than decide whether the column is a category.

// Events of the automaton; all other entries of its table are states.
const FIRST_EVENT: u32 = 0xff00;
const DELIMITER: u32 = 0xff00;
const LINE_FEED: u32 = 0xff01;
const RETURN: u32 = 0xff02;
const IRREGULAR: u32 = 0xff03;

const QUOTE: u32 = 34;

/** A column's facts: flags (u32), distinct values (u32), missing cells (u64), whether some cell is no datetime (u32), and room. */
const FACT_BYTES: usize = 32;
/** Hashes of a column's distinct values, in a table of as many places. */
const PLACES: u32 = 256;

let table: usize = 0;
let flagsOf: usize = 0;
let facts: usize = 0;
let places: usize = 0;
let width: u32 = 0;
let delimiter: u32 = 0;
let lineStart: u32 = 0;
let cellStart: u32 = 0;
let returned: u32 = 0;
let firstClosed: u32 = 0;
let other: u32 = 0;
let someMissing: u32 = 0;
let otherFlag: u32 = 0;
let ownWords: bool = false;
let mostLevels: u32 = 0;

let state: u32 = 0;
let column: u32 = 0;
let heading: bool = false;
let ends: u32 = 0;
let rows: u32 = 0;
let cell: usize = 0;
let line: u64 = 0;
let longest: u64 = 0;
/** Bytes of the text before address 0 of the present piece; it may be below zero. */
let before: i64 = 0;

/** Where table, flags, facts and hashes lie, and the states of the automaton that have a meaning here. */
export function setAutomaton(
  tableAt: usize,
  flagsAt: usize,
  factsAt: usize,
  placesAt: usize,
  lineStartState: u32,
  cellStartState: u32,
  returnedState: u32,
  firstClosedState: u32,
  otherState: u32,
): void {
  table = tableAt;
  flagsOf = flagsAt;
  facts = factsAt;
  places = placesAt;
  lineStart = lineStartState;
  cellStart = cellStartState;
  returned = returnedState;
  firstClosed = firstClosedState;
  other = otherState;
}

/** `missingFlags`: of cells that are missing; `own`: only empty ones are. Of a text that begins with a line of names that line does not count. */
export function begin(columns: u32, separator: u32, names: bool, missingFlags: u32, textFlag: u32, own: bool, levels: u32): void {
  width = columns;
  delimiter = separator;
  heading = names;
  someMissing = missingFlags;
  otherFlag = textFlag;
  ownWords = own;
  mostLevels = levels;
  state = lineStart;
}

/** The hash of a text (FNV-1a), never 0. */
function hashOf(from: usize, to: usize): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  for (let at = from; at < to; at++) hash = (hash ^ <u64>load<u8>(at)) * 0x100000001b3;
  hash ^= hash >> 32;
  return hash == 0 ? 1 : hash;
}

/** Two quotes in a row become one, in place; gives the end. */
function withoutDoubled(from: usize, to: usize): usize {
  let into = from;
  for (let at = from; at < to; at++, into++) {
    const byte: u32 = load<u8>(at);
    store<u8>(into, byte);
    if (byte == QUOTE) at++;
  }
  return into;
}

/** The number that `count` digits say, or −1. */
function digitsAt(at: usize, count: u32): i32 {
  let value: i32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const digit = <i32>load<u8>(at + index) - 48;
    if (<u32>digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Whether a text is a date or a time by the pattern of nodes/kit/cells.ts, on a day that there is. */
function isDatetime(from: usize, to: usize): bool {
  while (from < to && (load<u8>(from) == 32 || load<u8>(from) == 9)) from++;
  while (from < to && (load<u8>(to - 1) == 32 || load<u8>(to - 1) == 9)) to--;
  if (to - from < 10) return false;
  const separator: u32 = load<u8>(from, 4);
  if ((separator != 45 && separator != 47) || load<u8>(from, 7) != separator) return false;
  const year = digitsAt(from, 4);
  const month = digitsAt(from + 5, 2);
  const day = digitsAt(from + 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const days = month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  if (day > days) return false;
  let at = from + 10;
  if (at == to) return true;
  if (to - at < 6 || (load<u8>(at) != 32 && load<u8>(at) != 84) || load<u8>(at, 3) != 58) return false;
  if (<u32>digitsAt(at + 1, 2) > 23 || <u32>digitsAt(at + 4, 2) > 59) return false;
  at += 6;
  if (at < to && load<u8>(at) == 58) {
    if (to - at < 3 || <u32>digitsAt(at + 1, 2) > 59) return false;
    at += 3;
    if (at < to && load<u8>(at) == 46) {
      const first = ++at;
      while (at < to && <u32>load<u8>(at) - 48 <= 9) at++;
      if (at == first || at - first > 6) return false;
    }
  }
  if (at == to) return true;
  const zone: u32 = load<u8>(at);
  if (zone == 90) return at + 1 == to;
  return (zone == 43 || zone == 45) && to - at == 6 && load<u8>(at, 3) == 58 && digitsAt(at + 1, 2) >= 0 && digitsAt(at + 4, 2) >= 0;
}

/** Takes the cell that ends at `to` in the state `here`. */
function take(here: u32, from: usize, to: usize): void {
  const fact = facts + <usize>column * FACT_BYTES;
  const own: u32 = load<u8>(flagsOf + (here >> 8));
  store<u32>(fact, load<u32>(fact) | own);
  const quoted = here >= firstClosed;
  if ((own & someMissing) != 0 && (!ownWords || to - from <= (quoted ? 2 : 0))) {
    store<u64>(fact, load<u64>(fact, 8) + 1, 8);
    return;
  }
  const distinct = load<u32>(fact, 4);
  const counted = distinct > mostLevels;
  const noDatetime = load<u32>(fact, 16) != 0;
  if (counted && noDatetime) return;
  if (quoted) to = withoutDoubled(++from, to - 1);
  if (!noDatetime && (own != otherFlag || !isDatetime(from, to))) store<u32>(fact, 1, 16);
  if (counted) return;
  const hash = hashOf(from, to);
  const set = places + ((<usize>column * PLACES) << 3);
  let place: u32 = <u32>hash & (PLACES - 1);
  for (;;) {
    const found = load<u64>(set + (<usize>place << 3));
    if (found == hash) return;
    if (found == 0) break;
    place = (place + 1) & (PLACES - 1);
  }
  store<u64>(set + (<usize>place << 3), hash);
  store<u32>(fact, distinct + 1, 4);
}

function forget(): void {
  for (let index: u32 = 0; index < width; index++) {
    if (load<u32>(facts + <usize>index * FACT_BYTES, 4) > 0) memory.fill(places + ((<usize>index * PLACES) << 3), 0, <usize>PLACES << 3);
  }
  memory.fill(facts, 0, <usize>width * FACT_BYTES);
}

/** Takes the end of a line at a byte of the whole text. */
function endLine(position: u64): void {
  longest = max(longest, position - line);
  line = position;
  if (heading) {
    heading = false;
    forget();
  } else rows++;
}

/** The first byte from `at` on, before `end`, that is not just more of a text: a delimiter, a quote, a line end or a zero; or up to 15 before it. */
@inline
function skipText(at: usize, end: usize, separators: v128): usize {
  while (at + 16 <= end) {
    const bytes = v128.load(at);
    // Carriage return, line feed and zero are below 14.
    const low = i8x16.lt_u(bytes, i8x16.splat(14));
    const found = v128.or(v128.or(low, i8x16.eq(bytes, separators)), i8x16.eq(bytes, i8x16.splat(34)));
    const mask = i8x16.bitmask(found);
    if (mask != 0) return at + ctz(mask);
    at += 16;
  }
  return at;
}

/**
 * Goes on with the bytes from `at` to `end`. `from` is where the cell begins that earlier bytes left open: they lie before `at` again. Gives
 * whether the text is regular so far.
 */
export function scan(from: usize, at: usize, end: usize): bool {
  const last = width - 1;
  const separators = i8x16.splat(<i8>delimiter);
  let here = state;
  cell = from;
  before -= at;
  while (at < end) {
    if (here == other) {
      at = skipText(at, end, separators);
      if (at >= end) break;
    }
    const next: u32 = load<u16>(table + (<usize>(here + load<u8>(at)) << 1));
    at++;
    if (next < FIRST_EVENT) {
      here = next;
      continue;
    }
    if (next == IRREGULAR) return false;
    if (here != returned) take(here, cell, at - 1);
    cell = at;
    if (next == DELIMITER) {
      if (column == last) return false;
      column++;
      here = cellStart;
    } else if (next == RETURN) here = returned;
    else {
      const kind: u32 = here == returned ? 2 : 1;
      if (column != last || (ends != 0 && ends != kind)) return false;
      ends = kind;
      endLine(<u64>(before + <i64>at));
      column = 0;
      here = lineStart;
    }
  }
  before += end;
  state = here;
  return true;
}

/** Where the cell begins that is not ended yet. */
export function openCell(): usize {
  return cell;
}

/** The state after the last byte. */
export function lastState(): u32 {
  return state;
}

/** Takes what stands after the last line end, whose last cell is from `from` to `end`; gives whether it is a whole line. */
export function endText(from: usize, end: usize): bool {
  if (state == lineStart) return true;
  if (state == returned || column != width - 1) return false;
  take(state, from, end);
  endLine(<u64>before);
  return true;
}

/** 1: lines end in a line feed; 2: in a carriage return before it; 0: there is none. */
export function lineEnds(): u32 {
  return ends;
}

export function rowCount(): u32 {
  return rows;
}

/** Bytes of the longest line. */
export function longestLine(): f64 {
  return <f64>longest;
}
