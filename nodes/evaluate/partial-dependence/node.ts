import { z } from 'zod';
import { allColumns } from '../../kit/columns.ts';
import { defineNode } from '../../kit/define.ts';
import type { ModelSpec } from '../../kit/kinds.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { mismatches } from '../../kit/model-schema.ts';
import * as param from '../../kit/params.ts';
import type { TableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection } from '../../transform/choose-columns.ts';

const params = z.object({
  columns: param.columns({
    title: 'Feature columns',
    help: 'One curve each; columns that the model does not take are left out.',
    port: 'data',
    default: allColumns,
  }),
  points: param.integer({
    title: 'Number of grid points',
    help: 'Of a number; of a category its most frequent levels.',
    default: 20,
    minimum: 2,
    maximum: 200,
  }),
  rows: param.integer({ title: 'Number of rows', help: 'Taken at random, where there are more.', default: 1_000, minimum: 1, maximum: 1_000_000 }),
  curves: param.integer({ title: 'Number of individual curves', help: 'Single rows beside their mean.', default: 30, minimum: 0, maximum: 200 }),
  seed: param.seed(),
});
export type DependenceParams = z.output<typeof params>;

export const partialDependence = defineNode({
  type: 'partial-dependence',
  version: 1,
  title: 'Partial Dependence',
  category: 'Model scoring and evaluation',
  family: 'score',
  icon: 'dependence',
  summary: 'Shows how the prediction changes with one column.',
  keywords: ['pdp', 'ice', 'individual conditional expectation', 'explain', 'effect', 'interpretability', 'what if', 'curve', 'PartialDependenceDisplay'],
  inputs: { model: { kind: 'model', title: 'Trained model' }, data: { kind: 'table', title: 'Dataset' } },
  outputs: { report: { kind: 'report', title: 'Partial dependence' } },
  params,
  deterministic: true,
  describe: ({ columns }) => describeSelection(columns),
  infer: ({ model, data }, chosen) => ({ outputs: { report: { report: 'partial-dependence' } }, issues: dependenceIssues(model, data, chosen) }),
  atScoring: () => ({ as: 'vanish' }),
});

/** Whether a model predicts something that has a height, from the rows that are there. */
export function dependenceIssues(model: ModelSpec | undefined, data: TableSchema | undefined, { columns }: Pick<DependenceParams, 'columns'>): Issue[] {
  if (model?.task === 'clustering')
    return [
      problem('learner_wrong_task', 'Clusters are neither a number nor a probability, so there is no curve of them. Connect a model that predicts.', {
        port: 'model',
      }),
    ];
  if (!data) return [];
  const issues = [...chooseColumns(columns, data).issues];
  if (model?.signature) issues.push(...mismatches(data, model.signature).map((message) => problem('model_mismatch', message, { port: 'data' })));
  return issues;
}
