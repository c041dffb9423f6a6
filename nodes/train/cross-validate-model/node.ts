import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import type { LearnerSpec } from '../../kit/kinds.ts';
import { chooseLabel, labelIssues, modelOutputs, outputsOpen, scoredSchema, supervisedIssues } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import type { SignatureOutput, Task } from '../../kit/signature.ts';
import { column, findColumn, OPEN_TABLE, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { FIGURES, isSupervised } from '../figures.ts';

/** The column that tells the fold of each row, from 1. */
export const FOLD_NUMBER = 'Fold Number';
export const EXAMPLES = 'Number of examples';

export const crossValidateModel = defineNode({
  type: 'cross-validate-model',
  version: 2,
  title: 'Cross Validate Model',
  category: 'Model training',
  family: 'learn',
  icon: 'evaluate',
  summary: 'Trains on all folds but one and judges on that one, in turn, so that every row is scored by a model that has not seen it.',
  keywords: [
    'k-fold',
    'folds',
    'cross-validation',
    'stratified',
    'out-of-fold',
    'variance',
    'generalization',
    'cross val score',
    'x-partitioner',
    'test and score',
    'cv',
  ],
  inputs: { learner: { kind: 'learner', title: 'Untrained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: {
    scored: { kind: 'table', title: 'Scored results' },
    folds: { kind: 'table', title: 'Evaluation results by fold' },
    report: { kind: 'report', title: 'Cross-validation report' },
  },
  params: z.object({
    label: param.oneColumn({
      title: 'Label column',
      help: 'What the model shall predict. Not needed where one column has the label role.',
      port: 'data',
      optional: true,
    }),
    foldColumn: param.oneColumn({
      title: 'Fold column',
      help: `Each of its values is a fold, as Partition and Sample assigns them. Left out: “${FOLD_NUMBER}” where there is such a column, else folds by chance.`,
      port: 'data',
      optional: true,
    }),
    folds: param.integer({ title: 'Number of folds', help: 'Of folds by chance.', default: 10, minimum: 2, maximum: 100 }),
    stratified: param.flag({
      title: 'Stratified',
      help: 'Each fold gets as many rows of each class. Of folds by chance, for classifications.',
      default: true,
    }),
    seed: param.seed({ help: 'Chooses the folds. The same seed gives the same folds.', advanced: false }),
  }),
  deterministic: true,
  describe: ({ folds, foldColumn }) => (foldColumn === '' ? `${folds} folds` : `folds of ${foldColumn}`),
  infer({ learner, data }, { label: name, foldColumn }) {
    const issues: Issue[] = learner ? supervisedIssues(learner.task, 'learner') : [];
    const outputs = { folds: learner ? foldsSchema(learner.task) : OPEN_TABLE, report: { report: 'cross-validation' as const } };
    if (!data) return { outputs: { scored: OPEN_TABLE, ...outputs }, issues };
    const { label, issues: labelProblems } = chooseLabel(data, name);
    issues.push(...labelProblems);
    if (label && learner) issues.push(...labelIssues(label, learner.task));
    if (foldColumn !== '' && !findColumn(data, foldColumn) && !data.open)
      issues.push(problem('column_missing', `The data has no column “${foldColumn}”. Choose another fold column.`, { param: 'foldColumn' }));
    if (!label || !learner) return { outputs: { scored: { columns: data.columns, open: true }, ...outputs }, issues };
    return { outputs: { scored: crossValidatedSchema(data, learner, label), ...outputs }, issues };
  },
  atScoring: () => ({ as: 'vanish' }),
});

/** The rows with their fold and their scores; `outputs` are those of the models once they are known. */
export function crossValidatedSchema(
  data: TableSchema,
  learner: LearnerSpec,
  label: ColumnSchema,
  outputs: readonly SignatureOutput[] = modelOutputs(learner.task, label, { quantiles: learner.quantiles }),
  open = outputsOpen(learner.task),
): TableSchema {
  const fold: SignatureOutput = { name: FOLD_NUMBER, type: 'integer', role: 'id' };
  const made = scoredSchema(data, { kind: 'model', inputs: [], outputs: [fold, ...outputs], drops: [], label, ...(open && { open }) }, true);
  return { columns: made.columns, open: data.open || open };
}

/** A row for each fold, then their mean and their standard deviation. */
export function foldsSchema(task: Task): TableSchema {
  if (!isSupervised(task)) return OPEN_TABLE;
  const figures = Object.values(FIGURES[task]).map(({ title }) => column(title, 'number', { nullable: true }));
  return tableSchema([column(FOLD_NUMBER, 'category', { role: 'id' }), column(EXAMPLES, 'number'), ...figures]);
}
