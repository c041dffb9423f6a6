import { problem, type Issue } from './issues.ts';
import { SCORED_LABELS, SCORED_PROBABILITIES, type Signature, type SignatureOutput, type Task } from './signature.ts';
import { findColumn, isNumeric, isTextual, type ColumnSchema, type TableSchema } from './table.ts';

/** The label: the column named, or else the only one with the label role. Issues name the parameter `label`. */
export function chooseLabel(schema: TableSchema, name: string): { label?: ColumnSchema; issues: readonly Issue[] } {
  if (name !== '') {
    const label = findColumn(schema, name);
    if (label || schema.open) return { label, issues: [] };
    return { issues: [problem('column_missing', `The data has no column “${name}”. Choose another label column.`, { param: 'label' })] };
  }
  const marked = schema.columns.filter((each) => each.role === 'label');
  if (marked.length === 1) return { label: marked[0], issues: [] };
  if (schema.open) return { issues: [] };
  const what =
    marked.length === 0
      ? 'Choose the label column: the one that the model shall predict.'
      : `${marked.length} columns have the label role. Choose one of them.`;
  return { issues: [problem('label_missing', what, { param: 'label' })] };
}

/** Whether a label of this type suits the task. */
export function labelIssues(label: ColumnSchema, task: Task): Issue[] {
  if (task === 'regression') {
    if (isNumeric(label.type)) return [];
    const message = `“${label.name}” is ${label.type}, but a regression predicts a number. Choose a numeric label, or a classification algorithm.`;
    return [problem('label_not_numeric', message, { param: 'label' })];
  }
  if (label.type !== 'datetime') return [];
  return [
    problem('learner_wrong_task', `“${label.name}” is a date, but a classification predicts one of a few values. Choose another label column.`, {
      param: 'label',
    }),
  ];
}

/** The columns that a model may learn from: those with the feature role, but neither the label nor dates. */
export const featureColumns = (schema: TableSchema, label: string): ColumnSchema[] =>
  schema.columns.filter((each) => each.name !== label && each.role === 'feature' && each.type !== 'datetime');

/** What a model of this task appends. */
export function modelOutputs(task: Task, label: Pick<ColumnSchema, 'type'>): SignatureOutput[] {
  if (task === 'regression') return [{ name: SCORED_LABELS, type: 'number', role: 'score' }];
  const labels: SignatureOutput = { name: SCORED_LABELS, type: label.type, role: 'score' };
  return task === 'two-class' ? [labels, { name: SCORED_PROBABILITIES, type: 'number', role: 'score' }] : [labels];
}

/** The schema after a fitted graph is applied: outputs replace columns of the same name in place, others are appended. */
export function appliedSchema(schema: TableSchema, { outputs, drops }: Pick<Signature, 'outputs' | 'drops'>): TableSchema {
  const made = new Map(outputs.map(({ name, type, role }) => [name, { name, type, role, nullable: true } satisfies ColumnSchema]));
  const kept = schema.columns.filter((each) => made.has(each.name) || !drops.includes(each.name)).map((each) => made.get(each.name) ?? each);
  return { columns: [...kept, ...[...made.values()].filter((each) => !findColumn(schema, each.name))], open: schema.open };
}

/** Columns that a model needs and the table lacks or has as another kind of value. */
export function mismatches(schema: TableSchema, { inputs }: Pick<Signature, 'inputs'>): string[] {
  return inputs.flatMap(({ name, type, required }) => {
    const column = findColumn(schema, name);
    if (!column) return required && !schema.open ? [`The data has no column “${name}”, which the model was trained with.`] : [];
    if (isTextual(column.type) === isTextual(type) && (column.type === 'datetime') === (type === 'datetime')) return [];
    return [`“${name}” is ${column.type} here, but the model was trained with ${type}. Change it by Edit Metadata.`];
  });
}

/** What Score Model gives: the score columns, and with `append` the data before them, in which the label then has its role. */
export function scoredSchema(data: TableSchema | undefined, signature: Signature, append: boolean): TableSchema {
  if (!append || !data) return appliedSchema({ columns: [], open: false }, signature);
  const { columns, open } = appliedSchema(data, signature);
  return {
    columns: columns.map((each) =>
      each.name === signature.label?.name ? { ...each, role: 'label' } : each.role === 'label' ? { ...each, role: 'feature' } : each,
    ),
    open,
  };
}
