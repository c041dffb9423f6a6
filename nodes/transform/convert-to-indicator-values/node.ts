import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { tableSchema } from '../../kit/table.ts';
import { chooseColumns, wrongType } from '../choose-columns.ts';
import { categoryFeatures, describeFeatures } from '../feature-columns.ts';

export const convertToIndicatorValues = defineNode({
  type: 'convert-to-indicator-values',
  version: 1,
  title: 'Convert to Indicator Values',
  category: 'Data transformation',
  family: 'transform',
  icon: 'category',
  summary: 'Makes a column of 0 and 1 for each value of a category.',
  keywords: [
    'one-hot',
    'onehot',
    'dummy',
    'encode',
    'categorical',
    'indicator',
    'binary',
    'OneHotEncoder',
    'get dummies',
    'one to many',
    'continuize',
    'dummies',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' }, transform: { kind: 'transform', title: 'Indicator values transformation' } },
  params: z.object({
    columns: param.columns({ title: 'Categorical columns to convert', port: 'data', types: ['category'], favour: 'text', default: categoryFeatures }),
    overwrite: param.flag({ title: 'Overwrite categorical columns', help: 'Leaves out the columns that the indicators are made of.', default: false }),
  }),
  deterministic: true,
  describe: ({ columns }) => describeFeatures(columns),
  infer({ data }, { columns: selection, overwrite }) {
    if (!data) return { outputs: { transform: {} }, issues: [] };
    const { columns, issues } = chooseColumns(selection, data);
    const wrong = columns.filter((each) => each.type !== 'category');
    const gone = new Set(overwrite ? columns.map((each) => each.name) : []);
    const kept = data.columns.filter((each) => !gone.has(each.name));
    const message = `not marked as ${wrong.length === 1 ? 'a category' : 'categories'}. Mark ${wrong.length === 1 ? 'it' : 'them'} as categorical with Edit Metadata first, or leave ${wrong.length === 1 ? 'it' : 'them'} out.`;
    // Which values there are is known once the data has been read.
    return { outputs: { data: tableSchema(kept, true), transform: {} }, issues: [...issues, ...wrongType(wrong, columns, message)] };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
