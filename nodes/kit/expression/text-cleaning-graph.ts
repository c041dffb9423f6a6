import { float, floats, int, strings } from '../onnx/attributes.ts';
import { APOSTROPHE, EMAIL, EMAIL_NAME, LETTER, NUMBER, URL } from '../text-cleaning.ts';
import { SPACE } from '../text-in-sql.ts';
import type { GraphWriter } from './graph-writer.ts';
import { CHARACTER, type TextGraph } from './text-graph.ts';

/** No word character of RE2's `\b`, which knows those of ASCII only. */
const BETWEEN_WORDS = '[^A-Za-z0-9_]+';
const not = (characters: string): string => `[^${characters.slice(1)}`;

/** Writes what `text-cleaning` says in SQL into graphs. Texts and pieces are as in `TextGraph`. */
export class TextCleaningGraph {
  readonly #writer: GraphWriter;
  readonly #texts: TextGraph;

  constructor(writer: GraphWriter, texts: TextGraph) {
    this.#writer = writer;
    this.#texts = texts;
  }

  // What is found begins at the beginning of a stretch of the characters that it begins with, and is the longest piece there.
  withoutUrls = (text: string): string => this.#spaced(text, URL, `[A-Za-z0-9_]+|${BETWEEN_WORDS}`);
  withoutEmails = (text: string): string => this.#spaced(text, EMAIL, `${EMAIL_NAME}+|${not(EMAIL_NAME)}+`);
  withoutNumbers = (text: string): string => this.#spaced(text, NUMBER, '\\P{N}+');

  /** Words of letters and digits, with a space wherever other characters are. */
  withoutSigns(text: string): string {
    const plain = this.#texts.joined(this.#texts.pieces(text, `${not(APOSTROPHE)}+`), text);
    return this.#spaced(plain, `${not(LETTER)}+`, `${LETTER}+`);
  }

  withoutRepeats(text: string): string {
    const characters = this.#texts.pieces(text, CHARACTER);
    const again = this.#asBefore(characters, text);
    const thrice = this.#writer.builder.node('And', [again, this.#shifted(again)]);
    return this.#texts.joined(this.#writer.where(thrice, this.#writer.text(''), characters), text);
  }

  /** `sign` is a pattern of one character. */
  apartSigns(text: string, sign: string): string {
    const { builder } = this.#writer;
    const characters = this.#texts.pieces(text, CHARACTER);
    const isSign = this.#writer.matches(characters, sign);
    const again = builder.node('And', [isSign, this.#asBefore(characters, text)]);
    const apart = this.#writer.node('StringConcat', [this.#writer.node('StringConcat', [this.#writer.text(' '), characters]), this.#writer.text(' ')]);
    const kept = this.#writer.where(again, this.#writer.text(''), this.#writer.where(isSign, apart, characters));
    return this.#texts.joined(kept, text);
  }

  /** `words` are in lower case and of letters and digits only. */
  withoutWords(text: string, words: readonly string[]): string {
    if (words.length === 0) return this.#texts.collapsed(text);
    const { builder } = this.#writer;
    const pieces = builder.node('Concat', [this.#texts.pieces(text, `${not(SPACE)}+`), this.#texts.blank(text)], { axis: int(1) });
    const each = builder.node('Reshape', [pieces, builder.int64s([-1, 1])]);
    const comparable = this.#texts.lower(this.#texts.joined(this.#texts.pieces(each, `${LETTER}+`), each));
    const attributes = { keys_strings: strings(words), values_floats: floats(words.map(() => 1)), default_float: float(0) };
    const listed = builder.node('Equal', [builder.ml('LabelEncoder', [comparable], attributes), builder.floats([1], [1, 1])]);
    const spaced = this.#writer.node('StringConcat', [this.#writer.text(' '), each]);
    const kept = builder.node('Reshape', [this.#writer.where(listed, this.#writer.text(''), spaced), builder.node('Shape', [pieces])]);
    return this.#texts.collapsed(this.#texts.joined(kept, text));
  }

  /** A space for everything that a pattern finds; `others` finds all that lies between. */
  #spaced(text: string, pattern: string, others: string): string {
    const pieces = this.#texts.pieces(text, `(?:${pattern})|${others}`);
    return this.#texts.joined(this.#writer.where(this.#writer.matches(pieces, pattern), this.#writer.text(' '), pieces), text);
  }

  /** Whether each character is that before it. */
  #asBefore(characters: string, text: string): string {
    const { builder } = this.#writer;
    const before = builder.node('Concat', [this.#texts.blank(text), this.#texts.slice(characters, 0, -1)], { axis: int(1) });
    return builder.node('Equal', [characters, before]);
  }

  /** The truths one place further, the first false. */
  #shifted(truths: string): string {
    const { builder } = this.#writer;
    const first = this.#texts.slice(truths, 0, 1);
    const no = builder.node('And', [first, builder.node('Not', [first])]);
    return builder.node('Concat', [no, this.#texts.slice(truths, 0, -1)], { axis: int(1) });
  }
}
