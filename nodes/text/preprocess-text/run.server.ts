import { defineRun, quoteName, quoteText } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { findColumn, tableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../../transform/choose-columns.ts';
import { SPACE } from '../../transform/regular-expression.ts';
import { STOP_WORDS } from '../stop-words.ts';
import { BREAK, CONTRACTIONS, SENTENCES } from './english.ts';
import { cleanedColumn, inputIssues, preprocessText, type PreprocessParams } from './node.ts';

const STOP_WORD_LIMIT = 10_000;
const URL = '(?i)\\b(?:https?://|ftp://|www\\.)[^\\s<>"]+';
const EMAIL = '[\\p{L}\\p{N}._%+\\-]+@[\\p{L}\\p{N}\\-]+(?:\\.[\\p{L}\\p{N}\\-]+)+';

const replaced = (x: string, pattern: string, by: string): string => `regexp_replace(${x}, ${quoteText(pattern)}, ${quoteText(by)}, 'g')`;

export default defineRun(preprocessText, async ({ data, stopWords }, params, context) => {
  const [issue] = inputIssues(data.schema, stopWords?.schema, params);
  if (issue) throw new NodeError(issue.code, issue.message, { param: issue.param });
  let stop = STOP_WORDS;
  if (stopWords && params.stopWords) {
    const word = quoteName(stopWords.schema.columns[0]!.name);
    const rows = await context.rows(`SELECT DISTINCT ${comparable(word)} AS word FROM words WHERE ${word} <> '' ORDER BY word LIMIT ${STOP_WORD_LIMIT + 1}`, {
      words: stopWords,
    });
    if (rows.length > STOP_WORD_LIMIT)
      throw new NodeError('parameter_invalid', `There are more than ${STOP_WORD_LIMIT.toLocaleString('en-US')} stop words. Give fewer.`);
    stop = rows.map((each) => String(each.word));
  }
  const added = cleanedColumn(data.schema, findColumn(data.schema, params.column)!);
  const schema = tableSchema([...data.schema.columns, added]);
  const taken = takenNames(schema);
  const [text, letters] = [quoteName(freeName('text', taken)), quoteName(freeName('letters', taken))];
  let query = `SELECT *, ${quoteName(params.column)} AS ${text} FROM data`;
  for (const step of stepsInSql(text, letters, stop, params)) query = step(query);
  const columns = data.schema.columns.map(({ name }) => quoteName(name));
  return { data: await context.query(`SELECT ${[...columns, `${text} AS ${quoteName(added.name)}`].join(', ')} FROM (${query})`, { data }, schema) };
});

/** A word as it is compared with stop words: lower case, letters and digits only. */
const comparable = (word: string): string => `lower(${replaced(word, '[^\\p{L}\\p{M}\\p{N}]', '')})`;

/** What is done, in its order; each step is put around the query before it. */
function stepsInSql(text: string, letters: string, stop: readonly string[], params: PreprocessParams): ((query: string) => string)[] {
  const change = (expression: string) => (query: string) => `SELECT * REPLACE (${expression} AS ${text}) FROM (${query})`;
  const steps: ((query: string) => string)[] = [];
  if (params.expression !== '') steps.push(change(replaced(text, params.expression, params.replacement)));
  if (params.backslashes) steps.push(change(`replace(${text}, '\\', '/')`));
  if (params.urls) steps.push(change(replaced(text, URL, ' ')));
  if (params.emails) steps.push(change(replaced(text, EMAIL, ' ')));
  if (params.contractions) for (const [pattern, by] of CONTRACTIONS) steps.push(change(replaced(text, pattern, by)));
  if (params.sentences) for (const [pattern, by] of SENTENCES) steps.push(change(replaced(text, pattern, by)));
  if (params.lower) steps.push(change(`lower(${text})`));
  if (params.numbers) steps.push(change(replaced(text, '\\p{N}+(?:[.,]\\p{N}+)*', ' ')));
  // An apostrophe is part of a word: don't becomes dont.
  if (params.special) steps.push(change(replaced(replaced(text, "['’]", ''), `[^\\p{L}\\p{M}\\p{N}${params.sentences ? BREAK : ''}]+`, ' ')));
  if (params.duplicates) {
    const kept = `list_filter(${letters}, lambda letter, place: place <= 2 OR letter <> ${letters}[place - 1] OR letter <> ${letters}[place - 2])`;
    const joined = `CASE WHEN ${text} IS NOT NULL THEN array_to_string(${kept}, '') END`;
    steps.push((query) => change(joined)(`SELECT *, string_split(${text}, '') AS ${letters} FROM (${query})`));
  }
  if (params.stopWords && stop.length > 0) {
    const words = `string_split(${replaced(text, `${SPACE}+`, ' ')}, ' ')`;
    const kept = `list_filter(${words}, lambda word: NOT list_contains([${stop.map(quoteText).join(', ')}], ${comparable('word')}))`;
    steps.push(change(`CASE WHEN ${text} IS NOT NULL THEN array_to_string(${kept}, ' ') END`));
  }
  if (params.sentences) steps.push(change(replaced(text, `^(?:${SPACE}|${BREAK})+|(?:${SPACE}|${BREAK})+$`, '')));
  if (params.sentences) steps.push(change(replaced(text, `(?:${SPACE}*${BREAK})+`, ' |||')));
  steps.push(change(`trim(${replaced(text, `${SPACE}+`, ' ')})`));
  return steps;
}
