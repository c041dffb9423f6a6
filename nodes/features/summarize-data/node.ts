import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import { column, tableSchema } from '../../kit/table.ts';

/** The figures of a column that holds numbers, in the order of the table. */
export const FIGURES = [
  'Min',
  'Max',
  'Mean',
  'Mean Deviation',
  'Q1',
  'Median',
  'Q3',
  'Mode',
  'Range',
  'Sample Variance',
  'Standard Deviation',
  'Skewness',
  'Kurtosis',
  'P0.5',
  'P1',
  'P5',
  'P95',
  'P99.5',
] as const;
export type Figure = (typeof FIGURES)[number];

export const SUMMARY = tableSchema([
  column('Feature', 'text'),
  ...['Count', 'Unique', 'Missing'].map((name) => column(name, 'integer')),
  ...FIGURES.map((name) => column(name, 'number', { nullable: true })),
]);

export const summarizeData = defineNode({
  type: 'summarize-data',
  version: 1,
  title: 'Summarize Data',
  category: 'Statistical functions',
  family: 'transform',
  icon: 'chart',
  summary: 'Describes each column in a row of figures.',
  keywords: [
    'describe',
    'statistics',
    'profile',
    'mean',
    'median',
    'quantile',
    'percentile',
    'deviation',
    'skewness',
    'kurtosis',
    'summary',
    'missing',
    'feature statistics',
    'data explorer',
    'data audit',
    'info',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { results: { kind: 'table', title: 'Results dataset' } },
  params: z.object({}),
  deterministic: true,
  infer({ data }) {
    const issues = data && !data.open && data.columns.length === 0 ? [problem('columns_none', 'The table has no column to describe.', { port: 'data' })] : [];
    return { outputs: { results: SUMMARY }, issues };
  },
  atScoring: () => ({ as: 'refuse', reason: 'Summarize Data describes a whole table, which a request is not. Wire what is served past it.' }),
});
