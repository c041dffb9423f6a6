import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import { quoteName } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ReadRows, RowBatch, RowReadOptions, RowSource } from '../kind.ts';
import { batchOf, instantOf, type CellReader } from '../sql/cells.ts';
import { tableParts } from '../sql/table-path.ts';
import { readersOf, type SqliteCell } from './types.ts';

const BATCH_BYTES = 16 * 2 ** 20;

/**
 * Reads a table or a query in one transaction, twice: for the types of its columns, and for its rows. A query is a part of another SELECT, so that
 * it can be nothing but a SELECT. SQLite computes in this process: what stops a long query is the end of the process.
 */
export async function readRows(database: Database, source: RowSource, { after, batchRows }: RowReadOptions, signal: AbortSignal): Promise<ReadRows> {
  database.exec('BEGIN');
  try {
    const select = 'query' in source ? source.query.replace(/[\s;]+$/, '') : `SELECT * FROM ${quoteName(existing(database, source.table))}`;
    const within = `SELECT * FROM (${select}\n) AS source`;
    const columns = prepare(database, within).columns();
    const readers = readersOf(database, select, columns);
    const { text, values } = beyond(readers, after);
    const rows = prepare(database, `${after ? within : select}${text}`)
      .raw()
      .safeIntegers();
    return { columns: readers.map(({ schema }) => schema), batches: batches(database, rows, values, readers, batchRows, signal) };
  } catch (error) {
    database.exec('ROLLBACK');
    throw failureOf(error);
  }
}

/** The name of a table or view that is there. Errors: `connection_failed`. */
function existing(database: Database, path: string): string {
  const [name = ''] = tableParts(path, 1);
  const found = database.prepare(`SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE`).pluck().get(name);
  if (typeof found !== 'string') throw new NodeError('connection_failed', `The file has no table “${path}”.`, { param: 'table' });
  return found;
}

function prepare(database: Database, text: string): Statement {
  const statement = database.prepare(text);
  if (statement.reader && statement.readonly) return statement;
  throw new NodeError('sql_refused', 'One SELECT is read, nothing else.', { param: 'query' });
}

/** What follows a SELECT for the rows beyond a watermark, in its order. */
function beyond(readers: readonly CellReader<SqliteCell>[], after: RowReadOptions['after']): { text: string; values: (string | number | bigint)[] } {
  if (!after) return { text: '', values: [] };
  const reader = readers.find(({ schema }) => schema.name === after.column);
  const names = readers.map(({ schema }) => schema.name).join(', ');
  if (!reader) throw new NodeError('column_missing', `The source has no column “${after.column}”. It has ${names}.`);
  const { name, type } = reader.schema;
  const [column, { value }] = [quoteName(name), after];
  if (value === null) return { text: ` ORDER BY ${column}`, values: [] };
  // Dates are kept as texts of several forms, whose order is not that of time.
  if (type === 'datetime') return { text: ` WHERE modelwright_instant(${column}) > ? ORDER BY modelwright_instant(${column})`, values: [watermark(value)] };
  if (type === 'text') return { text: ` WHERE ${column} > ? ORDER BY ${column}`, values: [value] };
  if (!/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) throw new NodeError('parameter_invalid', `“${value}” is no number to compare with.`);
  return { text: ` WHERE ${column} > ? ORDER BY ${column}`, values: [/^[+-]?\d+$/.test(value) ? BigInt(value) : Number(value)] };
}

function watermark(value: string): number {
  const instant = instantOf(value.replace(/Z$/, ''));
  if (Number.isNaN(instant)) throw new NodeError('parameter_invalid', `“${value}” is no date. Write it as 2024-01-31 or 2024-01-31 12:00:00.`);
  return instant;
}

async function* batches(
  database: Database,
  statement: Statement,
  values: readonly (string | number | bigint)[],
  readers: readonly CellReader<SqliteCell>[],
  batchRows: number,
  signal: AbortSignal,
): AsyncGenerator<RowBatch> {
  let [rows, bytes] = [[] as (SqliteCell | null)[][], 0];
  try {
    for (const row of statement.iterate(...values) as IterableIterator<(SqliteCell | null)[]>) {
      rows.push(row);
      for (const cell of row) bytes += typeof cell === 'string' || Buffer.isBuffer(cell) ? cell.length : 8;
      if (rows.length < batchRows && bytes < BATCH_BYTES) continue;
      await setImmediate();
      signal.throwIfAborted();
      yield batchOf(readers, rows);
      [rows, bytes] = [[], 0];
    }
    if (rows.length > 0) yield batchOf(readers, rows);
  } catch (error) {
    throw failureOf(error);
  } finally {
    database.exec('ROLLBACK');
  }
}

/** SQLite's own errors, and the driver's where a text is no single statement, are mistakes of the query. */
function failureOf(error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (error instanceof NodeError || (error instanceof Error && error.name === 'AbortError')) return error;
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') return new NodeError('connection_failed', 'The SQLite file is damaged.', { param: 'file' });
  if (code === 'SQLITE_ERROR' || error instanceof RangeError) return new NodeError('sql_invalid', `SQLite answers: ${message}.`, { param: 'query' });
  return code?.startsWith('SQLITE') ? new NodeError('connection_failed', `SQLite answers: ${message}.`) : error;
}
