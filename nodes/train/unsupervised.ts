import { selectColumns, type ColumnSelection } from '../kit/columns.ts';
import { problem, type Issue } from '../kit/issues.ts';
import type { LearnerSpec } from '../kit/kinds.ts';
import { featureColumns, modelOutputs, outputsOpen } from '../kit/model-schema.ts';
import type { Signature, Task } from '../kit/signature.ts';
import type { ColumnSchema, TableSchema } from '../kit/table.ts';

const WANTED: Partial<Record<Task, string>> = {
  clustering: 'a clustering algorithm, such as K-Means Clustering',
  anomaly: 'an algorithm of anomaly detection',
};

export const labelColumns = ({ columns }: TableSchema): ColumnSchema[] => columns.filter((each) => each.role === 'label');

/** The feature columns among the chosen ones, and what is wrong with learner and choice. Issues name `columns` and the ports. */
export function unsupervisedFeatures(
  task: Task,
  learner: LearnerSpec | undefined,
  data: TableSchema | undefined,
  columns: ColumnSelection,
): { features: ColumnSchema[]; issues: Issue[] } {
  const issues: Issue[] = [];
  if (learner && learner.task !== task)
    issues.push(problem('learner_wrong_task', `This needs ${WANTED[task]}; the one that is wired is for another task.`, { port: 'learner' }));
  if (!data) return { features: [], issues };
  const { names, missing } = selectColumns(columns, data);
  for (const name of missing) issues.push(problem('column_missing', `There is no column “${name}”. Choose the columns again.`, { param: 'columns' }));
  const counts = (each: ColumnSchema) => names.includes(each.name);
  const labels = learner?.labels === 'fill' ? labelColumns(data).filter((each) => each.type !== 'datetime') : [];
  const features = [...featureColumns(data, ''), ...labels].filter(counts);
  if (features.length === 0 && !data.open && missing.length === 0) {
    issues.push(
      problem('features_none', 'None of the chosen columns is a feature: labels, ids, weights, scores and dates do not count.', { param: 'columns' }),
    );
  }
  return { features, issues };
}

/** What is known of the model before it is trained; columns that turn out to be constant will not be asked for. */
export const expectedSignature = (task: Task, learner: string | undefined, features: readonly ColumnSchema[]): Signature => ({
  kind: 'model',
  inputs: features.map(({ name, type, nullable }) => ({ name, type, required: !nullable })),
  outputs: modelOutputs(task, undefined),
  ...(outputsOpen(task) ? { open: true } : {}),
  drops: [],
  task,
  ...(learner ? { learner } : {}),
});
