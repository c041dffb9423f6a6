import type { LabelledData, TrainingColumn } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import type { ColumnValues } from '../kit/table.ts';
import { randomNumbers, shuffled } from '../kernels/random.ts';

/** The fold of each row, from 0; the names of the folds in order. */
export interface Folds {
  readonly of: Int32Array;
  readonly names: readonly string[];
}

const MAXIMUM_FOLDS = 100;

export interface FoldOptions {
  readonly folds: number;
  readonly seed: number;
  /** Each of its values is shared out alike. */
  readonly stratifyBy?: ColumnValues;
}

/** Folds by chance, as even as can be. Throws NodeError `parameter_invalid` where there are fewer rows than folds. */
export function randomFolds(rowCount: number, { folds, seed, stratifyBy }: FoldOptions): Folds {
  if (rowCount < folds) {
    const message = `${rowCount.toLocaleString('en-US')} rows cannot make ${folds} folds. Use fewer folds, or more rows.`;
    throw new NodeError('parameter_invalid', message, { param: 'folds' });
  }
  const order = shuffled(rowCount, randomNumbers(seed));
  const sorted = stratifyBy ? byStratum(order, stratifyBy) : order;
  const of = new Int32Array(rowCount);
  sorted.forEach((row, place) => (of[row] = place % folds));
  return { of, names: Array.from({ length: folds }, (_, fold) => String(fold + 1)) };
}

/** The rows stratum after stratum, each in the order that it had. */
function byStratum(order: Uint32Array, values: ColumnValues): Uint32Array {
  const strata = new Map<number | string | null, number>();
  const stratum = (row: number): number => {
    const value = values[row]!;
    if (!strata.has(value)) strata.set(value, strata.size);
    return strata.get(value)!;
  };
  for (let row = 0; row < values.length; row += 1) stratum(row);
  return order.slice().sort((a, b) => stratum(a) - stratum(b));
}

/** Folds that a column names, sorted. Throws NodeError `parameter_invalid` for a missing fold, for fewer than two and for more than 100. */
export function columnFolds({ schema, values }: TrainingColumn): Folds {
  const present = [...new Set<number | string | null>(values)];
  const refuse = (what: string) => new NodeError('parameter_invalid', `The fold column “${schema.name}” ${what}`, { param: 'foldColumn' });
  if (present.some((value) => value === null || value === '' || Number.isNaN(value)))
    throw refuse('has no fold for some rows. Fill these, or remove the rows.');
  if (present.length < 2) throw refuse('has one value only, but there must be at least two folds.');
  if (present.length > MAXIMUM_FOLDS)
    throw refuse(`has ${present.length.toLocaleString('en-US')} different values, but there can be at most ${MAXIMUM_FOLDS} folds.`);
  const sorted = (present as (number | string)[]).sort((a, b) => (a < b ? -1 : Number(a > b)));
  const places = new Map(sorted.map((value, place) => [value, place]));
  return { of: Int32Array.from({ length: values.length }, (_, row) => places.get(values[row]!)!), names: sorted.map(String) };
}

/** Rows that belong to the fold, or with `false` the others. */
export function rowsOfFold({ of }: Folds, fold: number, inside: boolean): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < of.length; row += 1) if ((of[row] === fold) === inside) rows.push(row);
  return Uint32Array.from(rows);
}

/** What training without a fold threw, told so that it is clear which rows it is about. */
export function failureWithout(fold: string, label: TrainingColumn, error: NodeError): NodeError {
  const alike = error.code === 'label_one_class' && new Set<number | string | null>(label.values).size > 1;
  const message = alike
    ? `all rows of the other folds have the same “${label.schema.name}”, so there is nothing to learn from them. Use fewer folds, stratified ones, or more rows of the rarer class.`
    : error.message;
  return new NodeError(error.code, `Fold ${fold}: ${message}`, { param: error.param, cause: error });
}

/** Some of the rows, in that order. */
export function takeRows(data: LabelledData, rows: Uint32Array): LabelledData {
  const take = ({ schema, values }: TrainingColumn): TrainingColumn => ({ schema, values: takeValues(values, rows) });
  return {
    features: data.features.map(take),
    label: take(data.label),
    ...(data.weights && { weights: takeValues(data.weights, rows) as Float64Array }),
    rowCount: rows.length,
  };
}

export function takeValues(values: ColumnValues, rows: Uint32Array): ColumnValues {
  if (!(values instanceof Float64Array)) return Array.from(rows, (row) => values[row]!);
  const taken = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) taken[at] = values[rows[at]!]!;
  return taken;
}
