import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import type { ModelSpec } from '../../kit/kinds.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { mismatches } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import { column, findColumn, tableSchema, type TableSchema } from '../../kit/table.ts';
import { figureTitles, isSupervised } from '../../train/figures.ts';

export const IMPORTANCES = tableSchema([column('Feature', 'text'), column('Score', 'number'), column('Standard deviation', 'number')]);

export const permutationFeatureImportance = defineNode({
  type: 'permutation-feature-importance',
  version: 1,
  title: 'Permutation Feature Importance',
  category: 'Model scoring and evaluation',
  family: 'score',
  icon: 'shuffle',
  summary: 'Shows how much worse a model predicts once a column is shuffled.',
  keywords: [
    'pfi',
    'feature importance',
    'explain',
    'interpretability',
    'shuffle',
    'relevance',
    'columns',
    'global feature importance',
    'permutation importance',
  ],
  inputs: { model: { kind: 'model', title: 'Trained model' }, data: { kind: 'table', title: 'Test data' } },
  outputs: { importance: { kind: 'table', title: 'Feature importance' } },
  params: z.object({
    twoClassMetric: param.choice({ title: 'Metric for two classes', options: figureTitles('two-class'), default: 'accuracy' }),
    multiclassMetric: param.choice({ title: 'Metric for several classes', options: figureTitles('multiclass'), default: 'accuracy' }),
    regressionMetric: param.choice({ title: 'Metric for regression', options: figureTitles('regression'), default: 'mae' }),
    repeats: param.integer({ title: 'Number of repeats', help: 'How often each column is shuffled.', default: 5, minimum: 1, maximum: 1_000 }),
    seed: param.seed({ advanced: false }),
  }),
  deterministic: true,
  describe: ({ repeats }) => `${repeats} ${repeats === 1 ? 'repeat' : 'repeats'}`,
  infer: ({ model, data }) => ({ outputs: { importance: IMPORTANCES }, issues: judgingIssues(model, data) }),
  atScoring: () => ({ as: 'vanish' }),
});

/** Whether a model predicts a label, and the rows have it with all that the model needs. */
export function judgingIssues(model: ModelSpec | undefined, data: TableSchema | undefined): Issue[] {
  if (model?.task && !isSupervised(model.task))
    return [
      problem(
        'learner_wrong_task',
        'This model was trained without a label, so its predictions are neither right nor wrong. Connect a model that predicts a label.',
        { port: 'model' },
      ),
    ];
  if (!model || !data) return [];
  const issues = model.signature ? mismatches(data, model.signature).map((message) => problem('model_mismatch', message, { port: 'data' })) : [];
  const label = model.signature?.label?.name ?? model.label;
  if (label !== undefined && !data.open && !findColumn(data, label))
    issues.push(
      problem('label_missing', `The test data have no column “${label}”, the label that the model predicts. Connect rows that have it.`, { port: 'data' }),
    );
  return issues;
}
