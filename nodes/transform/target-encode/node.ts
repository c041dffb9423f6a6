import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { chooseLabel } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { column, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { freeName, takenNames } from '../choose-columns.ts';
import { categoryFeatures, chooseTextual, describeFeatures } from '../feature-columns.ts';
import { inferChange } from '../fitted-columns.ts';

const params = z.object({
  columns: param.columns({ title: 'Columns to encode', port: 'data', types: ['category', 'text'], favour: 'text', default: categoryFeatures }),
  label: param.oneColumn({
    title: 'Label column',
    help: 'A number, or one of two classes. Empty: the column with the label role.',
    port: 'data',
    optional: true,
  }),
  smoothing: param.number({
    title: 'Smoothing',
    help: 'So many rows with the mean of all are added to each level, so that rare levels stay near to it.',
    default: 10,
    minimum: 0,
  }),
  folds: param.integer({
    title: 'Number of folds',
    help: 'Each row gets the mean of the rows of the other folds, so that its own label is not in it.',
    default: 5,
    minimum: 2,
    maximum: 50,
  }),
  overwrite: param.flag({ title: 'Overwrite columns', help: 'Off: the means go to new columns, name_Target.', default: true }),
  seed: param.seed({ help: 'Deals the rows into folds. The same seed gives the same result.' }),
});
export type TargetParams = z.output<typeof params>;

/** The columns of means, one for each chosen column; there are none missing. */
export function targetColumns(columns: readonly ColumnSchema[], data: TableSchema, { overwrite }: TargetParams): ColumnSchema[] {
  const taken = takenNames(data);
  return columns.map((each) => (overwrite ? { ...each, type: 'number', nullable: false } : column(freeName(`${each.name}_Target`, taken), 'number')));
}

function labelIssues(data: TableSchema, columns: readonly ColumnSchema[], name: string): Issue[] {
  const { label, issues } = chooseLabel(data, name);
  if (!label) return [...issues];
  if (label.type === 'datetime')
    return [problem('column_wrong_type', `“${label.name}” is a date, which has no mean. Choose another label.`, { param: 'label' })];
  if (!columns.some((each) => each.name === label.name)) return [];
  return [problem('parameter_invalid', `“${label.name}” is the label, so it cannot be encoded by itself. Leave it out of the columns.`, { param: 'columns' })];
}

export const targetEncode = defineNode({
  type: 'target-encode',
  version: 1,
  title: 'Target Encode',
  category: 'Data transformation',
  family: 'transform',
  icon: 'category',
  summary: 'Turns categories into the mean of the label at each of their values.',
  keywords: ['target', 'mean encoding', 'likelihood', 'encode', 'categorical', 'high cardinality', 'out-of-fold', 'TargetEncoder', 'impact encoding'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Encoded dataset' }, transform: { kind: 'transform', title: 'Encoding transformation' } },
  params,
  deterministic: true,
  describe: ({ columns }) => `${describeFeatures(columns)} → mean of the label`,
  infer({ data }, chosen) {
    if (!data) return { outputs: { transform: {} }, issues: [] };
    const { columns, issues } = chooseTextual(chosen.columns, data, 'it has no levels. Leave it out.');
    const made = targetColumns(columns, data, chosen);
    return { outputs: inferChange(data, { sources: columns, made }), issues: [...issues, ...labelIssues(data, columns, chosen.label)] };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data', ownRowsDiffer: true }),
});
