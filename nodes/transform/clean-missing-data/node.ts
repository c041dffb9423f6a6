import { z } from 'zod';
import { allColumns } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { describeSelection } from '../choose-columns.ts';
import { planCleaning } from './plan.ts';

const MODES = {
  custom: 'Custom substitution value',
  mean: 'Replace with mean',
  median: 'Replace with median',
  mode: 'Replace with mode',
  'remove-row': 'Remove entire row',
  'remove-column': 'Remove entire column',
} as const;

export const cleanMissingData = defineNode({
  type: 'clean-missing-data',
  version: 1,
  title: 'Clean Missing Data',
  category: 'Data transformation',
  family: 'transform',
  icon: 'clean',
  summary: 'Fills missing values, or removes rows or columns that have some.',
  keywords: ['impute', 'imputer', 'missing', 'null', 'nan', 'fill', 'empty', 'drop', 'mean', 'median', 'mode'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Cleaned dataset' }, transform: { kind: 'transform', title: 'Cleaning transformation' } },
  params: z.object({
    columns: param.columns({ title: 'Columns to be cleaned', port: 'data', favour: 'missing', default: allColumns }),
    minimumRatio: param.number({
      title: 'Minimum missing value ratio',
      help: 'Columns with a smaller share of missing values stay as they are.',
      default: 0,
      minimum: 0,
      maximum: 1,
      step: 0.05,
      advanced: true,
    }),
    maximumRatio: param.number({
      title: 'Maximum missing value ratio',
      help: 'Columns with a larger share of missing values stay as they are.',
      default: 1,
      minimum: 0,
      maximum: 1,
      step: 0.05,
      advanced: true,
    }),
    mode: param.choice({ title: 'Cleaning mode', options: MODES, default: 'custom' }),
    value: param.text({
      title: 'Replacement value',
      help: 'Must suit the type of each column that is cleaned.',
      default: '0',
      maximum: 1_000,
      shownWhen: { param: 'mode', is: ['custom'] },
    }),
    allMissing: param.choice({
      title: 'Cols with all missing values',
      help: 'A column without any value has no mean, median or mode.',
      options: { remove: 'Remove', propagate: 'Propagate' },
      default: 'remove',
      shownWhen: { param: 'mode', is: ['mean', 'median', 'mode'] },
    }),
    indicator: param.flag({
      title: 'Generate missing value indicator column',
      help: 'Adds name_IsMissing for each cleaned column that can have missing values.',
      default: false,
      shownWhen: { param: 'mode', is: ['custom', 'mean', 'median', 'mode'] },
    }),
  }),
  deterministic: true,
  describe: ({ columns, mode, value }) => `${describeSelection(columns)} → ${mode === 'custom' ? value : mode.replace('-', ' ')}`,
  infer({ data }, params) {
    if (!data) return { outputs: { transform: {} }, issues: [] };
    const { schema, issues } = planCleaning(params, data);
    return { outputs: { data: schema, transform: {} }, issues };
  },
  atScoring: ({ mode }) =>
    mode === 'remove-row'
      ? { as: 'identity', note: 'Rows with missing values are not removed from a request: each row gets an answer.' }
      : { as: 'fitted', output: 'transform', input: 'data', through: 'data' },
});
