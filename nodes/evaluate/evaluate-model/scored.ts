import { problem, type Issue } from '../../kit/issues.ts';
import { ASSIGNMENTS, SCORED_LABELS, SCORED_PROBABILITIES, type Task } from '../../kit/signature.ts';
import { findColumn, isNumeric, type TableSchema } from '../../kit/table.ts';

/** The tasks as they are judged: anomalies are two classes. */
export type Judged = Exclude<Task, 'anomaly'>;

/** What scores are in a table, by the model that made them, else by its columns; undefined where that is not known yet. */
export function taskOf(schema: TableSchema): Task | undefined {
  const labels = findColumn(schema, SCORED_LABELS);
  if (!labels) return findColumn(schema, ASSIGNMENTS) ? 'clustering' : undefined;
  if (labels.model) return labels.model.task;
  if (findColumn(schema, SCORED_PROBABILITIES)) return 'two-class';
  if (schema.columns.some(({ name }) => name.startsWith(`${SCORED_PROBABILITIES}_`))) return 'multiclass';
  if (schema.open) return undefined;
  const truth = schema.columns.find(({ role }) => role === 'label');
  return isNumeric(labels.type) && (!truth || isNumeric(truth.type)) ? 'regression' : 'multiclass';
}

export const judgedAs = (task: Task): Judged => (task === 'anomaly' ? 'two-class' : task);

/** A scored table has scores, and, but for clusters, one column with the label role; at most one has the weight role. */
export function scoredIssues(schema: TableSchema | undefined, port: string): Issue[] {
  if (!schema || schema.open) return [];
  if (!findColumn(schema, SCORED_LABELS)) {
    if (findColumn(schema, ASSIGNMENTS)) return [];
    return [problem('column_missing', `There is no column “${SCORED_LABELS}”. Connect what Score Model gives, with its columns appended.`, { port })];
  }
  const count = (role: string) => schema.columns.filter((each) => each.role === role).length;
  if (count('weight') > 1)
    return [problem('parameter_invalid', `${count('weight')} columns have the weight role. Leave it to one, by Edit Metadata.`, { port })];
  if (count('label') === 1) return [];
  const what =
    count('label') === 0 ? 'No column has the label role, so there is nothing to compare the scores with.' : `${count('label')} columns have the label role.`;
  return [problem('label_missing', `${what} Give it to the column with the true values, by Edit Metadata.`, { port })];
}

const IN_WORDS: Readonly<Record<Judged, string>> = {
  'two-class': 'tells two classes apart',
  multiclass: 'tells several classes apart',
  regression: 'predicts a number',
  clustering: 'finds clusters',
};

/** Scored datasets side by side are of one task. */
export function comparisonIssues(schemas: readonly { readonly schema: TableSchema; readonly port: string }[]): Issue[] {
  const known = schemas.flatMap(({ schema, port }) => {
    const task = taskOf(schema);
    return task ? [{ port, task: judgedAs(task) }] : [];
  });
  const [first, ...others] = known;
  return others
    .filter(({ task }) => task !== first!.task)
    .map(({ task, port }) => {
      const message = `The first model ${IN_WORDS[first!.task]}, this one ${IN_WORDS[task]}. Compare models of the same task.`;
      return problem('learner_wrong_task', message, { port });
    });
}
