import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { categoryFeatures, chooseTextual, describeFeatures } from '../feature-columns.ts';
import { inferChange } from '../fitted-columns.ts';

const params = z.object({
  columns: param.columns({ title: 'Columns to encode', port: 'data', types: ['category', 'text'], favour: 'text', default: categoryFeatures }),
  order: param.choice({
    title: 'Order of levels',
    options: { value: 'By value', frequency: 'By frequency', list: 'By a list' },
    default: 'value',
  }),
  levels: param.text({
    title: 'Levels',
    help: 'From the lowest, separated by commas; a level that holds a comma in double quotes. They serve for all chosen columns.',
    default: '',
    placeholder: 'small, medium, large',
    shownWhen: { param: 'order', is: ['list'] },
  }),
  unknown: param.choice({
    title: 'Unknown levels',
    options: { missing: 'Become missing', negative: 'Become −1' },
    default: 'missing',
  }),
  overwrite: param.flag({ title: 'Overwrite columns', help: 'Off: the numbers go to new columns, name_Ordinal.', default: true }),
});
export type OrdinalParams = z.output<typeof params>;

/** The columns of numbers, one for each chosen column. */
export function ordinalColumns(columns: readonly ColumnSchema[], data: TableSchema, { overwrite }: OrdinalParams): ColumnSchema[] {
  const taken = takenNames(data);
  return columns.map((each) =>
    overwrite ? { ...each, type: 'integer', nullable: true } : column(freeName(`${each.name}_Ordinal`, taken), 'integer', { nullable: true }),
  );
}

export const ordinalEncode = defineNode({
  type: 'ordinal-encode',
  version: 1,
  title: 'Ordinal Encode',
  category: 'Data transformation',
  family: 'transform',
  icon: 'sort',
  summary: 'Turns categories into whole numbers by their order.',
  keywords: [
    'ordinal',
    'label encoder',
    'encode',
    'categorical',
    'order',
    'rank',
    'integer',
    'OrdinalEncoder',
    'LabelEncoder',
    'category to number',
    'factorize',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Encoded dataset' }, transform: { kind: 'transform', title: 'Encoding transformation' } },
  params,
  deterministic: true,
  describe: ({ columns, order }) => `${describeFeatures(columns)} → numbers by ${order}`,
  infer({ data }, chosen) {
    const wrong =
      chosen.order === 'list' && chosen.levels.trim() === '' ? [problem('parameter_missing', 'Give the levels, from the lowest.', { param: 'levels' })] : [];
    if (!data) return { outputs: { transform: {} }, issues: wrong };
    const { columns, issues } = chooseTextual(chosen.columns, data, 'it has no levels. Leave it out.');
    return { outputs: inferChange(data, { sources: columns, made: ordinalColumns(columns, data, chosen) }), issues: [...wrong, ...issues] };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
