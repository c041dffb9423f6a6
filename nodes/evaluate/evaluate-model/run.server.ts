import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { RegressionEvaluation, TwoClassEvaluation } from '../../kit/reports.ts';
import { SCORED_LABELS, SCORED_PROBABILITIES } from '../../kit/signature.ts';
import { findColumn, isNumeric, type ColumnSchema, type ColumnValues, type Table } from '../../kit/table.ts';
import { regressionModel } from '../metrics/regression.ts';
import { atThreshold, twoClassCurve, type TwoClassRows } from '../metrics/two-class.ts';
import { evaluateModel, scoredIssues } from './node.ts';

export default defineRun(evaluateModel, async ({ scored, compare }, _params, context) => {
  const tables = [await openScored(scored, 'scored'), ...(compare ? [await openScored(compare, 'compare')] : [])];
  context.signal.throwIfAborted();
  const first = tables[0]!;
  if (tables.some((each) => (each.probabilities === undefined) !== (first.probabilities === undefined))) {
    throw new NodeError('learner_wrong_task', 'One of the two scored datasets is a classification, the other a regression. Compare models of the same task.');
  }
  const names = ['Scored dataset', 'Scored dataset to compare'];
  return { report: first.probabilities ? evaluateTwoClass(tables, names) : evaluateRegression(tables, names) };
});

interface Scored {
  readonly label: ColumnSchema;
  readonly truth: ColumnValues;
  readonly predicted: ColumnValues;
  readonly predictedType: ColumnSchema['type'];
  readonly probabilities?: Float64Array;
}

async function openScored(table: Table, port: string): Promise<Scored> {
  const [issue] = scoredIssues({ ...table.schema, open: false }, port);
  if (issue) throw new NodeError(issue.code, issue.message);
  if (table.rowCount === 0) throw new NodeError('rows_none', 'There are no scored rows to evaluate. Look at the node that feeds this one.');
  const label = table.schema.columns.find((each) => each.role === 'label')!;
  const hasProbabilities = findColumn(table.schema, SCORED_PROBABILITIES) !== undefined;
  const columns = await table.read([...new Set([label.name, SCORED_LABELS, ...(hasProbabilities ? [SCORED_PROBABILITIES] : [])])]);
  const probabilities = columns.get(SCORED_PROBABILITIES);
  if (probabilities && !(probabilities instanceof Float64Array))
    throw new NodeError('column_wrong_type', `“${SCORED_PROBABILITIES}” is text, but probabilities are numbers from 0 to 1.`);
  return {
    label,
    truth: columns.get(label.name)!,
    predicted: columns.get(SCORED_LABELS)!,
    predictedType: findColumn(table.schema, SCORED_LABELS)!.type,
    probabilities,
  };
}

type Value = number | string;
const present = (value: Value | null | undefined): value is Value => value !== null && value !== undefined && value !== '' && !Number.isNaN(value);

/** The two classes over true and predicted labels, sorted: the last is the positive one, as in training. */
function classesOf(tables: readonly Scored[]): [Value, Value] {
  const seen = new Set<Value>();
  for (const { truth } of tables) for (const value of truth) if (present(value)) seen.add(value);
  if (seen.size === 0) throw new NodeError('rows_all_missing', 'The label is missing in every row, so there is nothing to compare the scores with.');
  if (seen.size === 1)
    throw new NodeError(
      'label_one_class',
      'All rows have the same label, so it cannot be seen how well the model tells two classes apart. Evaluate more rows.',
    );
  for (const { truth, predicted } of tables) if (typeof truth[0] === typeof predicted[0]) for (const value of predicted) if (present(value)) seen.add(value);
  if (seen.size > 2) {
    const examples = [...seen].slice(0, 4).join(', ');
    throw new NodeError(
      'label_not_two_classes',
      `The labels and scored labels have ${seen.size} different values (${examples} …); an evaluation of two classes needs two.`,
    );
  }
  const [a, b] = [...seen].sort((one, other) => (one < other ? -1 : 1));
  return [a!, b!];
}

function evaluateTwoClass(tables: readonly Scored[], names: readonly string[]): TwoClassEvaluation {
  const [negative, positive] = classesOf(tables);
  const { label } = tables[0]!;
  const rows = tables.map(({ truth, probabilities }): TwoClassRows => {
    const usable = indexes(truth.length, (row) => present(truth[row]) && present(probabilities![row]));
    const result = {
      scores: Float64Array.from(usable, (row) => probabilities![row]!),
      positive: Uint8Array.from(usable, (row) => Number(truth[row] === positive)),
    };
    if (result.scores.some((each) => each < 0 || each > 1))
      throw new NodeError('values_not_finite', `“${SCORED_PROBABILITIES}” holds numbers outside of 0 to 1.`);
    const count = result.positive.reduce((sum, each) => sum + each, 0);
    if (count === 0 || count === usable.length)
      throw new NodeError(
        'label_one_class',
        'All rows have the same label, so it cannot be seen how well the model tells two classes apart. Evaluate more rows.',
      );
    return result;
  });
  const models = rows.map((each, index) => twoClassCurve(names[index]!, each));
  const text = (value: Value) => (label.type === 'boolean' ? String(value === 1) : String(value));
  return {
    type: 'evaluation',
    task: 'two-class',
    label: label.name,
    positive: text(positive),
    negative: text(negative),
    summary: { ...atThreshold(rows[0]!, 0.5), ...models[0]!.metrics },
    models,
  };
}

function evaluateRegression(tables: readonly Scored[], names: readonly string[]): RegressionEvaluation {
  const models = tables.map(({ label, truth, predicted, predictedType }, index) => {
    if (!(truth instanceof Float64Array) || !isNumeric(label.type))
      throw new NodeError(
        'label_not_numeric',
        `The label “${label.name}” is ${label.type}, and there are no probabilities: neither a regression nor two classes can be evaluated.`,
      );
    if (!(predicted instanceof Float64Array))
      throw new NodeError('column_wrong_type', `“${SCORED_LABELS}” is ${predictedType}, but the label “${label.name}” is a number.`);
    const usable = indexes(truth.length, (row) => Number.isFinite(truth[row]) && Number.isFinite(predicted[row]));
    if (usable.length === 0) throw new NodeError('rows_all_missing', 'No row has both a label and a score.');
    return regressionModel(names[index]!, {
      truth: Float64Array.from(usable, (row) => truth[row]!),
      predicted: Float64Array.from(usable, (row) => predicted[row]!),
    });
  });
  return { type: 'evaluation', task: 'regression', label: tables[0]!.label.name, summary: models[0]!.metrics, models };
}

function indexes(count: number, keep: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row += 1) if (keep(row)) rows.push(row);
  return rows;
}
