import { quoteName } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ColumnSchema, ColumnType } from '#nodes/kit/table.ts';
import type { ReadRows, RowBatch, WriteEnd, WriteMode } from '../kind.ts';
import { cellOf } from '../sql/cells.ts';
import { missingColumns, tableExists } from '../sql/writing.ts';
import type { PostgresqlSession } from './session.ts';
import { findTable, quotePath } from './tables.ts';
import { noteWrite, openNotes } from './write-notes.ts';

/** What a column becomes in a table that is made. */
const WRITTEN: Readonly<Record<ColumnType, string>> = {
  number: 'double precision',
  integer: 'bigint',
  boolean: 'boolean',
  text: 'text',
  category: 'text',
  datetime: 'timestamp with time zone',
};

const CELLS_AT_ONCE = 100_000;

/**
 * All rows or none, in one transaction, also where the table is made or replaced. A write of a step is noted in the same transaction, so that another
 * try of it writes nothing.
 */
export async function writeRows(session: PostgresqlSession, path: string, { columns, batches }: ReadRows, mode: WriteMode, stepId?: string): Promise<WriteEnd> {
  const notes = stepId === undefined ? null : await openNotes(session, path);
  await session.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  try {
    if (notes !== null && !(await noteWrite(session, notes, stepId!, path))) {
      await session.query('ROLLBACK');
      return { earlier: true, noted: true };
    }
    const quoted = quotePath(path);
    const types = mode === 'append' ? await typesOf(session, path, columns) : await createTable(session, path, quoted, columns, mode);
    for await (const batch of batches) await insert(session, quoted, columns, types, batch);
    await session.query('COMMIT');
    return { earlier: false, noted: notes !== null };
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function createTable(session: PostgresqlSession, path: string, quoted: string, columns: readonly ColumnSchema[], mode: WriteMode): Promise<string[]> {
  if (mode === 'replace') await session.query(`DROP TABLE IF EXISTS ${quoted}`);
  else if ((await session.query('SELECT pg_catalog.to_regclass($1)', [quoted])).rows[0]?.[0]) throw tableExists(path);
  await session.query(`CREATE TABLE ${quoted} (${columns.map(({ name, type }) => `${quoteName(name)} ${WRITTEN[type]}`).join(', ')})`);
  return columns.map(({ type }) => WRITTEN[type]);
}

/** The types of the columns of a table that is there, without lengths: what is too long is refused, not cut. */
async function typesOf(session: PostgresqlSession, path: string, columns: readonly ColumnSchema[]): Promise<string[]> {
  const { id } = await findTable(session, path);
  const { rows } = await session.query(
    'SELECT attname, pg_catalog.format_type(atttypid, -1) FROM pg_catalog.pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped',
    [id],
  );
  const types = new Map(rows.map(([name, type]) => [name!, type!]));
  const missing = columns.filter(({ name }) => !types.has(name));
  if (missing.length > 0) throw missingColumns(path, missing);
  return columns.map(({ name }) => types.get(name)!);
}

async function insert(session: PostgresqlSession, quoted: string, columns: readonly ColumnSchema[], types: readonly string[], batch: RowBatch): Promise<void> {
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const cells = columns.map((_, index) => `c${index}`);
  const select = cells.map((cell, index) => `CAST(${cell} AS ${types[index]})`).join(', ');
  const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const text = `INSERT INTO ${quoted} (${names}) SELECT ${select} FROM unnest(${arrays}) AS cells(${cells.join(', ')})`;
  const step = Math.max(1, Math.floor(CELLS_AT_ONCE / columns.length));
  for (let from = 0; from < batch.rowCount; from += step) {
    const to = Math.min(from + step, batch.rowCount);
    await session.query(
      text,
      columns.map(({ name, type }, index) => arrayText(name, type, batch.values[index]!, from, to)),
    );
  }
}

/** An array of texts as PostgreSQL reads it. */
function arrayText(name: string, type: ColumnType, values: RowBatch['values'][number], from: number, to: number): string {
  const cells: string[] = [];
  for (let row = from; row < to; row++) {
    const cell = cellOf(type, values[row]!);
    if (cell?.includes('\0')) throw new NodeError('connection_failed', `The column “${name}” holds a zero character, which PostgreSQL does not take.`);
    cells.push(cell === null ? 'NULL' : `"${cell.replace(/[\\"]/g, '\\$&')}"`);
  }
  return `{${cells.join(',')}}`;
}
