import type { ConnectionItem } from '../kind.ts';
import { tableParts, tablePath } from '../sql/table-path.ts';
import type { MysqlSession } from './session.ts';

const MOST_ITEMS = 10_000;

export const quoteMysqlName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

export const quotePath = (path: string): string => tableParts(path, 2).map(quoteMysqlName).join('.');

/** A text that means the same under every way of quoting that a server may be set to. */
export const quoteMysqlText = (text: string): string => `CONVERT(x'${Buffer.from(text).toString('hex')}' USING utf8mb4)`;

const VISIBLE = `table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')`;

/** Tables and views of the connection's database; without one, databases first. */
export async function listTables(session: MysqlSession, path: string): Promise<readonly ConnectionItem[]> {
  const own = session.settings.database.trim();
  if (path === '' && own === '') {
    const { rows } = await session.query(`SELECT DISTINCT table_schema FROM information_schema.tables WHERE ${VISIBLE} ORDER BY 1 LIMIT ${MOST_ITEMS}`);
    return rows.map(([name]) => ({ path: tablePath([String(name)]), type: 'folder' }));
  }
  const database = path === '' ? own : tableParts(path, 1)[0]!;
  const { rows } = await session.query(
    `SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = ${quoteMysqlText(database)} ORDER BY 1 LIMIT ${MOST_ITEMS}`,
  );
  return rows.map(([name, type]) => ({
    path: tablePath(path === '' ? [String(name)] : [database, String(name)]),
    type: String(type).includes('VIEW') ? 'view' : 'table',
  }));
}

/** What was found, in words. */
export async function describeServer(session: MysqlSession): Promise<string> {
  const own = session.settings.database.trim();
  const { rows } = await session.query(
    `SELECT count(*) FROM information_schema.tables WHERE ${own === '' ? VISIBLE : `table_schema = ${quoteMysqlText(own)}`}`,
  );
  const count = String(rows[0]?.[0] ?? 0);
  const tables = count === '1' ? '1 table or view' : `${count} tables and views`;
  return `${session.version}, ${tables} that can be seen, ${session.encrypted ? 'encrypted' : 'not encrypted'}.`;
}

/** The names of a table's columns, in lower case as MySQL compares them; none when there is no such table. */
export async function columnsOf(session: MysqlSession, path: string): Promise<ReadonlySet<string>> {
  const parts = tableParts(path, 2);
  const database = parts.length > 1 ? quoteMysqlText(parts[0]!) : 'DATABASE()';
  const { rows } = await session.query(
    `SELECT column_name FROM information_schema.columns WHERE table_schema = ${database} AND table_name = ${quoteMysqlText(parts.at(-1)!)}`,
    'table',
  );
  return new Set(rows.map(([name]) => String(name).toLowerCase()));
}
