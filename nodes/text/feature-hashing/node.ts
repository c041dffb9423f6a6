import { z } from 'zod';
import { columnsOfType } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { column, isTextual, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection, freeName, takenNames, wrongType } from '../../transform/choose-columns.ts';

const params = z.object({
  columns: param.columns({ title: 'Target columns', port: 'data', types: ['text', 'category'], favour: 'text', default: columnsOfType('text') }),
  bits: param.integer({ title: 'Hashing bitsize', help: 'Each text becomes 2 to this power columns: 10 gives 1,024.', default: 10, minimum: 1, maximum: 13 }),
  size: param.integer({ title: 'N-grams', help: 'The most words in a row: 2 gives single words and pairs.', default: 2, minimum: 1, maximum: 10 }),
  lower: param.flag({ title: 'Normalize case to lowercase', default: true }),
  overwrite: param.flag({ title: 'Leave out the target columns', default: false }),
});
export type HashingParams = z.output<typeof params>;

export interface Hashed {
  readonly source: ColumnSchema;
  readonly added: readonly ColumnSchema[];
}

/** The columns that stay, and those that each text becomes. */
export function hashedColumns(
  data: TableSchema,
  columns: readonly ColumnSchema[],
  { bits, overwrite }: HashingParams,
): { kept: readonly ColumnSchema[]; hashed: readonly Hashed[] } {
  const taken = takenNames(data);
  const texts = columns.filter((each) => isTextual(each.type));
  const gone = new Set(overwrite ? texts.map(({ name }) => name) : []);
  const hashed = texts.map((source) => ({
    source,
    added: Array.from({ length: 2 ** bits }, (_, at) => column(freeName(`${source.name}-hash-${at}`, taken), 'number')),
  }));
  return { kept: data.columns.filter(({ name }) => !gone.has(name)), hashed };
}

export const featureHashing = defineNode({
  type: 'feature-hashing',
  version: 1,
  title: 'Feature Hashing',
  category: 'Text analytics',
  family: 'text',
  icon: 'text',
  summary: 'Counts the words of texts in a fixed number of columns, without a vocabulary.',
  keywords: [
    'hash',
    'hashing trick',
    'murmur',
    'murmurhash',
    'bag of words',
    'n-gram',
    'ngram',
    'vectorize',
    'word',
    'token',
    'HashingVectorizer',
    'FeatureHasher',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Transformed dataset' }, transform: { kind: 'transform', title: 'Hashing transformation' } },
  params,
  deterministic: true,
  describe: ({ columns, bits, size }) => `${describeSelection(columns)} → ${2 ** bits} columns, up to ${size} ${size === 1 ? 'word' : 'words'}`,
  infer({ data }, chosen) {
    if (!data) return { outputs: { transform: {} }, issues: [] };
    const { columns, issues } = chooseColumns(chosen.columns, data);
    const wrong = columns.filter((each) => !isTextual(each.type));
    const { kept, hashed } = hashedColumns(data, columns, chosen);
    return {
      outputs: { data: tableSchema([...kept, ...hashed.flatMap(({ added }) => added)], data.open), transform: {} },
      issues: [...issues, ...wrongType(wrong, columns, 'not text, so it has no words. Choose texts or categories.')],
    };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
