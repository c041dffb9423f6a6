import type { TrainingColumn } from '../../kit/context.ts';
import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { chooseLabel, featureColumns, labelIssues } from '../../kit/model-schema.ts';
import type { ColumnSchema, ColumnValues } from '../../kit/table.ts';
import { trainModel } from './node.ts';

export default defineRun(trainModel, async ({ learner, data }, { label: name }, context) => {
  const { label, issues } = chooseLabel(data.schema, name);
  const problems = label ? labelIssues(label, learner.task) : issues;
  if (problems[0]) throw new NodeError(problems[0].code, problems[0].message, { param: problems[0].param });
  if (!label) throw new NodeError('label_missing', 'Choose the label column: the one that the model shall predict.', { param: 'label' });
  const features = featureColumns(data.schema, label.name);
  const weights = data.schema.columns.filter((each) => each.role === 'weight' && each.name !== label.name);
  if (weights.length > 1) {
    throw new NodeError(
      'parameter_invalid',
      `${weights.length} columns have the weight role (${weights.map((each) => `“${each.name}”`).join(', ')}). Leave it to one, by Edit Metadata.`,
    );
  }
  if (data.rowCount === 0) throw new NodeError('rows_none', 'There are no rows to learn from. Look at the node that feeds this one.');
  const columns = await data.read([...features, label, ...weights].map((each) => each.name));
  context.signal.throwIfAborted();
  const rows = usableRows(columns.get(label.name)!, weights[0] && weightsOf(columns.get(weights[0].name)!, weights[0].name));
  if (rows.length === 0) throw new NodeError('rows_all_missing', `“${label.name}” is missing in every row, so there is nothing to learn.`, { param: 'label' });
  if (rows.length < data.rowCount) context.log(`${(data.rowCount - rows.length).toLocaleString('en-US')} rows without a label or with weight 0 are ignored.`);
  const column = (schema: ColumnSchema): TrainingColumn => ({ schema, values: asGraphSees(columns.get(schema.name)!, rows) });
  const trainer = await context.trainer(learner.learner);
  const weight = weights[0] && (columns.get(weights[0].name) as Float64Array);
  const model = await trainer.fit(
    { features: features.map(column), label: column(label), weights: weight && Float64Array.from(rows, (row) => weight[row]!), rowCount: rows.length },
    { ...learner.params },
    context,
  );
  for (const note of model.summary.notes) context.log(note);
  return { model };
});

function weightsOf(values: ColumnValues, name: string): Float64Array {
  if (!(values instanceof Float64Array)) throw new NodeError('column_wrong_type', `The weight column “${name}” is text; weights are numbers.`);
  if (values.some((each) => each < 0 || each === Infinity))
    throw new NodeError('values_not_finite', `The weight column “${name}” holds negative or infinite numbers.`);
  return values;
}

/** Rows that have a label and, where there are weights, one above zero. */
function usableRows(label: ColumnValues, weights: Float64Array | undefined): Uint32Array {
  const rows = new Uint32Array(label.length);
  let count = 0;
  for (let row = 0; row < label.length; row += 1) {
    const value = label[row];
    if (value === null || value === '' || Number.isNaN(value)) continue;
    if (weights && !(weights[row]! > 0)) continue;
    rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** The chosen rows as a fitted graph gets them: numbers as float32, "" for missing text. */
function asGraphSees(values: ColumnValues, rows: Uint32Array): ColumnValues {
  if (values instanceof Float64Array) return Float64Array.from(rows, (row) => Math.fround(values[row]!));
  return Array.from(rows, (row) => values[row] ?? '');
}
