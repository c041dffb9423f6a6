import { printName, printText } from '../../kit/expression/tree.ts';
import { STOP_WORDS } from '../stop-words.ts';
import type { Cleaning } from './sql.ts';

/** What of the cleaning no graph can do, in words; null where all can become part of a model. */
export function notInModels(chosen: Cleaning, ownStopWords: boolean): string | null {
  if (chosen.expression !== '') return 'a custom regular expression';
  if (chosen.contractions) return 'the expanding of contractions';
  if (chosen.sentences) return 'the detection of sentences';
  if (chosen.lemmas) return 'lemmatization';
  return chosen.stopWords && ownStopWords ? 'a list of stop words that comes in as a table' : null;
}

/** The cleaned text as an expression (kit/expression), for all that can become part of a model. */
export function cleanedInWords(source: string, chosen: Cleaning): string {
  const steps: readonly (readonly [boolean, (x: string) => string])[] = [
    [chosen.backslashes, (x) => `replace(${x}, ${printText('\\')}, ${printText('/')})`],
    [chosen.urls, (x) => `withoutUrls(${x})`],
    [chosen.emails, (x) => `withoutEmails(${x})`],
    [chosen.lower, (x) => `lower(${x})`],
    [chosen.numbers, (x) => `withoutNumbers(${x})`],
    [chosen.splitTokens && !chosen.special, (x) => `apartSigns(${x})`],
    [chosen.special, (x) => `withoutSigns(${x})`],
    [chosen.duplicates, (x) => `withoutRepeats(${x})`],
    [chosen.stopWords, (x) => `withoutWords(${x}, ${printText(STOP_WORDS.join(' '))})`],
    [true, (x) => `collapse(${x})`],
  ];
  return steps.reduce((x, [wanted, step]) => (wanted ? step(x) : x), printName(source));
}
