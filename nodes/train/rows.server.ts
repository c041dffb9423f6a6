import type { FeatureData, FitContext, LabelledData, TrainingColumn } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import type { ColumnSchema, ColumnValues, Table } from '../kit/table.ts';
import { weightsOf } from '../kit/weights.ts';
import { takeValues } from './folds.server.ts';
import { requireTraining, type Planned } from './memory.server.ts';

/** Rows of a table, with their places in it. */
export interface LabelledRows extends LabelledData {
  readonly rows: Uint32Array;
}

type Reading = Pick<FitContext, 'signal' | 'log' | 'progress'>;

/**
 * The rows that have a label and a weight above zero, as trainers get them; `training` is what shall have room beside them. Throws NodeError
 * `rows_none`, `rows_all_missing`, `memory_exhausted`, `parameter_invalid` (more than one weight column), `column_wrong_type` and
 * `values_not_finite` (weights that are none).
 */
export async function readLabelled(
  table: Table,
  { features, label }: { features: readonly ColumnSchema[]; label: ColumnSchema },
  context: Reading,
  training?: Planned,
): Promise<LabelledRows> {
  const { columns, rows, ...rest } = await readRows(table, features, context, training, label);
  return { ...rest, rows, label: { schema: label, values: asTableHas(columns.get(label.name)!, rows) } };
}

/** The rows with a weight above zero, without a label. Throws as `readLabelled`. */
export async function readFeatures(table: Table, features: readonly ColumnSchema[], context: Reading, training?: Planned): Promise<FeatureData> {
  const { features: read, weights, rowCount, dataHash } = await readRows(table, features, context, training);
  return { features: read, weights, rowCount, dataHash };
}

/** The table passes through memory in parts, so that it is not held there twice. */
const COLUMNS_AT_ONCE = 32;
async function readRows(table: Table, features: readonly ColumnSchema[], context: Reading, training?: Planned, label?: ColumnSchema) {
  const { schema, rowCount } = table;
  const weight = weightColumn(schema.columns.filter((each) => each.role === 'weight' && each.name !== label?.name));
  if (rowCount === 0) throw new NodeError('rows_none', 'There are no rows to learn from. Look at the node that feeds this one.');
  const certain = !weight && !label?.nullable;
  if (certain) await requireTraining(features, rowCount, training);
  const beside = [...(label ? [label] : []), ...(weight ? [weight] : [])].map((each) => each.name);
  const columns = beside.length > 0 ? await table.read(beside) : new Map<string, ColumnValues>();
  context.signal.throwIfAborted();
  const weights = weight && weightsOf(columns.get(weight.name)!, weight.name);
  const rows = usableRows(rowCount, label && columns.get(label.name)!, weights);
  if (rows.length === 0) {
    if (!label || usableRows(rowCount, columns.get(label.name)!, undefined).length > 0)
      throw new NodeError('rows_none', `All rows have weight 0 or none, so there is nothing to learn from. Look at “${weight!.name}”.`);
    throw new NodeError(
      'rows_all_missing',
      `“${label.name}” is missing in every row, so there is nothing to learn. Look at joins and filters upstream, or choose another label.`,
      { param: 'label' },
    );
  }
  if (!certain) await requireTraining(features, rows.length, training);
  if (rows.length < rowCount) {
    const why = label ? 'without a label or with weight 0' : 'with weight 0';
    context.log(`${(rowCount - rows.length).toLocaleString('en-US')} rows ${why} are ignored.`);
  }
  const read: TrainingColumn[] = [];
  for (let from = 0; from < features.length; from += COLUMNS_AT_ONCE) {
    if (from > 0) context.progress(0, `${from} of ${features.length} columns read`);
    const some = features.slice(from, from + COLUMNS_AT_ONCE);
    const values = await table.read(some.map((each) => each.name));
    context.signal.throwIfAborted();
    read.push(...some.map((each): TrainingColumn => ({ schema: each, values: asGraphSees(values.get(each.name)!, rows) })));
  }
  return {
    columns,
    rows,
    features: read,
    weights: weights && Float64Array.from(rows, (row) => weights[row]!),
    rowCount: rows.length,
    dataHash: table.hash,
  };
}

function weightColumn(weights: readonly ColumnSchema[]): ColumnSchema | undefined {
  if (weights.length <= 1) return weights[0];
  const names = weights.map((each) => `“${each.name}”`).join(', ');
  throw new NodeError('parameter_invalid', `${weights.length} columns have the weight role (${names}). Leave it to one, by Edit Metadata.`);
}

/** Rows that have a label and, where there are weights, one above zero. */
function usableRows(rowCount: number, label: ColumnValues | undefined, weights: Float64Array | undefined): Uint32Array {
  const rows = new Uint32Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const value = label?.[row];
    if (value === null || value === '' || Number.isNaN(value)) continue;
    if (weights && !(weights[row]! > 0)) continue;
    rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** The labels of the chosen rows: classes keep all their digits. */
const asTableHas = (values: ColumnValues, rows: Uint32Array): ColumnValues =>
  values instanceof Float64Array ? takeValues(values, rows) : asGraphSees(values, rows);

/** The chosen rows as a fitted graph gets them: numbers as float32, "" for missing text. */
function asGraphSees(values: ColumnValues, rows: Uint32Array): ColumnValues {
  if (values instanceof Float64Array) {
    const numbers = new Float64Array(rows.length);
    for (let at = 0; at < rows.length; at += 1) numbers[at] = Math.fround(values[rows[at]!]!);
    return numbers;
  }
  return Array.from(rows, (row) => values[row] ?? '');
}
