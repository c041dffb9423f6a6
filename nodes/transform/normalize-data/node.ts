import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import type { ColumnSchema } from '../../kit/table.ts';
import { chooseNumeric, describeFeatures, numericFeatures } from '../feature-columns.ts';
import { inferChange } from '../fitted-columns.ts';

const METHODS = { zscore: 'ZScore', minmax: 'MinMax', logistic: 'Logistic', lognormal: 'LogNormal', tanh: 'TanH', robust: 'Robust', maxabs: 'MaxAbs' } as const;

const params = z.object({
  method: param.choice({ title: 'Transformation method', options: METHODS, default: 'zscore' }),
  zeroForConstant: param.flag({
    title: 'Use 0 for constant columns when checked',
    help: 'Off: a column with a single value becomes missing.',
    default: true,
    shownWhen: { param: 'method', is: ['zscore', 'minmax', 'lognormal', 'robust', 'maxabs'] },
  }),
  columns: param.columns({ title: 'Columns to transform', port: 'data', types: ['number', 'integer'], favour: 'number', default: numericFeatures }),
});
export type NormalizeParams = z.output<typeof params>;

/** A column as it leaves: a number, which is missing where the method has no value. */
export function normalized(column: ColumnSchema, { method, zeroForConstant }: NormalizeParams): ColumnSchema {
  const gaps = method === 'lognormal' || (method !== 'logistic' && method !== 'tanh' && !zeroForConstant);
  return { ...column, type: 'number', nullable: column.nullable || gaps };
}

export const normalizeData = defineNode({
  type: 'normalize-data',
  version: 1,
  title: 'Normalize Data',
  category: 'Data transformation',
  family: 'transform',
  icon: 'norm',
  summary: 'Brings numbers of different units to one scale.',
  keywords: [
    'scale',
    'scaler',
    'standardize',
    'standardise',
    'z-score',
    'min-max',
    'rescale',
    'unit',
    'tanh',
    'logistic',
    'lognormal',
    'robust',
    'quartile',
    'outlier',
    'maxabs',
    'StandardScaler',
    'MinMaxScaler',
    'RobustScaler',
    'MaxAbsScaler',
    'normaliser',
    'normalise',
    'normalizer',
    'continuize',
    'preprocess',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Transformed dataset' }, transform: { kind: 'transform', title: 'Transformation function' } },
  params,
  deterministic: true,
  describe: ({ method, columns }) => `${describeFeatures(columns)} → ${METHODS[method]}`,
  infer({ data }, chosen) {
    if (!data) return { outputs: { transform: {} }, issues: [] };
    const { columns, issues } = chooseNumeric(chosen.columns, data, 'it has no scale. Convert it to indicator values, or leave it out.');
    return { outputs: inferChange(data, { sources: columns, made: columns.map((each) => normalized(each, chosen)) }), issues };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});
