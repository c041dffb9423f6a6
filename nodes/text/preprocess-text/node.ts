import { z } from 'zod';
import { defineNode, quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, findColumn, isTextual, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../../transform/choose-columns.ts';
import { regularExpressionIssues } from '../../transform/regular-expression.ts';
import { cleanedInWords, notInModels } from './expression.ts';
import { cleanedSql } from './sql.ts';

const params = z.object({
  column: param.oneColumn({ title: 'Text column to clean', port: 'data', types: ['text', 'category'] }),
  expression: param.text({ title: 'Custom regular expression', help: 'What it finds is replaced first (RE2). Empty: nothing.', default: '' }),
  replacement: param.text({ title: 'Custom replacement string', default: '' }),
  backslashes: param.flag({ title: 'Normalize backslashes to slashes', default: false }),
  urls: param.flag({ title: 'Remove URLs', default: true }),
  emails: param.flag({ title: 'Remove email addresses', default: true }),
  contractions: param.flag({ title: 'Expand verb contractions', help: 'English: don’t becomes do not, we’re becomes we are.', default: false }),
  sentences: param.flag({ title: 'Detect sentences', help: 'Puts ||| between two sentences.', default: false }),
  lower: param.flag({ title: 'Normalize case to lowercase', default: true }),
  numbers: param.flag({ title: 'Remove numbers', default: true }),
  splitTokens: param.flag({
    title: 'Split tokens on special characters',
    help: 'Puts spaces around them: MS-WORD becomes MS - WORD. Removed characters split words anyway.',
    default: false,
    shownWhen: { param: 'special', is: [false] },
  }),
  special: param.flag({ title: 'Remove special characters', default: true }),
  duplicates: param.flag({ title: 'Remove duplicate characters', help: 'A character three or more times in a row stays twice.', default: true }),
  lemmas: param.flag({ title: 'Lemmatization', help: 'English words in their base form: went becomes go, cities becomes city.', default: false }),
  stopWords: param.flag({ title: 'Remove stop words', help: 'Common English words, or those of the input.', default: true }),
});
type PreprocessParams = z.output<typeof params>;

/** The cleaned text's column, at the end of the table. */
const cleanedColumn = (data: TableSchema, source: ColumnSchema): ColumnSchema =>
  column(freeName(`Preprocessed ${source.name}`, takenNames(data)), 'text', { nullable: source.nullable });

function inputIssues(data: TableSchema, stopWords: TableSchema | undefined, chosen: PreprocessParams): Issue[] {
  const issues: Issue[] = [];
  const found = findColumn(data, chosen.column);
  if (chosen.column === '') issues.push(problem('parameter_missing', 'Choose the column that holds the text.', { param: 'column' }));
  else if (!found && !data.open) issues.push(problem('column_missing', `The table has no column “${chosen.column}”. Choose another.`, { param: 'column' }));
  else if (found && !isTextual(found.type)) issues.push(problem('column_wrong_type', `“${chosen.column}” is not text. Choose a text.`, { param: 'column' }));
  if (chosen.expression !== '') issues.push(...regularExpressionIssues(chosen.expression, 'expression'));
  const [first] = stopWords?.columns ?? [];
  if (stopWords && !stopWords.open && (!first || !isTextual(first.type)))
    issues.push(problem('column_wrong_type', 'The first column of the stop words must be text.', { port: 'stopWords' }));
  return issues;
}

export const preprocessText = defineNode({
  type: 'preprocess-text',
  version: 1,
  title: 'Preprocess Text',
  category: 'Text analytics',
  family: 'text',
  icon: 'text',
  summary: 'Cleans a text of what says nothing: case, numbers, signs, addresses, stop words.',
  keywords: [
    'clean',
    'stop words',
    'lowercase',
    'punctuation',
    'url',
    'email',
    'normalize',
    'token',
    'nlp',
    'regex',
    'sentence',
    'contraction',
    'stop word filter',
    'stemming',
    'lemmatize',
    'lemmatization',
    'base form',
    'text processing',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' }, stopWords: { kind: 'table', title: 'Stop words', optional: true } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  describe: ({ column: name }) => name,
  infer({ data, stopWords }, chosen) {
    if (!data) return { outputs: {}, issues: [] };
    const source = findColumn(data, chosen.column);
    const added = source && isTextual(source.type) ? [cleanedColumn(data, source)] : [];
    return { outputs: { data: tableSchema([...data.columns, ...added], data.open) }, issues: inputIssues(data, stopWords, chosen) };
  },
  sql({ data, stopWords }, chosen) {
    const added = cleanedColumn(data!, findColumn(data!, chosen.column)!);
    const taken = takenNames(tableSchema([...data!.columns, added]));
    const names = { text: freeName('text', taken), stop: freeName('stop', taken) };
    const columns = [...data!.columns.map(({ name }) => quoteName(name)), `${quoteName(names.text)} AS ${quoteName(added.name)}`];
    return { data: `SELECT ${columns.join(', ')} FROM (${cleanedSql(chosen.column, stopWords?.columns[0]?.name, names, chosen)})` };
  },
  atScoring(chosen, { data, stopWords }) {
    const refused = notInModels(chosen, stopWords !== undefined);
    if (refused !== null)
      return {
        as: 'refuse',
        reason: `Preprocess Text cannot become part of a model with ${refused}. Leave that out, or send requests with texts that were cleaned in the same way.`,
      };
    const source = data && findColumn(data, chosen.column);
    const steps = source ? [{ do: 'derive' as const, name: cleanedColumn(data, source).name, expression: cleanedInWords(source.name, chosen) }] : [];
    return { as: 'columns', input: 'data', through: 'data', steps };
  },
});
