import { problem, type Issue } from './issues.ts';
import { nearestName } from './nearest-name.ts';
import {
  ASSIGNMENTS,
  distanceColumn,
  probabilityColumn,
  quantileColumn,
  SCORED_LABELS,
  SCORED_PROBABILITIES,
  type Signature,
  type SignatureOutput,
  type Task,
} from './signature.ts';
import { findColumn, isNumeric, isTextual, type ColumnSchema, type TableSchema } from './table.ts';

/** The label: the column named, or else the only one with the label role. Issues name the parameter `label`. */
export function chooseLabel(schema: TableSchema, name: string): { label?: ColumnSchema; issues: readonly Issue[] } {
  if (name !== '') {
    const label = findColumn(schema, name);
    if (label || schema.open) return { label, issues: [] };
    const near = nearestName(
      name,
      schema.columns.map((each) => each.name),
    );
    const fix = near === undefined ? undefined : { title: `Use “${near}”`, set: { label: near } };
    const way = near === undefined ? 'Choose another label column.' : `Did you mean “${near}”?`;
    return { issues: [problem('column_missing', `The data has no column “${name}”. ${way}`, { param: 'label', fix })] };
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

const UNSUPERVISED: Partial<Record<Task, string>> = { clustering: 'Train Clustering Model', anomaly: 'Train Anomaly Detection Model' };

/** Whether a learner of this task learns from a label. Issues name the port. */
export function supervisedIssues(task: Task, port: string): Issue[] {
  const node = UNSUPERVISED[task];
  if (!node) return [];
  return [problem('learner_wrong_task', `This algorithm learns without a label. Train it by ${node}.`, { port })];
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

/** Whether validation rows have the label and the features that a model learns from. Issues name the port `validation`. */
export function validationIssues(data: TableSchema, label: ColumnSchema, validation: TableSchema): Issue[] {
  if (validation.open) return [];
  const wanted = [label, ...featureColumns(data, label.name)];
  const missing = wanted.filter(({ name }) => !findColumn(validation, name)).map(({ name }) => `“${name}”`);
  if (missing.length > 0) {
    const named = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ` and ${missing.length - 5} more` : '');
    const message = `The validation rows lack columns that the model learns from: ${named}. Prepare them as the dataset is prepared.`;
    return [problem('column_missing', message, { port: 'validation' })];
  }
  const other = wanted.find(({ name, type }) => isTextual(findColumn(validation, name)!.type) !== isTextual(type));
  if (!other) return [];
  const message = `“${other.name}” is ${findColumn(validation, other.name)!.type} in the validation rows, but ${other.type} in the dataset. Prepare both alike.`;
  return [problem('schema_differs', message, { port: 'validation' })];
}

/** What training or the learner tells of a model's outputs beyond its task. */
export interface ModelShape {
  /** Several classes: their levels in the order of the graph. */
  readonly levels?: readonly string[];
  /** Clustering: the number of centres. */
  readonly centres?: number;
  /** Quantile regression: from 0 to 1. */
  readonly quantiles?: readonly number[];
}

const score = (name: string, type: ColumnSchema['type'] = 'number'): SignatureOutput => ({ name, type, role: 'score' });

/** What a model of this task appends. `label` may be left out where the task has none. */
export function modelOutputs(
  task: Task,
  label: Pick<ColumnSchema, 'type'> | undefined,
  { levels = [], centres = 0, quantiles = [] }: ModelShape = {},
): SignatureOutput[] {
  switch (task) {
    case 'regression':
      return [score(SCORED_LABELS), ...quantiles.map((each) => score(quantileColumn(each)))];
    case 'two-class':
      return [score(SCORED_LABELS, label?.type ?? 'category'), score(SCORED_PROBABILITIES)];
    case 'multiclass':
      return [score(SCORED_LABELS, label?.type ?? 'category'), ...levels.map((each) => score(probabilityColumn(each)))];
    case 'clustering':
      return [score(ASSIGNMENTS, 'integer'), ...Array.from({ length: centres }, (_, centre) => score(distanceColumn(centre)))];
    case 'anomaly':
      return [score(SCORED_LABELS, 'integer'), score(SCORED_PROBABILITIES)];
  }
}

/** Whether outputs of this task depend on what training finds. */
export const outputsOpen = (task: Task): boolean => task === 'multiclass' || task === 'clustering';

/** The schema after a fitted graph is applied: outputs replace columns of the same name in place, others are appended. */
export function appliedSchema(schema: TableSchema, { outputs, drops, keeps, open }: Pick<Signature, 'outputs' | 'drops' | 'keeps' | 'open'>): TableSchema {
  const made = new Map(outputs.map(({ name, type, role }) => [name, { name, type, role, nullable: true } satisfies ColumnSchema]));
  const gone = new Set(drops);
  const passed = keeps ? keeps.flatMap((name) => findColumn(schema, name) ?? []) : schema.columns;
  const kept = passed.filter((each) => made.has(each.name) || !gone.has(each.name)).map((each) => made.get(each.name) ?? each);
  const there = new Set(kept.map((each) => each.name));
  return { columns: [...kept, ...[...made.values()].filter((each) => !there.has(each.name))], open: (schema.open && !keeps) || open === true };
}

/** Columns that a fitted graph needs and the table lacks or has as another kind of value. */
export function mismatches(schema: TableSchema, { inputs, kind }: Pick<Signature, 'inputs' | 'kind'>): string[] {
  const made = kind === 'model' ? 'the model was trained with' : 'the transformation was made with';
  return inputs.flatMap(({ name, type, required }) => {
    const column = findColumn(schema, name);
    if (!column) return required && !schema.open ? [`The data has no column “${name}”, which ${made}.`] : [];
    if (isTextual(column.type) === isTextual(type) && (column.type === 'datetime') === (type === 'datetime')) return [];
    return [`“${name}” is ${column.type} here, but ${made} ${type}. Change it by Edit Metadata.`];
  });
}

/**
 * What Score Model gives: the score columns, and with `append` the data before them, in which the model's label then has the label role; that of
 * a model which learned without one stays where it is.
 */
export function scoredSchema(data: TableSchema | undefined, signature: Signature, append: boolean): TableSchema {
  if (!append || !data) return appliedSchema({ columns: [], open: false }, signature);
  const { columns, open } = appliedSchema(data, signature);
  const { label } = signature;
  if (!label) return { columns, open };
  return {
    columns: columns.map((each) => (each.name === label.name ? { ...each, role: 'label' } : each.role === 'label' ? { ...each, role: 'feature' } : each)),
    open,
  };
}
