import { int, string } from '../onnx/attributes.ts';
import { MICROSOFT } from '../onnx/operators.ts';
import { SPACE, TITLE_LETTER } from '../text-in-sql.ts';
import type { GraphWriter } from './graph-writer.ts';

/** Past every end, for slices. */
const END = 2 ** 52;

const NO_SPACE = `[^${SPACE.slice(1)}`;
export const CHARACTER = '(?s).';

/**
 * Writes changes of texts into a graph. A text is [rows, 1] with "" for missing; its pieces are [rows, n], each row's pieces first and "" after
 * them, where n is the most that any row of the request has.
 */
export class TextGraph {
  readonly #writer: GraphWriter;
  constructor(writer: GraphWriter) {
    this.#writer = writer;
  }

  lower = (text: string): string => this.#cased(text, 'LOWER');
  upper = (text: string): string => this.#cased(text, 'UPPER');

  /** Without spaces of any kind at both ends. */
  trimmed(text: string): string {
    return this.column(this.pieces(text, `${NO_SPACE}(?s:.*${NO_SPACE})?`), text, 0);
  }

  /** Trimmed, with one space for several. */
  collapsed = (text: string): string => this.words(this.pieces(text, `${NO_SPACE}+`), text);

  /** Each word with a capital first and small letters after it. */
  titled(text: string): string {
    const { builder } = this.#writer;
    const small = this.lower(text);
    const characters = this.pieces(small, CHARACTER);
    const capitals = this.pieces(this.upper(small), CHARACTER);
    const inWord = this.#writer.matches(characters, TITLE_LETTER);
    const first = this.slice(inWord, 0, 1);
    const before = builder.node('Concat', [builder.node('Not', [first]), this.slice(inWord, 0, -1)], { axis: int(1) });
    const begins = builder.node('Xor', [inWord, before]);
    return this.joined(this.#writer.where(begins, capitals, characters), text);
  }

  /** How many characters each text has, as doubles. */
  length(text: string): string {
    const { builder } = this.#writer;
    const there = builder.node('Not', [this.#writer.missing(this.pieces(text, CHARACTER), true)]);
    return builder.node('ReduceSum', [this.#writer.double(there), builder.int64s([1])], { keepdims: int(1) });
  }

  /** With each part replaced by a text, which may be one for each row. */
  replaced(text: string, part: string, by: string): string {
    const wide = this.#writer.node('StringConcat', [text, this.blank(by)]);
    const { pieces, counts } = this.#split(wide, part);
    const [first, others] = [this.column(pieces, wide, 0), this.slice(pieces, 1, END)];
    const there = this.#writer.builder.node('Less', [this.#places(others, 1), counts]);
    const after = this.#writer.where(there, this.#writer.node('StringConcat', [by, others]), this.#writer.text(''));
    return this.joined(this.#writer.builder.node('Concat', [first, after], { axis: int(1) }), wide);
  }

  /** The part at a place, from 1, between delimiters; "" where there are fewer. `last`: with all that comes after it. */
  part(text: string, delimiter: string, place: number, last: boolean): string {
    if (last && place === 1) return text;
    const { pieces } = this.#split(text, delimiter, last ? place - 1 : undefined);
    return this.column(pieces, text, place - 1);
  }

  /** The first parts between delimiters; "" where there are fewer. */
  parts(text: string, delimiter: string, count: number): string[] {
    const { pieces } = this.#split(text, delimiter);
    return Array.from({ length: count }, (_, place) => this.column(pieces, text, place));
  }

  /** What a pattern of RE2 finds, one after the other; of all that begin at a place the longest. */
  pieces(text: string, pattern: string): string {
    const { builder } = this.#writer;
    const attributes = { mark: int(0), mincharnum: int(1), pad_value: string(''), tokenexp: string(pattern) };
    // The cast does nothing, but tells the checker of ONNX, which does not know the operator, what it gives.
    return builder.cast(builder.node('Tokenizer', [this.#flat(text)], attributes, { domain: MICROSOFT }), 'string');
  }

  /** Pieces with a space between two of them. */
  words(pieces: string, text: string): string {
    const others = this.slice(pieces, 1, END);
    const spaced = this.#writer.node('StringConcat', [this.#writer.text(' '), others]);
    const after = this.#writer.where(this.#writer.missing(others, true), this.#writer.text(''), spaced);
    return this.joined(this.#writer.builder.node('Concat', [this.column(pieces, text, 0), after], { axis: int(1) }), text);
  }

  /** All pieces of a row, wherever they stand, as one text: neighbours are joined in pairs, again and again, so that long texts are copied few times. */
  joined(pieces: string, text: string): string {
    const { builder } = this.#writer;
    const blank = this.blank(text);
    const closed = builder.node('Concat', [pieces, blank], { axis: int(1) });
    const width = builder.cast(builder.node('Shape', [closed], { start: int(1), end: int(2) }), 'double');
    const levels = builder.node('Floor', [builder.node('Mul', [builder.node('Log', [width]), builder.doubles([Math.LOG2E])])]);
    const rounds = builder.node('Squeeze', [builder.cast(builder.node('Add', [levels, builder.doubles([1])]), 'int64')]);
    return builder.repeat(rounds, closed, (inner, texts) => {
      const every = (value: string, from: number) =>
        inner.node('Slice', [value, inner.int64s([from]), inner.int64s([END]), inner.int64s([1]), inner.int64s([2])]);
      const padded = inner.node('Concat', [texts, blank], { axis: int(1) });
      return inner.node('StringConcat', [every(texts, 0), every(padded, 1)]);
    });
  }

  #cased(text: string, change: 'LOWER' | 'UPPER'): string {
    const { builder } = this.#writer;
    const cased = builder.node('StringNormalizer', [this.#flat(text)], { case_change_action: string(change), locale: string('C.UTF-8') });
    return builder.node('Reshape', [cased, builder.int64s([-1, 1])]);
  }

  #split(text: string, delimiter: string, limit?: number): { pieces: string; counts: string } {
    const { builder } = this.#writer;
    const attributes = { delimiter: string(delimiter), ...(limit === undefined ? {} : { maxsplit: int(limit) }) };
    const [pieces, counts] = builder.nodes('StringSplit', [this.#flat(text)], attributes, { outputs: 2 });
    return { pieces: pieces!, counts: builder.node('Reshape', [counts!, builder.int64s([-1, 1])]) };
  }

  /** The piece at a place, from 0, as [rows, 1]; "" where there are fewer. */
  column(pieces: string, text: string, place: number): string {
    const found = this.slice(pieces, place, place + 1);
    return this.slice(this.#writer.builder.node('Concat', [found, this.blank(text)], { axis: int(1) }), 0, 1);
  }

  /** The columns from one place to before another one, counted from 0 or, below it, from the end. */
  slice(value: string, from: number, to: number): string {
    const { builder } = this.#writer;
    return builder.node('Slice', [value, builder.int64s([from]), builder.int64s([to]), builder.int64s([1])]);
  }

  /** The places of the columns of `pieces` [rows, n], counted from `first`, as [n]. */
  #places(pieces: string, first: number): string {
    const { builder } = this.#writer;
    const width = builder.node('Squeeze', [builder.node('Shape', [pieces], { start: int(1), end: int(2) })]);
    const start = builder.int64s([first], []);
    return builder.node('Range', [start, builder.node('Add', [start, width]), builder.int64s([1], [])]);
  }

  #flat = (text: string): string => this.#writer.builder.node('Reshape', [text, this.#writer.builder.int64s([-1])]);
  /** A column of missing texts, as long as the request. */
  blank = (text: string): string => this.#writer.builder.node('Expand', [this.#writer.text(''), this.#writer.builder.node('Shape', [text])]);
}
