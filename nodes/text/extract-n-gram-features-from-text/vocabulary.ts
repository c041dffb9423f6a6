import { nGramsOf, wordsOf } from '../words.ts';

/** A run of words with the number of texts that have it. */
export interface Entry {
  readonly words: readonly string[];
  readonly documents: number;
  /** ln(texts / texts that have it). */
  readonly idf: number;
}

export interface VocabularyOptions {
  readonly size: number;
  readonly shortest: number;
  readonly longest: number;
  /** At least so many texts must have it. */
  readonly documents: number;
  /** At most this share of the texts may have it. */
  readonly ratio: number;
  readonly most: number;
}

/** Counts texts by n-gram; a word that is too short or too long is no part of one, but keeps its neighbours apart. */
export class Counter {
  readonly #options: VocabularyOptions;
  readonly #documents = new Map<string, number>();
  #texts = 0;

  constructor(options: VocabularyOptions) {
    this.#options = options;
  }

  add(text: string): void {
    const { size, shortest, longest } = this.#options;
    this.#texts += 1;
    const fits = (word: string) => word.length >= shortest && word.length <= longest;
    const own = new Set<string>();
    for (const words of nGramsOf(wordsOf(text), size)) if (words.every(fits)) own.add(words.join(' '));
    for (const each of own) this.#documents.set(each, (this.#documents.get(each) ?? 0) + 1);
  }

  /** The vocabulary, in the order of `ordered`. */
  entries(): Entry[] {
    const { documents, ratio, most } = this.#options;
    const found = [...this.#documents].filter(([, count]) => count >= documents && count <= ratio * this.#texts);
    const frequent = found.toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).slice(0, most);
    return ordered(frequent.map(([text, count]) => ({ words: text.split(' '), documents: count, idf: Math.log(this.#texts / count) })));
  }
}

/** Single words first, then pairs and so on; each in the order of their characters. What comes twice stays once. */
export function ordered(entries: readonly Entry[]): Entry[] {
  const once = [...new Map(entries.map((each) => [each.words.join(' '), each])).entries()];
  return once.toSorted(([a, one], [b, other]) => one.words.length - other.words.length || (a < b ? -1 : 1)).map(([, each]) => each);
}
