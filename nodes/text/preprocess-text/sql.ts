import { quoteName, quoteText } from '../../kit/define.ts';
import { SPACE } from '../../kit/text-in-sql.ts';
import { STOP_WORDS } from '../stop-words.ts';
import { BREAK, CONTRACTIONS, EDGE, SENTENCES } from './english.ts';
import { lemmaInSql } from './lemmas.ts';

const URL = '(?i)\\b(?:https?://|ftp://|www\\.)[^\\s<>"]+';
const EMAIL = '[\\p{L}\\p{N}._%+\\-]+@[\\p{L}\\p{N}\\-]+(?:\\.[\\p{L}\\p{N}\\-]+)+';

/** What is done to the text; see the parameters of the node type. */
export interface Cleaning {
  readonly expression: string;
  readonly replacement: string;
  readonly backslashes: boolean;
  readonly urls: boolean;
  readonly emails: boolean;
  readonly contractions: boolean;
  readonly sentences: boolean;
  readonly lower: boolean;
  readonly numbers: boolean;
  readonly splitTokens: boolean;
  readonly special: boolean;
  readonly duplicates: boolean;
  readonly lemmas: boolean;
  readonly stopWords: boolean;
}
/** Columns that the table does not have, for what lies between: the text as far as it is cleaned, its letters, the words that go. */
export interface WorkColumns {
  readonly text: string;
  readonly letters: string;
  readonly stop: string;
}

/** With the apostrophes in its midst. */
const WORD = "[\\p{L}\\p{M}\\p{N}]+(?:['’][\\p{L}\\p{M}\\p{N}]+)*";
/** Neither part of a word nor space. */
const SIGN = `[^\\p{L}\\p{M}\\p{N}'’\\s\\p{Z}${BREAK}]`;

const replaced = (x: string, pattern: string, by: string): string => `regexp_replace(${x}, ${quoteText(pattern)}, ${quoteText(by)}, 'g')`;

/** A word as it is compared with stop words: lower case, letters and digits only. */
const comparable = (word: string): string => `lower(${replaced(word, '[^\\p{L}\\p{M}\\p{N}]', '')})`;

/** The list of words that go: those of a column of the table `stopWords`, without one the common English ones. */
const stopList = (column: string | undefined): string =>
  column === undefined
    ? `[${STOP_WORDS.map(quoteText).join(', ')}]`
    : `(SELECT coalesce(list(DISTINCT ${comparable(quoteName(column))}), []) FROM "stopWords" WHERE ${quoteName(column)} <> '')`;

/** A query that gives the table `data` with the cleaned text of `source` in the column `text`; `stopColumn` is of the table `stopWords`. */
export function cleanedSql(source: string, stopColumn: string | undefined, names: WorkColumns, chosen: Cleaning): string {
  const [text, letters, stop] = [quoteName(names.text), quoteName(names.letters), quoteName(names.stop)];
  const more = chosen.stopWords ? `, ${stopList(stopColumn)} AS ${stop}` : '';
  const from = `SELECT *, ${quoteName(source)} AS ${text}${more} FROM data`;
  return stepsInSql(text, letters, stop, chosen).reduce((query, step) => step(query), from);
}

/** What is done, in its order; each step is put around the query before it. */
function stepsInSql(text: string, letters: string, stop: string, chosen: Cleaning): ((query: string) => string)[] {
  const change = (expression: string) => (query: string) => `SELECT * REPLACE (${expression} AS ${text}) FROM (${query})`;
  const steps: ((query: string) => string)[] = [];
  if (chosen.expression !== '') steps.push(change(replaced(text, chosen.expression, chosen.replacement)));
  if (chosen.backslashes) steps.push(change(`replace(${text}, '\\', '/')`));
  if (chosen.urls) steps.push(change(replaced(text, URL, ' ')));
  if (chosen.emails) steps.push(change(replaced(text, EMAIL, ' ')));
  if (chosen.contractions) for (const [pattern, by] of CONTRACTIONS) steps.push(change(replaced(text, pattern, by)));
  if (chosen.sentences) for (const [pattern, by] of SENTENCES) steps.push(change(replaced(text, pattern, by)));
  if (chosen.lower) steps.push(change(`lower(${text})`));
  if (chosen.numbers) steps.push(change(replaced(text, '\\p{N}+(?:[.,]\\p{N}+)*', ' ')));
  const whole = (kept: string) => (query: string) =>
    change(`CASE WHEN ${text} IS NOT NULL THEN array_to_string(${kept}, '') END`)(`SELECT *, string_split(${text}, '') AS ${letters} FROM (${query})`);
  if (chosen.splitTokens && !chosen.special) {
    const kept = `list_filter(${letters}, lambda letter, place: place = 1 OR letter <> ${letters}[place - 1] OR NOT regexp_matches(letter, ${quoteText(SIGN)}))`;
    steps.push(whole(kept));
    steps.push(change(replaced(text, `(${SIGN})`, ' \\1 ')));
  }
  // An apostrophe is part of a word: don't becomes dont.
  if (chosen.special) steps.push(change(replaced(replaced(text, "['’]", ''), `[^\\p{L}\\p{M}\\p{N}${chosen.sentences ? BREAK : ''}]+`, ' ')));
  if (chosen.duplicates) {
    const kept = `list_filter(${letters}, lambda letter, place: place <= 2 OR letter <> ${letters}[place - 1] OR letter <> ${letters}[place - 2])`;
    steps.push(whole(kept));
  }
  if (chosen.lemmas) {
    const words = `string_split(${replaced(text, `(${WORD})`, `${EDGE}\\1${EDGE}`)}, '${EDGE}')`;
    steps.push(change(`CASE WHEN ${text} IS NOT NULL THEN array_to_string(list_transform(${words}, lambda word: ${lemmaInSql('word')}), '') END`));
  }
  if (chosen.stopWords) {
    const words = `string_split(${replaced(text, `${SPACE}+`, ' ')}, ' ')`;
    const kept = `list_filter(${words}, lambda word: NOT list_contains(${stop}, ${comparable('word')}))`;
    steps.push(change(`CASE WHEN ${text} IS NOT NULL THEN array_to_string(${kept}, ' ') END`));
  }
  if (chosen.sentences) steps.push(change(replaced(text, `^(?:${SPACE}|${BREAK})+|(?:${SPACE}|${BREAK})+$`, '')));
  if (chosen.sentences) steps.push(change(replaced(text, `(?:${SPACE}*${BREAK})+`, ' |||')));
  steps.push(change(`trim(${replaced(text, `${SPACE}+`, ' ')})`));
  return steps;
}
