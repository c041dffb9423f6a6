import { timeOfText } from '#nodes/kit/cells.ts';
import { datetimeText, graphTypeOf } from '#nodes/kit/onnx/graph-type.ts';
import { isTextual } from '#nodes/kit/table.ts';
import type { Signature, SignatureInput } from '#nodes/kit/signature.ts';
import type { Paused } from '#pipelines/paused.ts';
import { AppError } from '../errors.ts';
import { inputLayout, type Batch, type InputLayout } from './messages.ts';

export const MAXIMUM_ROWS = 10_000;
/** Of one text: a graph that cuts it into characters has a place for each. */
const MAXIMUM_CHARACTERS = 1_000_000;

const bad = (message: string, code: string): AppError => new AppError(400, message, { code });

/** Throws 400 when a request has no rows, or more than one request may have. */
export function checkRowCount(count: number): void {
  if (count === 0) throw bad('There are no rows to score. Send at least one.', 'rows_none');
  if (count > MAXIMUM_ROWS) throw bad(`There are ${count} rows; one request may have ${MAXIMUM_ROWS}. Send several requests.`, 'rows_too_many');
}

/** Numbers. */
const SLAB = 4_096;
/** Rows that are read: at once when they are few, else in slices. */
export type Reading = Batch | Paused<Batch>;
/** More values than these are read in slices. */
const MANY = 30_000;
/** So many values are read without a pause. */
const SLICE = 20_000;

/** A batch that is being filled. */
export interface OpenBatch extends Batch {
  readonly texts: string[][];
}

/** One input of a model, and how a value gets into its place of a batch. */
export interface Cell {
  readonly input: SignatureInput;
  /** Where it lies: its place within a row of `numbers`, or its column of `texts`. */
  readonly at: number;
  readonly textual: boolean;
  /** Throws 400 naming row and column. null and undefined are missing. */
  readonly put: (batch: OpenBatch, row: number, value: unknown) => void;
}

/** A signature, made ready for reading thousands of rows a second; `rowReader` keeps one for each. */
export class RowReader {
  readonly inputs: readonly SignatureInput[];
  readonly layout: InputLayout;
  readonly cells: readonly Cell[];
  readonly #byName: ReadonlyMap<string, Cell>;
  #slab = new Float32Array(0);
  #used = 0;

  constructor(inputs: readonly SignatureInput[]) {
    this.inputs = inputs;
    this.layout = inputLayout(inputs);
    const width = this.layout.numbers.length;
    let [numbers, texts] = [0, 0];
    this.cells = inputs.map((input) => {
      const textual = isTextual(input.type);
      if (graphTypeOf(input.type) === 'string') {
        const at = texts++;
        const readText = textual ? textOf : dateOf;
        return { input, at, textual, put: (batch, row, value) => (batch.texts[at]![row] = readText(value, row, input)) };
      }
      const at = numbers++;
      const read = NUMBERS[input.type] ?? readNumber;
      return { input, at, textual, put: (batch, row, value) => (batch.numbers[row * width + at] = read(value, row, input)) };
    });
    this.#byName = new Map(this.cells.map((cell) => [cell.input.name, cell]));
  }

  cell(name: string): Cell | undefined {
    return this.#byName.get(name);
  }

