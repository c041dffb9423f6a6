import type { TextAutomaton } from '#nodes/kernels/delimited-cells.server.ts';
import { MISSING_WORDS } from '#nodes/kit/cells.ts';

/** What the cells of a column look like; a column's flags are those of all its cells, joined by OR. */
export const CELL = {
  integer: 1,
  number: 2,
  boolean: 4,
  other: 8,
  /** A number that is spelled or quoted in a way that the typed reading of DuckDB is not trusted with. */
  careful: 16,
  empty: 32,
  /** Missing, but not by being empty: a missing word, white space, or quotes around nothing. */
  word: 64,
} as const;

/** What ends a run of the automaton, as the kernel knows it; all other entries of the table are states. */
const EVENT = { delimiter: 0xff00, lineFeed: 0xff01, return: 0xff02, irregular: 0xff03 } as const;

interface Content {
  readonly flags: number;
  readonly next: Map<string, string>;
}

const DIGITS = [...'0123456789'];
const LONGEST_WHOLE = 15;

/**
 * The states of a cell's content, by the rules of nodes/kit/cells.ts, as a map of name to state; what has no way on is `other`. States whose
 * names begin with `!` are those of numbers spelled with care: signs of plus, points at an end, white space, exponents of three digits, and
 * whole parts of more than 15 digits, which may overflow.
 */
function contents(): Map<string, Content> {
  const states = new Map<string, Content>();
  const state = (name: string, flags: number): Content['next'] => {
    const found = states.get(name) ?? { flags, next: new Map<string, string>() };
    states.set(name, found);
    return found.next;
  };
  const digits = (from: Content['next'], to: string, which: readonly string[] = DIGITS): void => which.forEach((digit) => from.set(digit, to));
  const blanks = (from: Content['next'], to: string): void => [' ', '\t'].forEach((blank) => from.set(blank, to));
  state('other', CELL.other);
  for (const care of ['', '!']) {
    const careful = care ? CELL.careful : 0;
    const [whole, number] = [CELL.integer | careful, CELL.number | careful];
    const begin = state(`${care}start`, care ? CELL.word : CELL.empty);
    blanks(begin, '!start');
    const minus = state(`${care}minus`, CELL.other);
    begin.set('-', `${care}minus`).set('+', '!minus');
    for (const from of [begin, minus]) {
      from.set('0', `${care}zero`).set('.', '!point');
      digits(from, `${care}whole1`, DIGITS.slice(1));
    }
    const wholes = ['zero', ...Array.from({ length: LONGEST_WHOLE }, (_, index) => `whole${index + 1}`)];
    for (const [index, name] of wholes.entries()) {
      const next = state(`${care}${name}`, whole);
      if (index > 0) digits(next, index === LONGEST_WHOLE ? '!long' : `${care}whole${index + 1}`);
      next.set('.', `${care}dot`).set('e', `${care}e`).set('E', `${care}e`);
      blanks(next, '!integer after');
    }
    const dot = state(`${care}dot`, CELL.number | CELL.careful);
    const fraction = state(`${care}fraction`, number);
    for (const from of [dot, fraction]) {
      digits(from, `${care}fraction`);
      from.set('e', `${care}e`).set('E', `${care}e`);
      blanks(from, '!number after');
    }
    const exponent = state(`${care}e`, CELL.other);
    exponent.set('+', `${care}e sign`).set('-', `${care}e sign`);
    digits(exponent, `${care}e1`);
    digits(state(`${care}e sign`, CELL.other), `${care}e1`);
    for (const count of [1, 2, 3]) {
      const next = state(`${care}e${count}`, count === 3 ? CELL.number | CELL.careful : number);
      if (count < 3) digits(next, `${care}e${count + 1}`);
      blanks(next, '!number after');
    }
    for (const [words, flags, after] of [
      [MISSING_WORDS, CELL.word, '!missing after'],
      [['true', 'false'], CELL.boolean, '!boolean after'],
    ] as const) {
      for (const word of words) {
        let from = begin;
        for (let length = 1; length <= word.length; length++) {
          const name = `word ${word.slice(0, length)}`;
          for (const letter of [word[length - 1]!, word[length - 1]!.toUpperCase()]) from.set(letter, name);
          const ends = length === word.length;
          from = state(name, CELL.other);
          if (!ends) continue;
          states.set(name, { flags, next: from });
          blanks(from, after);
        }
      }
    }
  }
  const long = state('!long', CELL.number | CELL.careful);
  digits(long, '!long');
  long.set('.', '!dot').set('e', '!e').set('E', '!e');
  blanks(long, '!number after');
  digits(state('!point', CELL.other), '!fraction');
  for (const [name, flags] of [
    ['!integer after', CELL.integer | CELL.careful],
    ['!number after', CELL.number | CELL.careful],
    ['!missing after', CELL.word],
    ['!boolean after', CELL.boolean],
  ] as const)
    blanks(state(name, flags), name);
  return states;
}

/**
 * The automaton that cuts regular delimited text into cells and tells what each looks like, one table look-up per byte. Regular is what
 * DuckDB reads just as `RecordParser` does: no empty line, no zero byte, quotes only where RFC 4180 lets them. `delimiter` is an ASCII byte.
 */
export function cellAutomaton(delimiter: number): TextAutomaton {
  const states = contents();
  const names = [...states.keys()];
  const count = names.length;
  const index = new Map(names.map((name, at) => [name, at]));
  // Unquoted contents, the start of a line, after a return, quoted contents, and those after a closing quote.
  const [lineStart, returned, firstQuoted, firstClosed] = [count, count + 1, count + 2, 2 * count + 2];
  const total = firstClosed + count;
  if (total > 255) throw new Error('The automaton has too many states.');
  const table = new Uint16Array(total * 256).fill(EVENT.irregular);
  const flags = new Uint8Array(total);
  const at = (name: string): number => index.get(name)!;
  const set = (state: number, byte: number, next: number): void => void (table[state * 256 + byte] = next);
  const ends = (state: number): void => {
    set(state, 10, EVENT.lineFeed);
    set(state, 13, EVENT.return);
    set(state, delimiter, EVENT.delimiter);
  };
  for (const [name, { flags: own, next }] of states) {
    const plain = at(name);
    for (let byte = 1; byte < 256; byte++) {
      const to = at(next.get(String.fromCharCode(byte)) ?? 'other');
      set(plain, byte, to * 256);
      set(firstQuoted + plain, byte, (firstQuoted + to) * 256);
    }
    set(plain, 34, name === 'start' ? (firstQuoted + at('start')) * 256 : EVENT.irregular);
    ends(plain);
    set(firstQuoted + plain, 34, (firstClosed + plain) * 256);
    set(firstClosed + plain, 34, (firstQuoted + at('other')) * 256);
    ends(firstClosed + plain);
    flags[plain] = own;
    flags[firstClosed + plain] = own === CELL.empty ? CELL.word : (own & (CELL.integer | CELL.number)) !== 0 ? own | CELL.careful : own;
  }
  table.copyWithin(lineStart * 256, at('start') * 256, at('start') * 256 + 256);
  flags[lineStart] = CELL.empty;
  set(lineStart, 10, EVENT.irregular);
  set(lineStart, 13, EVENT.irregular);
  set(returned, 10, EVENT.lineFeed);
  return {
    table,
    flags,
    lineStart: lineStart * 256,
    cellStart: at('start') * 256,
    returned: returned * 256,
    firstQuoted: firstQuoted * 256,
    firstClosed: firstClosed * 256,
    other: at('other') * 256,
  };
}
