import { randomBytes } from 'node:crypto';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ColumnSchema, ColumnType } from '#nodes/kit/table.ts';
import type { ReadRows, RowBatch, WriteMode } from '../kind.ts';
import { cellOf } from '../sql/cells.ts';
import { tableParts, tablePath } from '../sql/table-path.ts';
import { missingColumns, tableExists, tableGone } from '../sql/writing.ts';
import type { MysqlSession } from './session.ts';
import { quoteMysqlName, quoteMysqlText, quotePath } from './tables.ts';

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
 * step.
 */
export async function writeRows(session: MysqlSession, path: string, rows: ReadRows, mode: WriteMode): Promise<void> {
  // The usual way of quoting and no cutting of values, whatever the server is set to.
  await session.query(`SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'`);
  const there = await columnsOf(session, path);
  if (mode === 'create' && there.size > 0) throw tableExists(path);
  if (mode !== 'append') return replaceTable(session, path, rows, there.size > 0);
  if (there.size === 0) throw tableGone(path);
  const missing = rows.columns.filter(({ name }) => !there.has(name.toLowerCase()));
  if (missing.length > 0) throw missingColumns(path, missing);
  await insertAll(session, quotePath(path), rows);
}

/** The names of a table's columns, in lower case as MySQL compares them; none when there is no such table. */
async function columnsOf(session: MysqlSession, path: string): Promise<ReadonlySet<string>> {
  const parts = tableParts(path, 2);
  const database = parts.length > 1 ? quoteMysqlText(parts[0]!) : 'DATABASE()';
  const { rows } = await session.query(
    `SELECT column_name FROM information_schema.columns WHERE table_schema = ${database} AND table_name = ${quoteMysqlText(parts.at(-1)!)}`,
    'table',
  );
  return new Set(rows.map(([name]) => String(name).toLowerCase()));
}

async function replaceTable(session: MysqlSession, path: string, rows: ReadRows, there: boolean): Promise<void> {
  const database = tableParts(path, 2).slice(0, -1);
  const mark = randomBytes(6).toString('hex');
  const beside = (name: string): string => quotePath(tablePath([...database, `modelwright_${name}_${mark}`]));
  const [made, old, target] = [beside('new'), beside('old'), quotePath(path)];
  const fields = rows.columns.map(({ name, type }) => `${quoteMysqlName(name)} ${WRITTEN[type]} NULL`);
  try {
    await session.query(`CREATE TABLE ${made} (${fields.join(', ')}) CHARACTER SET utf8mb4`, 'table');
    await insertAll(session, made, rows);
    await session.query(`RENAME TABLE ${there ? `${target} TO ${old}, ` : ''}${made} TO ${target}`, 'table');
    if (there) await session.query(`DROP TABLE ${old}`, 'table');
  } catch (error) {
    await session.query(`DROP TABLE IF EXISTS ${made}`).catch(() => undefined);
    throw error;
  }
}

async function insertAll(session: MysqlSession, target: string, { columns, batches }: ReadRows): Promise<void> {
  await session.query('START TRANSACTION READ WRITE');
  try {
    for await (const batch of batches) await insert(session, target, columns, batch);
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
