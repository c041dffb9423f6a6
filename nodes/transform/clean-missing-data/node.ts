import { defineNode } from '../../kit/define.ts';
import { describeSelection } from '../choose-columns.ts';
import { params } from './params.ts';
import { planCleaning } from './plan.ts';

export const cleanMissingData = defineNode({
  type: 'clean-missing-data',
  version: 1,
  title: 'Clean Missing Data',
  category: 'Data transformation',
  family: 'transform',
  icon: 'clean',
  summary: 'Fills missing values, or removes rows or columns that have some.',
  keywords: [
    'impute',
    'imputer',
    'missing',
    'null',
    'nan',
    'fill',
    'empty',
    'drop',
    'mean',
    'median',
    'mode',
    'mice',
    'iterative',
    'regression',
    'SimpleImputer',
    'KNNImputer',
    'IterativeImputer',
    'fillna',
    'dropna',
    'missing value',
    'missing values',
    'na',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Cleaned dataset' }, transform: { kind: 'transform', title: 'Cleaning transformation' } },
  params,
  deterministic: true,
  describe({ columns, mode, value, rules }) {
    const how = mode === 'custom' ? value : mode === 'iterative' ? 'regressions' : mode.replace('-', ' ');
    return `${describeSelection(columns)} → ${how}${rules.length > 0 ? `, ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}` : ''}`;
  },
  infer({ data }, chosen) {
    if (!data) return { outputs: { transform: {} }, issues: [] };
    const { schema, issues } = planCleaning(chosen, data);
    return { outputs: { data: schema, transform: {} }, issues };
  },
  atScoring({ mode, rules }) {
    const modes = [mode, ...rules.map((rule) => rule.mode)];
    if (modes.every((each) => each === 'remove-row' || each === 'leave'))
      return { as: 'identity', note: 'Rows with missing values are not removed from a request: each row gets an answer.' };
    const fitted = { as: 'fitted', output: 'transform', input: 'data', through: 'data' } as const;
    return modes.includes('remove-row') ? { ...fitted, ownRowsDiffer: true } : fitted;
  },
});
