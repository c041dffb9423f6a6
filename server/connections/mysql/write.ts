import { randomBytes } from 'node:crypto';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ColumnSchema, ColumnType } from '#nodes/kit/table.ts';
import type { ReadRows, RowBatch, WriteEnd, WriteMode } from '../kind.ts';
import { cellOf } from '../sql/cells.ts';
import { tableParts, tablePath } from '../sql/table-path.ts';
import { writeKey } from '../sql/write-notes.ts';
import { missingColumns, tableExists, tableGone } from '../sql/writing.ts';
import type { MysqlSession } from './session.ts';
import { columnsOf, quoteMysqlName, quotePath } from './tables.ts';
import { alone, openNotes, type WriteNotes } from './write-notes.ts';

/** What a column becomes in a table that is made. */
const WRITTEN: Readonly<Record<ColumnType, string>> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  text: 'LONGTEXT',
  category: 'LONGTEXT',
  datetime: 'DATETIME(3)',
};

const MOST_VALUES = 32_000;
const MOST_BYTES = 512 * 1024;

/**
 * All rows or none. Statements that make tables commit by themselves, so a new table is filled under another name, and then takes its place in one
 * step. A write of a step is noted in the transaction of its rows, so that another try of it writes nothing, or ends what this one began.
 */
export async function writeRows(session: MysqlSession, path: string, rows: ReadRows, mode: WriteMode, stepId?: string): Promise<WriteEnd> {
  // The usual way of quoting and no cutting of values, whatever the server is set to.
  await session.query(`SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'`);
  const mark = stepId === undefined ? randomBytes(6).toString('hex') : writeKey(stepId, path).slice(0, 12);
  const beside = besideOf(path, mark);
  return alone(session, path, mark, async () => {
    const notes = stepId === undefined ? null : await openNotes(session, path, stepId);
    const noted = notes !== null;
    if (await notes?.written()) {
      if (mode !== 'append' && (await columnsOf(session, beside.made)).size > 0) await exchange(session, path, beside);
      return { earlier: true, noted };
    }
    await write(session, path, rows, mode, { beside, notes });
    return { earlier: false, noted };
  });
}

interface Writing {
  /** The paths of tables that stand for a moment beside the one that is written. */
  readonly beside: { readonly made: string; readonly old: string };
  readonly notes: WriteNotes | null;
}

function besideOf(path: string, mark: string): Writing['beside'] {
  const database = tableParts(path, 2).slice(0, -1);
  return { made: tablePath([...database, `modelwright_new_${mark}`]), old: tablePath([...database, `modelwright_old_${mark}`]) };
}

async function write(session: MysqlSession, path: string, rows: ReadRows, mode: WriteMode, writing: Writing): Promise<void> {
  const there = await columnsOf(session, path);
  if (mode === 'create' && there.size > 0) throw tableExists(path);
  if (mode !== 'append') return replaceTable(session, path, rows, writing);
  if (there.size === 0) throw tableGone(path);
  const missing = rows.columns.filter(({ name }) => !there.has(name.toLowerCase()));
  if (missing.length > 0) throw missingColumns(path, missing);
  await insertAll(session, path, rows, writing.notes);
}

async function replaceTable(session: MysqlSession, path: string, rows: ReadRows, { beside, notes }: Writing): Promise<void> {
  const made = quotePath(beside.made);
  const fields = rows.columns.map(({ name, type }) => `${quoteMysqlName(name)} ${WRITTEN[type]} NULL`);
  try {
    await session.query(`DROP TABLE IF EXISTS ${made}`, 'table');
    await session.query(`CREATE TABLE ${made} (${fields.join(', ')}) CHARACTER SET utf8mb4 ENGINE = InnoDB`, 'table');
    await insertAll(session, beside.made, rows, notes);
  } catch (error) {
    await session.query(`DROP TABLE IF EXISTS ${made}`).catch(() => undefined);
    throw error;
  }
  await exchange(session, path, beside);
}

/** The new table takes the place of the one that may be there, in one step. */
async function exchange(session: MysqlSession, path: string, beside: Writing['beside']): Promise<void> {
  const [made, old, target] = [beside.made, beside.old, path].map(quotePath) as [string, string, string];
  const there = (await columnsOf(session, path)).size > 0;
  await session.query(`DROP TABLE IF EXISTS ${old}`, 'table');
  await session.query(`RENAME TABLE ${there ? `${target} TO ${old}, ` : ''}${made} TO ${target}`, 'table');
  if (there) await session.query(`DROP TABLE ${old}`, 'table');
}

async function insertAll(session: MysqlSession, path: string, { columns, batches }: ReadRows, notes: WriteNotes | null): Promise<void> {
  await session.query('START TRANSACTION READ WRITE');
  try {
    await notes?.note();
    for await (const batch of batches) await insert(session, quotePath(path), columns, batch);
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** In statements of equal length, so that the server parses them once; no longer than every server takes. */
async function insert(session: MysqlSession, target: string, columns: readonly ColumnSchema[], { rowCount, values }: RowBatch): Promise<void> {
  const into = `INSERT INTO ${target} (${columns.map(({ name }) => quoteMysqlName(name)).join(', ')}) VALUES `;
  const marks = `(${columns.map(() => '?').join(', ')})`;
  const most = Math.max(1, Math.floor(MOST_VALUES / columns.length));
  let [cells, bytes] = [[] as (string | number | null)[], 0];
  const flush = async (): Promise<void> => {
    if (cells.length > 0) await session.execute(into + Array.from({ length: cells.length / columns.length }, () => marks).join(', '), cells);
    [cells, bytes] = [[], 0];
  };
  for (let row = 0; row < rowCount; row++) {
    for (const [index, { name, type }] of columns.entries()) {
      const cell = cellFor(name, type, values[index]![row]!);
      cells.push(cell);
      bytes += typeof cell === 'string' ? cell.length * 3 : 8;
    }
    if (cells.length >= most * columns.length || bytes >= MOST_BYTES) await flush();
  }
  await flush();
}

function cellFor(name: string, type: ColumnType, value: number | string | null): string | number | null {
  if (type === 'boolean' || type === 'number') {
    if (value === Infinity || value === -Infinity)
      throw new NodeError('connection_failed', `The column “${name}” holds an infinite number, which MySQL cannot keep.`);
    return typeof value === 'number' && Number.isNaN(value) ? null : value;
  }
  return cellOf(type, value);
}
