import { z } from 'zod';
import type { ColumnSelection } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import * as param from '../../kit/params.ts';
import { isNumeric, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection, wrongType } from '../choose-columns.ts';

const METHODS = { zscore: 'ZScore', minmax: 'MinMax', logistic: 'Logistic', lognormal: 'LogNormal', tanh: 'TanH' } as const;

/** All numbers that are features: a label that is scaled would be predicted in a scale that no one knows. */
const numericFeatures: ColumnSelection = {
  mode: 'rules',
  start: 'none',
  rules: [
    { action: 'include', by: 'type', values: ['number', 'integer'] },
    { action: 'exclude', by: 'role', values: ['label', 'weight', 'id', 'score'] },
  ],
};

const params = z.object({
  method: param.choice({ title: 'Transformation method', options: METHODS, default: 'zscore' }),
  zeroForConstant: param.flag({
    title: 'Use 0 for constant columns when checked',
    help: 'Off: a column with a single value becomes missing.',
    default: true,
    shownWhen: { param: 'method', is: ['zscore', 'minmax', 'lognormal'] },
  }),
  columns: param.columns({ title: 'Columns to transform', port: 'data', types: ['number', 'integer'], favour: 'number', default: numericFeatures }),
});
export type NormalizeParams = z.output<typeof params>;

/** A column as it leaves: a number, which is missing where the method has no value. */
export function normalized(column: ColumnSchema, { method, zeroForConstant }: NormalizeParams): ColumnSchema {
  const gaps = method === 'lognormal' || ((method === 'zscore' || method === 'minmax') && !zeroForConstant);
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
  keywords: ['scale', 'scaler', 'standardize', 'standardise', 'z-score', 'min-max', 'rescale', 'unit', 'tanh', 'logistic', 'lognormal'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Transformed dataset' }, transform: { kind: 'transform', title: 'Transformation function' } },
  params,
  deterministic: true,
  describe: ({ method, columns }) => `${columns === numericFeatures || sameRules(columns) ? 'numbers' : describeSelection(columns)} → ${METHODS[method]}`,
  infer({ data }, chosen) {
    if (!data) return { outputs: { transform: {} }, issues: [] };
    const { columns, issues } = chooseColumns(chosen.columns, data);
    const wrong = columns.filter((each) => !isNumeric(each.type));
    return {
      outputs: { data: schemaAfter(data, columns, chosen), transform: {} },
      issues: [...issues, ...wrongType(wrong, columns, 'not numeric, so it has no scale. Convert it to indicator values, or leave it out.')],
    };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});

const sameRules = (columns: ColumnSelection): boolean => JSON.stringify(columns) === JSON.stringify(numericFeatures);

export function schemaAfter(data: TableSchema, columns: readonly ColumnSchema[], chosen: NormalizeParams): TableSchema {
  const names = new Set(columns.filter((each) => isNumeric(each.type)).map((each) => each.name));
  return tableSchema(
    data.columns.map((each) => (names.has(each.name) ? normalized(each, chosen) : each)),
    data.open,
  );
}
