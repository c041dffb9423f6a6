import { quoteText } from './define.ts';
import { collapsedInSql, SPACE } from './text-in-sql.ts';

/** Patterns of RE2 for what says nothing of a text's matter, and the SQL that takes it out; `TextCleaningGraph` writes the same into graphs. */

export const URL = '(?i)\\b(?:https?://|ftp://|www\\.)[^\\s<>"]+';
export const EMAIL_NAME = '[\\p{L}\\p{N}._%+\\-]';
export const EMAIL = `${EMAIL_NAME}+@[\\p{L}\\p{N}\\-]+(?:\\.[\\p{L}\\p{N}\\-]+)+`;
export const NUMBER = '\\p{N}+(?:[.,]\\p{N}+)*';
/** What words are made of. */
export const LETTER = '[\\p{L}\\p{M}\\p{N}]';
export const APOSTROPHE = "['’]";
/** Neither part of a word nor space, but for further characters, which are given as they stand in a class. */
export const signBut = (others = ''): string => `[^${LETTER.slice(1, -1)}${APOSTROPHE.slice(1, -1)}${SPACE.slice(1, -1)}${others}]`;

/** SQL for a text in which everything that a pattern finds is replaced. */
export const replacedInSql = (x: string, pattern: string, by: string): string => `regexp_replace(${x}, ${quoteText(pattern)}, ${quoteText(by)}, 'g')`;

export const withoutUrlsInSql = (x: string): string => replacedInSql(x, URL, ' ');
export const withoutEmailsInSql = (x: string): string => replacedInSql(x, EMAIL, ' ');
export const withoutNumbersInSql = (x: string): string => replacedInSql(x, NUMBER, ' ');

/** Apostrophes go, so that don't becomes dont; other signs (but those given as they stand in a class) become spaces. */
export const withoutSignsInSql = (x: string, kept = ''): string => replacedInSql(replacedInSql(x, APOSTROPHE, ''), `[^${LETTER.slice(1, -1)}${kept}]+`, ' ');

/** Those characters of a text for which a condition over `letter`, `place` (from 1) and all `letters` holds. */
const lettersInSql = (x: string, condition: string): string =>
  `list_transform([string_split(${x}, '')], lambda letters: array_to_string(list_filter(letters, lambda letter, place: ${condition}), ''))[1]`;

/** A character three or more times in a row stays twice. */
export const withoutRepeatsInSql = (x: string): string => lettersInSql(x, 'place <= 2 OR letter <> letters[place - 1] OR letter <> letters[place - 2]');

/** Spaces around each sign, of several alike in a row around one. */
export const apartSignsInSql = (x: string, sign: string): string =>
  replacedInSql(lettersInSql(x, `place = 1 OR letter <> letters[place - 1] OR NOT regexp_matches(letter, ${quoteText(sign)})`), `(${sign})`, ' \\1 ');

/** A word as it is compared with a list: lower case, letters and digits only. */
export const comparableInSql = (word: string): string => `lower(${replacedInSql(word, `[^${LETTER.slice(1)}`, '')})`;

/** The words of a text that are not of a list (SQL), with a space between two of them. */
export const withoutWordsInSql = (x: string, list: string): string => {
  const words = `string_split(${collapsedInSql(x)}, ' ')`;
  return `array_to_string(list_filter(${words}, lambda word: NOT list_contains(${list}, ${comparableInSql('word')})), ' ')`;
};
