import { quoteName, quoteText } from '../../kit/define.ts';
import {
  APOSTROPHE,
  apartSignsInSql,
  comparableInSql,
  LETTER,
  replacedInSql,
  signBut,
  withoutEmailsInSql,
  withoutNumbersInSql,
  withoutRepeatsInSql,
  withoutSignsInSql,
  withoutUrlsInSql,
  withoutWordsInSql,
} from '../../kit/text-cleaning.ts';
import { collapsedInSql, SPACE } from '../../kit/text-in-sql.ts';
import { STOP_WORDS } from '../stop-words.ts';
import { BREAK, CONTRACTIONS, EDGE, SENTENCES } from './english.ts';
import { lemmaInSql } from './lemmas.ts';

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
/** Columns that the table does not have, for what lies between: the text as far as it is cleaned, the words that go. */
export interface WorkColumns {
  readonly text: string;
  readonly stop: string;
}

/** With the apostrophes in its midst. */
const WORD = `${LETTER}+(?:${APOSTROPHE}${LETTER}+)*`;

/** The list of words that go: those of a column of the table `stopWords`, without one the common English ones. */
const stopList = (column: string | undefined): string =>
  column === undefined
    ? `[${STOP_WORDS.map(quoteText).join(', ')}]`
    : `(SELECT coalesce(list(DISTINCT ${comparableInSql(quoteName(column))}), []) FROM "stopWords" WHERE ${quoteName(column)} <> '')`;

/** A query that gives the table `data` with the cleaned text of `source` in the column `text`; `stopColumn` is of the table `stopWords`. */
export function cleanedSql(source: string, stopColumn: string | undefined, names: WorkColumns, chosen: Cleaning): string {
  const [text, stop] = [quoteName(names.text), quoteName(names.stop)];
  const more = chosen.stopWords ? `, ${stopList(stopColumn)} AS ${stop}` : '';
  const from = `SELECT *, ${quoteName(source)} AS ${text}${more} FROM data`;
  return stepsInSql(text, stop, chosen).reduce((query, expression) => `SELECT * REPLACE (${expression} AS ${text}) FROM (${query})`, from);
}

/** What becomes of the text, in its order. */
function stepsInSql(text: string, stop: string, chosen: Cleaning): string[] {
  const replaced = ([pattern, by]: readonly [string, string]) => replacedInSql(text, pattern, by);
  const steps: string[] = [];
  if (chosen.expression !== '') steps.push(replaced([chosen.expression, chosen.replacement]));
  if (chosen.backslashes) steps.push(`replace(${text}, '\\', '/')`);
  if (chosen.urls) steps.push(withoutUrlsInSql(text));
  if (chosen.emails) steps.push(withoutEmailsInSql(text));
  if (chosen.contractions) steps.push(...CONTRACTIONS.map(replaced));
  if (chosen.sentences) steps.push(...SENTENCES.map(replaced));
  if (chosen.lower) steps.push(`lower(${text})`);
  if (chosen.numbers) steps.push(withoutNumbersInSql(text));
  if (chosen.splitTokens && !chosen.special) steps.push(apartSignsInSql(text, signBut(BREAK)));
  if (chosen.special) steps.push(withoutSignsInSql(text, chosen.sentences ? BREAK : ''));
  if (chosen.duplicates) steps.push(withoutRepeatsInSql(text));
  if (chosen.lemmas) {
    const words = `string_split(${replaced([`(${WORD})`, `${EDGE}\\1${EDGE}`])}, '${EDGE}')`;
    steps.push(`CASE WHEN ${text} IS NOT NULL THEN array_to_string(list_transform(${words}, lambda word: ${lemmaInSql('word')}), '') END`);
  }
  if (chosen.stopWords) steps.push(withoutWordsInSql(text, stop));
  if (chosen.sentences) steps.push(replaced([`^(?:${SPACE}|${BREAK})+|(?:${SPACE}|${BREAK})+$`, '']), replaced([`(?:${SPACE}*${BREAK})+`, ' |||']));
  return [...steps, collapsedInSql(text)];
}
