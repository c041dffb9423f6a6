import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { chooseLabel } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { column, isTextual, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';

export const SCORES = tableSchema([column('Feature', 'text'), column('Score', 'number'), column('Kept', 'boolean')]);

const METHODS = {
  pearson: 'Pearson correlation',
  spearman: 'Spearman correlation',
  'mutual-information': 'Mutual information',
  'chi-squared': 'Chi squared',
  fisher: 'Fisher score',
} as const;
export type ScoringMethod = keyof typeof METHODS;

const params = z.object({
  method: param.choice({ title: 'Feature scoring method', options: METHODS, default: 'pearson' }),
  featuresOnly: param.flag({
    title: 'Operate on feature columns only',
    help: 'Off: columns with the id, weight or score role are scored too, and may be left out.',
    default: true,
  }),
  label: param.oneColumn({
    title: 'Target column',
    help: 'What the columns shall tell about. Not needed where one column has the label role.',
    port: 'data',
    optional: true,
  }),
  count: param.integer({ title: 'Number of desired features', help: 'The best ones stay.', default: 1, minimum: 1, maximum: 100_000 }),
  bins: param.integer({
    title: 'Number of bins',
    help: 'A number with more different values counts in so many bins of about as many rows.',
    default: 10,
    minimum: 2,
    maximum: 1_000,
    advanced: true,
    shownWhen: { param: 'method', is: ['mutual-information', 'chi-squared', 'fisher'] },
  }),
});
export type SelectionParams = z.output<typeof params>;

export const filterBasedFeatureSelection = defineNode({
  type: 'filter-based-feature-selection',
  version: 1,
  title: 'Filter Based Feature Selection',
  category: 'Feature selection',
  family: 'transform',
  icon: 'filter',
  summary: 'Keeps the columns that tell most about the label.',
  keywords: [
    'pearson',
    'spearman',
    'correlation',
    'mutual information',
    'chi squared',
    'fisher',
    'feature selection',
    'relevance',
    'rank',
    'reduce',
    'SelectKBest',
    'feature ranking',
    'low variance filter',
    'mutual info',
  ],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: {
    data: { kind: 'table', title: 'Filtered dataset' },
    features: { kind: 'table', title: 'Features' },
    transform: { kind: 'transform', title: 'Selection transformation' },
  },
  params,
  deterministic: true,
  describe: ({ method, count }) => `${count} by ${METHODS[method]}`,
  infer({ data }, chosen) {
    if (!data) return { outputs: { features: SCORES, transform: {} }, issues: [] };
    const { label, candidates, issues } = candidatesOf(data, chosen);
    // Which columns stay is known once the data has been read; a handful of them all do.
    const all = label !== undefined && !data.open && candidates.length <= chosen.count;
    const names = new Set(candidates.map(({ name }) => name));
    const sure = all ? data.columns : data.columns.filter(({ name }) => !names.has(name));
    return { outputs: { data: tableSchema(sure, data.open || !all), features: SCORES, transform: {} }, issues };
  },
  atScoring: () => ({ as: 'fitted', output: 'transform', input: 'data', through: 'data' }),
});

export interface Candidates {
  readonly label?: ColumnSchema;
  /** The columns that are scored and may be left out. */
  readonly candidates: readonly ColumnSchema[];
  readonly issues: readonly Issue[];
}

/** Whether a method scores numbers alone. */
export const needsNumbers = (method: ScoringMethod): boolean => method === 'pearson' || method === 'spearman' || method === 'fisher';

export function candidatesOf(data: TableSchema, { method, featuresOnly, label: name }: Pick<SelectionParams, 'method' | 'featuresOnly' | 'label'>): Candidates {
  const { label, issues } = chooseLabel(data, name);
  if (!label) return { candidates: [], issues };
  const candidates = data.columns.filter((each) => each.name !== label.name && each.role !== 'label' && (!featuresOnly || each.role === 'feature'));
  if (data.open) return { label, candidates, issues: [] };
  if (candidates.length === 0)
    return { label, candidates, issues: [problem('features_none', `Beside “${label.name}” there is no column to choose from.`, { port: 'data' })] };
  if (needsNumbers(method) && candidates.every((each) => isTextual(each.type))) {
    const message = `${METHODS[method]} scores numbers, but there are only texts. Choose mutual information or chi squared.`;
    return {
      label,
      candidates,
      issues: [problem('features_none', message, { param: 'method', fix: { title: 'Use mutual information', set: { method: 'mutual-information' } } })],
    };
  }
  return { label, candidates, issues: [] };
}
