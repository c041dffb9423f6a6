import { NodeError } from '#nodes/kit/issues.ts';
import { column, isTextual, type ColumnSchema, type ColumnType, type ColumnValues } from '#nodes/kit/table.ts';
import type { RowBatch } from '../kind.ts';

/**
 * How cells of one column of a source become values. `read` gets a cell that is not null, and gives a number (see `ColumnValues`), a text, or null
 * for missing; whole numbers beyond ±(2^53 − 1) as decimal text.
 */
export interface CellReader<Cell> {
  readonly schema: ColumnSchema;
  read(cell: Cell): number | string | null;
}

export const cellReader = <Cell>(name: string, type: ColumnType, read: CellReader<Cell>['read']): CellReader<Cell> => ({
  schema: column(name, type, { nullable: true }),
  read,
});

/** A batch from rows of cells, one cell a reader. */
export function batchOf<Cell>(readers: readonly CellReader<Cell>[], rows: readonly (readonly (Cell | null)[])[]): RowBatch {
  return { rowCount: rows.length, values: readers.map((reader, index) => valuesOf(reader, rows, index)) };
}

function valuesOf<Cell>({ schema, read }: CellReader<Cell>, rows: readonly (readonly (Cell | null)[])[], index: number): ColumnValues {
  const texts = (): (string | null)[] =>
    rows.map((row) => {
      const cell = row[index];
      const value = cell === null || cell === undefined ? null : read(cell);
      return value === null ? null : String(value);
    });
  if (isTextual(schema.type)) return texts();
  const values = new Float64Array(rows.length);
  for (const [at, row] of rows.entries()) {
    const cell = row[index];
    const value = cell === null || cell === undefined ? null : read(cell);
    if (typeof value === 'string') return texts();
    values[at] = value ?? NaN;
  }
  return values;
}

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** A whole number in decimal digits, exact. Errors: `connection_failed` where 64 bits do not hold it. */
export function wholeNumber(name: string, digits: string): number | string {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(digits);
  if (exact < LEAST || exact > MOST) throw unfit(name, `${digits}, which is more than a whole number of 64 bits holds`, 'text');
  return digits;
}

/** A decimal number; not-a-number for `NaN`, which is missing. */
export const decimalNumber = (text: string): number => Number(text);

/** For a cell that its column's type does not hold: it names the column, and the way out. */
export const unfit = (name: string, what: string, as: string): NodeError =>
  new NodeError('connection_failed', `The column “${name}” holds ${what}. Read it by a query that casts it to ${as}, or leave it out.`);

const INSTANT = /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?(?:\+00(?::00)?)?( BC)?$/;

/** Milliseconds since 1970 of a date or time as databases write it with the time zone UTC, rounded down; NaN when it is none. */
export function instantOf(text: string): number {
  const match = INSTANT.exec(text);
  if (!match) return NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', before] = match;
  if (month === '00' || day === '00') return NaN;
  const time = new Date(0);
  time.setUTCFullYear(before ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  return time.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/** An instant as databases read it, `2024-01-31 12:00:00.123`, in UTC; years before 1 as `0045-03-15 00:00:00.000 BC`. */
export function instantText(milliseconds: number): string {
  const iso = new Date(milliseconds).toISOString();
  const [, sign, year, rest] = /^([+-]?)0*(\d+)(-.*)Z$/.exec(iso)!;
  const before = sign === '-' || year === '0';
  const shown = String(before ? 1 + Number(year) : Number(year)).padStart(4, '0');
  return `${shown}${rest!.replace('T', ' ')}${before ? ' BC' : ''}`;
}

/** What is written for a value of a column: null for missing. Whole numbers may be decimal texts. */
export function cellOf(type: ColumnType, value: number | string | null): string | null {
  if (value === null || typeof value === 'string') return value;
  if (Number.isNaN(value)) return null;
  if (type === 'datetime') return instantText(value);
  return type === 'boolean' ? (value === 0 ? 'false' : 'true') : String(value);
}

/** Bytes as text, in the way of PostgreSQL: `\x` and two hexadecimal digits a byte. */
export const bytesText = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
