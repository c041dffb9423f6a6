import { quoteText } from '../define.ts';
import {
  apartSignsInSql,
  signBut,
  withoutEmailsInSql,
  withoutNumbersInSql,
  withoutRepeatsInSql,
  withoutSignsInSql,
  withoutUrlsInSql,
  withoutWordsInSql,
} from '../text-cleaning.ts';
import { collapsedInSql, literalPattern, partInSql, titledInSql, trimmedInSql } from '../text-in-sql.ts';
import type { Typed } from './check.ts';
import type { FunctionDefinition } from './functions.ts';
import { writtenText } from './tree.ts';
import type { GraphWriter } from './graph-writer.ts';

const textToText = (usage: string, help: string, sql: (x: string) => string, graph: (writer: GraphWriter, text: string) => string): FunctionDefinition => ({
  usage,
  help,
  takes: ['text'],
  gives: 'text',
  sql: ([x]) => `nullif(${sql(x!)}, '')`,
  graph: (writer, [x]) => graph(writer, x!),
});

/** The part of a text between delimiters; `last`: with all that comes after it. */
const textPart = (usage: string, help: string, last: boolean): FunctionDefinition => ({
  usage,
  help,
  takes: ['text', 'words', 'place'],
  gives: 'text',
  sql: ([x, delimiter], [, , place]) => `nullif(${partInSql(x!, delimiter!, placeOf(place), last)}, '')`,
  graph: (writer, [x], [, delimiter, place]) => writer.texts.part(x!, writtenText(delimiter?.tree), placeOf(place), last),
});

/** The words of a list as `comparableInSql` makes them. */
const comparableWords = (list: Typed | undefined): string[] => [
  ...new Set(
    writtenText(list?.tree)
      .split(/\s+/)
      .map((word) => word.replaceAll(/[^\p{L}\p{M}\p{N}]/gu, '').toLowerCase())
      .filter((word) => word !== ''),
  ),
];

const placeOf = (typed: Typed | undefined): number => (typed?.tree.kind === 'number' ? typed.tree.value : 1);

/** Whether a text matches a pattern around written-out words; the words are never a pattern themselves. */
const textTest = (usage: string, help: string, sql: string, pattern: (words: string) => string): FunctionDefinition => ({
  usage,
  help,
  takes: ['text', 'words'],
  gives: 'boolean',
  sql: ([x, words]) => `${sql}(${x}, ${words})`,
  graph: (writer, [x], [, words]) => {
    const escaped = literalPattern(writtenText(words?.tree));
    return writer.whereText(x!, writer.matches(x!, `(?s)${pattern(escaped)}`));
  },
});

/** Functions of texts. */
export const TEXT_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    usage: 'length(text)',
    help: 'How many characters a text has.',
    takes: ['text'],
    gives: 'integer',
    sql: ([x]) => `CAST(length(${x}) AS DOUBLE)`,
    graph: (writer, [x]) => writer.whereText(x!, writer.texts.length(x!)),
  },
  textToText(
    'upper(text)',
    'In capitals.',
    (x) => `upper(${x})`,
    ({ texts }, x) => texts.upper(x),
  ),
  textToText(
    'lower(text)',
    'In small letters.',
    (x) => `lower(${x})`,
    ({ texts }, x) => texts.lower(x),
  ),
  textToText('title(text)', 'Each word with a capital first and small letters after it.', titledInSql, ({ texts }, x) => texts.titled(x)),
  textToText('trim(text)', 'Without spaces at both ends.', trimmedInSql, ({ texts }, x) => texts.trimmed(x)),
  textToText('collapse(text)', 'Trimmed, and with one space for several.', collapsedInSql, ({ texts }, x) => texts.collapsed(x)),
  textPart('part(text, delimiter, place)', "The part at a place, from 1, between delimiters: part(name, ',', 2).", false),
  textPart('partsFrom(text, delimiter, place)', 'The part at a place, from 1, with all that comes after it.', true),
  textToText('withoutUrls(text)', 'With a space for every web address.', withoutUrlsInSql, ({ cleaning }, x) => cleaning.withoutUrls(x)),
  textToText('withoutEmails(text)', 'With a space for every email address.', withoutEmailsInSql, ({ cleaning }, x) => cleaning.withoutEmails(x)),
  textToText('withoutNumbers(text)', 'With a space for every number.', withoutNumbersInSql, ({ cleaning }, x) => cleaning.withoutNumbers(x)),
  textToText('withoutSigns(text)', 'Letters, digits and single spaces only; apostrophes go without a space.', withoutSignsInSql, ({ cleaning }, x) =>
    cleaning.withoutSigns(x),
  ),
  textToText(
    'apartSigns(text)',
    'With spaces around each sign, of several alike in a row around one.',
    (x) => apartSignsInSql(x, signBut()),
    ({ cleaning }, x) => cleaning.apartSigns(x, signBut()),
  ),
  textToText('withoutRepeats(text)', 'A character three or more times in a row stays twice.', withoutRepeatsInSql, ({ cleaning }, x) =>
    cleaning.withoutRepeats(x),
  ),
  {
    usage: 'withoutWords(text, words)',
    help: "The words that are not in a list, compared without case and signs: withoutWords(title, 'a an the').",
    takes: ['text', 'words'],
    gives: 'text',
    sql: ([x], [, words]) => `nullif(${withoutWordsInSql(x!, `[${comparableWords(words).map(quoteText).join(', ')}]`)}, '')`,
    graph: ({ cleaning }, [x], [, words]) => cleaning.withoutWords(x!, comparableWords(words)),
  },
  textTest('contains(text, part)', 'Whether the part is somewhere in the text.', 'contains', (words) => `.*${words}.*`),
  textTest('startsWith(text, part)', 'Whether the text begins with the part.', 'starts_with', (words) => `${words}.*`),
  textTest('endsWith(text, part)', 'Whether the text ends with the part.', 'ends_with', (words) => `.*${words}`),
  {
    usage: 'concat(text, text, …)',
    help: 'The texts one after the other; missing ones are left out.',
    takes: ['text', 'text'],
    more: 'text',
    gives: 'text',
    sql: (values) => `nullif(concat(${values.join(', ')}), '')`,
    graph: (writer, values) => values.reduce((one, other) => writer.node('StringConcat', [one, other])),
  },
  {
    usage: 'replace(text, part, by)',
    help: 'The text with every part replaced.',
    takes: ['text', 'words', 'text'],
    gives: 'text',
    sql: ([x, part, by]) => `nullif(replace(${x}, ${part}, coalesce(${by}, '')), '')`,
    graph: (writer, [x, , by], [, part]) => writer.texts.replaced(x!, writtenText(part?.tree), by!),
  },
];
