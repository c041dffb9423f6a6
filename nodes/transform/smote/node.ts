import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { chooseLabel } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import type { ColumnSchema, TableSchema } from '../../kit/table.ts';

export const smote = defineNode({
  type: 'smote',
  version: 1,
  title: 'SMOTE',
  category: 'Data transformation',
  family: 'transform',
  icon: 'balance',
  summary: 'Adds made-up rows of the rarest class, between those that are there.',
  keywords: [
    'oversample',
    'oversampling',
    'imbalance',
    'imbalanced',
    'minority',
    'synthetic',
    'rare class',
    'balance',
    'upsample',
    'RandomOverSampler',
    'equal size sampling',
    'class imbalance',
  ],
  inputs: { data: { kind: 'table', title: 'Samples' } },
  outputs: { data: { kind: 'table', title: 'Table' } },
  params: z.object({
    label: param.oneColumn({
      title: 'Label column',
      help: 'The classes, of which the rarest gets more rows. Not needed where one column has the label role.',
      port: 'data',
      optional: true,
    }),
    percentage: param.integer({
      title: 'SMOTE percentage',
      help: 'New rows in percent of the rows of the rarest class: 100 doubles them, 0 changes nothing.',
      default: 100,
      minimum: 0,
      maximum: 100_000,
      unit: '%',
    }),
    neighbours: param.integer({
      title: 'Number of nearest neighbors',
      help: 'A new row lies between a row and one of so many most similar ones of its class.',
      default: 1,
      minimum: 1,
      maximum: 1_000,
    }),
    seed: param.seed({ advanced: false }),
  }),
  deterministic: true,
  describe: ({ percentage }) => `+ ${percentage} %`,
  infer({ data }, { label: name }) {
    if (!data) return { outputs: {}, issues: [] };
    const { label, issues } = chooseLabel(data, name);
    return { outputs: { data: schemaAfter(data) }, issues: [...issues, ...(label && !data.open ? featureIssues(data, label) : [])] };
  },
  atScoring: () => ({ as: 'identity', note: 'SMOTE adds rows for training only: a request gets an answer for each of its own rows.' }),
});

/** A made-up row has no id. */
export const schemaAfter = (data: TableSchema): TableSchema => ({
  ...data,
  columns: data.columns.map((each) => (each.role === 'id' ? { ...each, nullable: true } : each)),
});

/** The columns by which rows are alike. */
export const comparedColumns = (data: TableSchema, label: ColumnSchema): ColumnSchema[] =>
  data.columns.filter((each) => each.name !== label.name && each.role === 'feature');

export function featureIssues(data: TableSchema, label: ColumnSchema): Issue[] {
  if (comparedColumns(data, label).length > 0) return [];
  return [problem('features_none', `Beside “${label.name}” there is no feature column, so no rows are alike. Look at the columns' roles.`, { port: 'data' })];
}
