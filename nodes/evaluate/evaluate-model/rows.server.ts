import { NodeError } from '../../kit/issues.ts';
import { SCORED_LABELS, type Task } from '../../kit/signature.ts';
import { findColumn, type ColumnSchema, type Columns, type ColumnValues, type Table } from '../../kit/table.ts';
import { weightsOf } from '../../kit/weights.ts';
import { scoredIssues, taskOf } from './scored.ts';

/** A scored table, opened. */
export interface Scored {
  readonly name: string;
  readonly port: string;
  readonly task: Task;
  readonly table: Table;
}

/** Throws NodeError with the first issue of the table, and `rows_none`. */
export function openScored(table: Table, port: string, name: string): Scored {
  const schema = { ...table.schema, open: false };
  const [issue] = scoredIssues(schema, port);
  if (issue) throw new NodeError(issue.code, issue.message);
  if (table.rowCount === 0) throw new NodeError('rows_none', 'There are no scored rows to evaluate. Look at the node that feeds this one.');
  return { name, port, table, task: taskOf(schema)! };
}

export type Value = number | string;
export const isPresent = (value: Value | null | undefined): value is Value => value !== null && value !== undefined && value !== '' && !Number.isNaN(value);

/** The true and the scored labels, with whatever else is asked for, of the rows that have all that is needed and a weight above zero. */
export interface Judgement {
  readonly label: ColumnSchema;
  readonly predictedType: ColumnSchema['type'];
  readonly truth: ColumnValues;
  readonly predicted: ColumnValues;
  /** All columns that were read. */
  readonly columns: Columns;
  /** Above zero for rows that count; undefined where all count alike. */
  readonly weights?: Float64Array;
}

export async function readJudgement({ table }: Scored, more: readonly string[] = []): Promise<Judgement> {
  const { columns: all } = table.schema;
  const label = all.find(({ role }) => role === 'label')!;
  const weight = all.find(({ role }) => role === 'weight');
  const columns = await table.read([...new Set([label.name, SCORED_LABELS, ...more, ...(weight ? [weight.name] : [])])]);
  return {
    label,
    predictedType: findColumn(table.schema, SCORED_LABELS)!.type,
    truth: columns.get(label.name)!,
    predicted: columns.get(SCORED_LABELS)!,
    columns,
    weights: weight && weightsOf(columns.get(weight.name)!, weight.name),
  };
}

/** Places of the rows that are usable and have a weight above zero. Throws NodeError `rows_all_missing` where there is none. */
export function usableRows({ truth, weights }: Judgement, usable: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(truth.length);
  let count = 0;
  for (let row = 0; row < truth.length; row += 1) if (usable(row) && (!weights || weights[row]! > 0)) rows[count++] = row;
  if (count === 0) throw new NodeError('rows_all_missing', 'No row has both a label and a score, so there is nothing to compare.');
  return rows.subarray(0, count);
}

/** The values of some rows. */
export const taken = (values: Float64Array, rows: Uint32Array): Float64Array => {
  const found = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) found[at] = values[rows[at]!]!;
  return found;
};

/** The numbers of a column. Throws NodeError `column_wrong_type`. */
export function numbersOf(columns: Columns, name: string): Float64Array {
  const values = columns.get(name)!;
  if (!(values instanceof Float64Array)) throw new NodeError('column_wrong_type', `“${name}” is text, but it must hold numbers.`);
  return values;
}

/** Figures that are defined. */
export const defined = (metrics: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