  /** Small ones are cut from a larger one: asking for memory costs more than filling it. */
  #numbers(count: number): Float32Array {
    if (count > SLAB / 8) return new Float32Array(count);
    if (this.#used + count > this.#slab.length) {
      this.#slab = new Float32Array(SLAB);
      this.#used = 0;
    }
    return this.#slab.subarray(this.#used, (this.#used += count));
  }

  /** A batch in which every value is missing. */
  open(rowCount: number): OpenBatch {
    return {
      rowCount,
      numbers: this.#numbers(rowCount * this.layout.numbers.length).fill(NaN),
      texts: this.layout.texts.map(() => new Array<string>(rowCount).fill('')),
    };
  }

  /** `[{"column": value}, …]` as a batch. Throws 400 naming row (from 0) and column; `strict`: also for a column that the model does not take. */
  records(rows: readonly unknown[], { strict = true } = {}): Batch {
    checkRowCount(rows.length);
    const batch = this.open(rows.length);
    this.#takeRecords(batch, rows, 0, rows.length, strict);
    return batch;
  }

  /** The same, in slices when there are many values. */
  readRecords(rows: readonly unknown[], { strict = true } = {}): Reading {
    if (rows.length * this.cells.length <= MANY) return this.records(rows, { strict });
    return this.#sliced(rows, (batch, from, to) => this.#takeRecords(batch, rows, from, to, strict));
  }

  *#sliced(rows: readonly unknown[], take: (batch: OpenBatch, from: number, to: number) => void, width = this.cells.length): Paused<Batch> {
    checkRowCount(rows.length);
    const batch = this.open(rows.length);
    const step = Math.max(1, Math.floor(SLICE / width));
    for (let from = 0; from < rows.length; from += step) {
      take(batch, from, Math.min(rows.length, from + step));
      yield;
    }
    return batch;
  }

  #takeRecords(batch: OpenBatch, rows: readonly unknown[], from: number, to: number, strict: boolean): void {
    for (let row = from; row < to; row++) {
      const record = rows[row];
      if (typeof record !== 'object' || record === null || Array.isArray(record)) throw bad(`Row ${row} is not an object of columns.`, 'row_invalid');
      let given = 0;
      for (const name in record) {
        const cell = this.#byName.get(name);
        if (cell) {
          given++;
          cell.put(batch, row, (record as Record<string, unknown>)[name]);
        } else if (strict) throw bad(`Row ${row} has a column "${name}" that the model does not take. It takes: ${this.listed()}.`, 'column_unknown');
      }
      if (given < this.cells.length) this.#refuseMissing(record, row);
    }
  }

  #refuseMissing(record: object, row: number): void {
    for (const { input } of this.cells) {
      if (input.required && !Object.hasOwn(record, input.name))
        throw bad(`Row ${row} lacks the column "${input.name}". Send it, or null where the value is missing.`, 'column_missing');
    }
  }

  /** Rows of values under names of columns; columns that the model does not take are left out. Throws 400 naming row and column. */
  split(columns: readonly string[], rows: readonly unknown[]): Batch {
    checkRowCount(rows.length);
    const cells = this.#cellsOf(columns);
    const batch = this.open(rows.length);
    takeValues(batch, cells, rows, 0, rows.length);
    return batch;
  }

  /** The same, in slices when there are many values. */
  readSplit(columns: readonly string[], rows: readonly unknown[]): Reading {
    if (rows.length * columns.length <= MANY) return this.split(columns, rows);
    const cells = this.#cellsOf(columns);
    return this.#sliced(rows, (batch, from, to) => takeValues(batch, cells, rows, from, to), columns.length);
  }

  #cellsOf(columns: readonly string[]): readonly (Cell | undefined)[] {
    const twice = columns.find((name, index) => columns.indexOf(name) !== index);
    if (twice !== undefined) throw bad(`The column "${twice}" is there twice.`, 'column_unknown');
    this.requireColumns(columns);
    return columns.map((name) => this.#byName.get(name));
  }

  /** Rows of values without names, in the order of the inputs. */
  readValues(rows: readonly unknown[]): Reading {
    return this.readSplit(
      this.inputs.map((input) => input.name),
      rows,
    );
  }

  /** Throws 400 when a required column is not among the names. */
  requireColumns(names: readonly string[]): void {
    const missing = this.inputs.find((input) => input.required && !names.includes(input.name));
    if (missing) throw bad(`The column "${missing.name}" is missing. The model takes: ${this.listed()}.`, 'column_missing');
  }

  listed(): string {
    const names = this.inputs.slice(0, 30).map((input) => input.name);
    return names.join(', ') + (this.inputs.length > names.length ? ` and ${this.inputs.length - names.length} more` : '');
  }
}

function takeValues(batch: OpenBatch, cells: readonly (Cell | undefined)[], rows: readonly unknown[], from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const values = rows[row];
    if (!Array.isArray(values) || values.length !== cells.length) throw bad(`Row ${row} is not a list of ${cells.length} values.`, 'row_invalid');
    for (let index = 0; index < cells.length; index++) cells[index]?.put(batch, row, values[index]);
  }
}

const readers = new WeakMap<readonly SignatureInput[], RowReader>();

/** The reader of a signature, made once. */
export function rowReader(signature: Pick<Signature, 'inputs'>): RowReader {
  let reader = readers.get(signature.inputs);
  if (!reader) readers.set(signature.inputs, (reader = new RowReader(signature.inputs)));
  return reader;
}

/** A text as a graph takes it. Throws 400 naming row and column. */
export function textOf(value: unknown, row: number, input: SignatureInput): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') throw wrongType(row, input, 'a text', value);
  if (value.length > MAXIMUM_CHARACTERS)
    throw bad(`Row ${row}, column "${input.name}": the text has ${value.length} characters; at most ${MAXIMUM_CHARACTERS} are taken.`, 'column_wrong_type');
  if (value.includes('\0')) throw bad(`Row ${row}, column "${input.name}": the text holds a NUL character.`, 'column_wrong_type');
  return value.isWellFormed() ? value : value.toWellFormed();
}

/** A date as a graph takes it. No zone means UTC. Throws 400 naming row and column. */
function dateOf(value: unknown, row: number, input: SignatureInput): string {
  if (value === null || value === undefined || value === '') return '';
  const text = typeof value === 'number' ? datetimeText(value) : typeof value === 'string' ? datetimeText(timeOfText(value)) : '';
  if (text === '') throw wrongType(row, input, 'a date such as "2026-01-31" or milliseconds since 1970', value);
  return text;
}

type ReadNumber = (value: unknown, row: number, input: SignatureInput) => number;

const readNumber: ReadNumber = (value, row, input) => {
  if (typeof value === 'number' && Number.isFinite(Math.fround(value))) return value;
  if (value === null || value === undefined) return NaN;
  throw wrongType(row, input, 'a number', value);
};

const NUMBERS: Readonly<Partial<Record<SignatureInput['type'], ReadNumber>>> = {
  boolean: (value, row, input) => {
    if (value === true || value === 1) return 1;
    if (value === false || value === 0) return 0;
    if (value === null || value === undefined) return NaN;
    throw wrongType(row, input, 'true or false', value);
  },
};

/** A value of a request as an error shows it: short, and nothing of what may be nested thousands of levels deep. */
export function shownValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export const wrongType = (row: number, input: SignatureInput, wanted: string, value: unknown): AppError =>
  bad(`Row ${row}, column "${input.name}": expected ${wanted}, got ${shownValue(value)}.`, 'column_wrong_type');
