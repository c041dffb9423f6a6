/** What a word is made of, for regular expressions of JavaScript (with the flag u) and of RE2 alike. */
export const WORD = '[\\p{L}\\p{M}\\p{N}_]+';
const words = new RegExp(WORD, 'gu');

/** The words of a text in their order. */
export const wordsOf = (text: string): string[] => text.match(words) ?? [];

/** Runs of one to `size` neighbouring words, with spaces between. */
export function* nGramsOf(tokens: readonly string[], size: number): Generator<readonly string[]> {
  for (let length = 1; length <= size; length += 1) for (let from = 0; from + length <= tokens.length; from += 1) yield tokens.slice(from, from + length);
}
