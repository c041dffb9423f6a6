import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { SCORED_LABELS } from '../../kit/signature.ts';
import { findColumn, type TableSchema } from '../../kit/table.ts';

export const evaluateModel = defineNode({
  type: 'evaluate-model',
  version: 1,
  title: 'Evaluate Model',
  category: 'Model scoring and evaluation',
  family: 'score',
  icon: 'evaluate',
  summary: 'Shows how well a model predicts, alone or beside another.',
  keywords: ['metrics', 'roc', 'auc', 'accuracy', 'precision', 'recall', 'confusion matrix', 'rmse', 'r2', 'compare'],
  inputs: { scored: { kind: 'table', title: 'Scored dataset' }, compare: { kind: 'table', title: 'Scored dataset to compare', optional: true } },
  outputs: { report: { kind: 'report', title: 'Evaluation results' } },
  params: z.object({}),
  deterministic: true,
  infer({ scored, compare }) {
    return { outputs: { report: { report: 'evaluation' } }, issues: [...scoredIssues(scored, 'scored'), ...scoredIssues(compare, 'compare')] };
  },
  atScoring: () => ({ as: 'vanish' }),
});

/** A scored table has the scores and one column with the label role. */
export function scoredIssues(schema: TableSchema | undefined, port: string): Issue[] {
  if (!schema || schema.open) return [];
  if (!findColumn(schema, SCORED_LABELS)) {
    return [problem('column_missing', `There is no column “${SCORED_LABELS}”. Connect what Score Model gives, with its columns appended.`, { port })];
  }
  const labels = schema.columns.filter((each) => each.role === 'label');
  if (labels.length === 1) return [];
  const what =
    labels.length === 0 ? 'No column has the label role, so there is nothing to compare the scores with.' : `${labels.length} columns have the label role.`;
  return [problem('label_missing', `${what} Give it to the column with the true values, by Edit Metadata.`, { port })];
}
