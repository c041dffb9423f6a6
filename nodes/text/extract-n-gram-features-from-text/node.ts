import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, findColumn, isTextual, tableSchema, type TableSchema } from '../../kit/table.ts';

export const VOCABULARY = tableSchema([column('ID', 'integer', { role: 'id' }), column('NGram', 'text'), column('DF', 'integer'), column('IDF', 'number')]);
/** Longer n-grams hardly ever come twice. */
export const SIZE_LIMIT = 5;

const WEIGHTINGS = { binary: 'Binary', tf: 'TF', idf: 'IDF', 'tf-idf': 'TF-IDF' } as const;
const created = { param: 'mode', is: ['create'] };

const params = z.object({
  column: param.oneColumn({ title: 'Text column', port: 'data', types: ['text', 'category'] }),
  mode: param.choice({
    title: 'Vocabulary mode',
    help: 'Create finds the n-grams in the dataset; ReadOnly takes those of the input vocabulary.',
    options: { create: 'Create', 'read-only': 'ReadOnly' },
    default: 'create',
  }),
  size: param.integer({
    title: 'N-grams size',
    help: 'The most words in a row: 2 gives single words and pairs.',
    default: 1,
    minimum: 1,
    maximum: SIZE_LIMIT,
    shownWhen: created,
  }),
  weighting: param.choice({ title: 'Weighting function', options: WEIGHTINGS, default: 'tf-idf' }),
  shortest: param.integer({ title: 'Minimum word length', default: 3, minimum: 1, maximum: 1_000, shownWhen: created }),
  longest: param.integer({ title: 'Maximum word length', default: 25, minimum: 1, maximum: 1_000, shownWhen: created }),
  documents: param.integer({ title: 'Minimum n-gram document absolute frequency', default: 5, minimum: 1, maximum: 1_000_000_000, shownWhen: created }),
  ratio: param.number({ title: 'Maximum n-gram document ratio', default: 1, above: 0, maximum: 1, step: 0.05, shownWhen: created }),
  most: param.integer({
    title: 'Maximum number of n-grams',
    help: 'Those in most texts stay.',
    default: 1_000,
    minimum: 1,
    maximum: 10_000,
    shownWhen: created,
  }),
  normalize: param.flag({
    title: 'Normalize n-gram feature vectors',
    help: 'Brings each row to length 1, so that long texts do not weigh more.',
    default: false,
  }),
  lower: param.flag({ title: 'Normalize case to lowercase', default: true }),
  overwrite: param.flag({ title: 'Leave out the text column', default: false }),
});
export type NGramParams = z.output<typeof params>;

/** What is wrong with the choice of the column and with the vocabulary that came. */
export function inputIssues(data: TableSchema | undefined, vocabulary: TableSchema | undefined, chosen: NGramParams, wired: boolean): Issue[] {
  const issues: Issue[] = [];
  const found = data && findColumn(data, chosen.column);
  if (chosen.column === '') issues.push(problem('parameter_missing', 'Choose the column that holds the text.', { param: 'column' }));
  else if (data && !found && !data.open)
    issues.push(problem('column_missing', `The table has no column “${chosen.column}”. Choose another.`, { param: 'column' }));
  else if (found && !isTextual(found.type)) issues.push(problem('column_wrong_type', `“${chosen.column}” is not text. Choose a text.`, { param: 'column' }));
  if (chosen.mode === 'create') {
    if (chosen.shortest > chosen.longest) issues.push(problem('parameter_invalid', 'The minimum word length is above the maximum.', { param: 'shortest' }));
    return issues;
  }
  if (!wired)
    issues.push(problem('port_missing', 'ReadOnly needs an input vocabulary: wire the result vocabulary of the node that created it.', { port: 'vocabulary' }));
  if (!vocabulary) return issues;
  for (const [name, fits] of [
    ['NGram', isTextual],
    ['IDF', (type: string) => type === 'number' || type === 'integer'],
  ] as const) {
    const own = findColumn(vocabulary, name);
    if (!own && !vocabulary.open)
      issues.push(problem('column_missing', `The vocabulary has no column “${name}”. Wire a result vocabulary.`, { port: 'vocabulary' }));
    else if (own && !fits(own.type))
      issues.push(problem('column_wrong_type', `The vocabulary's column “${name}” has the wrong type. Wire a result vocabulary.`, { port: 'vocabulary' }));
  }
  return issues;
}

export const extractNGramFeaturesFromText = defineNode({
  type: 'extract-n-gram-features-from-text',
  version: 1,
  title: 'Extract N-Gram Features from Text',
  category: 'Text analytics',
  family: 'text',
  icon: 'text',
  summary: 'Makes a column of numbers for each frequent word or run of words.',
  keywords: [
    'bag of words',
    'tf-idf',
    'tfidf',
    'n-gram',
    'ngram',
    'vectorize',
    'vocabulary',
    'count',
    'token',
    'word',
    'term frequency',
    'TfidfVectorizer',
    'CountVectorizer',
    'document vector',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' }, vocabulary: { kind: 'table', title: 'Input vocabulary', optional: true } },
  outputs: {
    data: { kind: 'table', title: 'Results dataset' },
    vocabulary: { kind: 'table', title: 'Result vocabulary' },
    transform: { kind: 'transform', title: 'N-gram transformation' },
  },
  params,
  deterministic: true,
  describe: ({ column: name, size, weighting, mode }) =>
    `${name} → ${WEIGHTINGS[weighting]}${mode === 'create' ? `, up to ${size} ${size === 1 ? 'word' : 'words'}` : ''}`,
  infer({ data, vocabulary }, chosen) {
    // Whether a vocabulary is wired is seen by the run: what comes over a wire may not be known yet.
    const issues = data ? inputIssues(data, vocabulary, chosen, true) : [];
    const kept = (data?.columns ?? []).filter(({ name }) => !chosen.overwrite || name !== chosen.column);
    return { outputs: { ...(data && { data: tableSchema(kept, true) }), vocabulary: VOCABULARY, transform: {} }, issues };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
