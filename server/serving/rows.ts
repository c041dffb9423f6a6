import { isTextual } from '#nodes/kit/table.ts';
import type { Signature, SignatureInput } from '#nodes/kit/signature.ts';
import { AppError } from '../errors.ts';
import type { Batch, OutputColumn, TensorColumn } from './messages.ts';

export const MAXIMUM_ROWS = 10_000;

/** The request's rows, and the form in which the answer is expected. */
export interface ScoreRequest {
  readonly rows: readonly unknown[];
  readonly form: 'own' | 'azure';
}

const bad = (message: string, code: string): AppError => new AppError(400, message, { code });
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (record: Record<string, unknown>, name: string): unknown => (Object.hasOwn(record, name) ? record[name] : undefined);

/** Finds the rows in `[…]`, `{"rows": […]}` or Azure's `{"Inputs": {"WebServiceInput0": […]}}`. */
export function readScoreRequest(body: unknown): ScoreRequest {
  let rows: unknown;
  let form: ScoreRequest['form'] = 'own';
  if (Array.isArray(body)) rows = body;
  else if (isRecord(body) && Array.isArray(own(body, 'rows'))) rows = body.rows;
  else if (isRecord(body) && isRecord(own(body, 'Inputs'))) {
    form = 'azure';
    const inputs = Object.values(body.Inputs as Record<string, unknown>);
    if (inputs.length !== 1) throw bad('"Inputs" must have exactly one input, such as "WebServiceInput0".', 'rows_missing');
    rows = inputs[0];
  }
  if (!Array.isArray(rows)) throw bad('Send the rows as [{"column": value}], {"rows": […]} or {"Inputs": {"WebServiceInput0": […]}}.', 'rows_missing');
  if (rows.length === 0) throw bad('There are no rows to score. Send at least one.', 'rows_none');
  if (rows.length > MAXIMUM_ROWS) throw bad(`There are ${rows.length} rows; one request may have ${MAXIMUM_ROWS}. Send several requests.`, 'rows_too_many');
  return { rows, form };
}

/** Rows → one column for each input of the model. Throws 400 naming row (from 0) and column. */
export function toBatch(rows: readonly unknown[], inputs: readonly SignatureInput[]): Batch {
  const known = new Set(inputs.map((input) => input.name));
  rows.forEach((row, index) => {
    if (!isRecord(row)) throw bad(`Row ${index} is not an object of columns.`, 'row_invalid');
    for (const name of Object.keys(row)) {
      if (!known.has(name)) throw bad(`Row ${index} has a column "${name}" that the model does not take. It takes: ${listed(inputs)}.`, 'column_unknown');
    }
  });
  // No prototype: a column may be called __proto__.
  const columns = Object.create(null) as Record<string, TensorColumn>;
  for (const input of inputs) {
    columns[input.name] = isTextual(input.type)
      ? rows.map((row, index) => textOf(row as Record<string, unknown>, index, input))
      : Float32Array.from(rows, (row, index) => numberOf(row as Record<string, unknown>, index, input));
  }
  return { rowCount: rows.length, columns };
}

const listed = (inputs: readonly SignatureInput[]): string => {
  const names = inputs.slice(0, 30).map((input) => input.name);
  return names.join(', ') + (inputs.length > names.length ? ` and ${inputs.length - names.length} more` : '');
};

function cell(row: Record<string, unknown>, index: number, input: SignatureInput): unknown {
  const value = own(row, input.name);
  if (value === undefined && input.required)
    throw bad(`Row ${index} lacks the column "${input.name}". Send it, or null where the value is missing.`, 'column_missing');
  return value ?? null;
}

function textOf(row: Record<string, unknown>, index: number, input: SignatureInput): string {
  const value = cell(row, index, input);
  if (value === null) return '';
  if (typeof value !== 'string') throw wrongType(index, input, 'a text', value);
  if (value.includes('\0')) throw bad(`Row ${index}, column "${input.name}": the text holds a NUL character.`, 'column_wrong_type');
  return value.isWellFormed() ? value : value.toWellFormed();
}

function numberOf(row: Record<string, unknown>, index: number, input: SignatureInput): number {
  const value = cell(row, index, input);
  if (value === null) return NaN;
  switch (input.type) {
    case 'boolean':
      if (value === true || value === 1) return 1;
      if (value === false || value === 0) return 0;
      throw wrongType(index, input, 'true or false', value);
    case 'datetime': {
      const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : NaN;
      if (Number.isFinite(time)) return time;
      throw wrongType(index, input, 'a date such as "2026-01-31" or milliseconds since 1970', value);
    }
    default:
      if (typeof value === 'number' && Number.isFinite(Math.fround(value))) return value;
      throw wrongType(index, input, 'a number', value);
  }
}

function wrongType(index: number, input: SignatureInput, wanted: string, value: unknown): AppError {
  const shown = JSON.stringify(value) ?? String(value);
  return bad(`Row ${index}, column "${input.name}": expected ${wanted}, got ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}.`, 'column_wrong_type');
}

export type Scored = Record<string, string | number | boolean | null>;

/** Output columns → one object a row. NaN and infinities become null, as JSON has no word for them. */
export function toResults(columns: Readonly<Record<string, OutputColumn>>, outputs: Signature['outputs'], rowCount: number): Scored[] {
  const results: Scored[] = Array.from({ length: rowCount }, () => ({}));
  for (const { name, type } of outputs) {
    const values = columns[name];
    if (!values) continue;
    for (let row = 0; row < rowCount; row++) {
      const value = values[row]!;
      // defineProperty: a column may be called __proto__.
      Object.defineProperty(results[row]!, name, { value: jsonValue(value, type), enumerable: true, configurable: true, writable: true });
    }
  }
  return results;
}

function jsonValue(value: number | string, type: string): string | number | boolean | null {
  if (typeof value === 'string') return value === '' && type !== 'text' ? null : value;
  if (!Number.isFinite(value)) return null;
  if (type === 'boolean') return value !== 0;
  if (type === 'datetime') return new Date(value).toISOString();
  return value;
}
