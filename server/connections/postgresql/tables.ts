import { quoteName } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ConnectionItem } from '../kind.ts';
import { tableParts, tablePath } from '../sql/table-path.ts';
import type { PostgresqlSession } from './session.ts';

const MOST_ITEMS = 10_000;

export const quotePath = (path: string): string => tableParts(path, 2).map(quoteName).join('.');

/** A table or view that is there. Errors: `connection_failed`. */
export async function findTable(session: PostgresqlSession, path: string): Promise<{ readonly quoted: string; readonly id: string }> {
  const quoted = quotePath(path);
  const { rows } = await session.query('SELECT pg_catalog.to_regclass($1)::oid', [quoted]);
  const id = rows[0]?.[0];
  if (!id) throw new NodeError('connection_failed', `There is no table “${path}” in the database ${session.settings.database}.`, { param: 'table' });
  return { quoted, id };
}

const VISIBLE = `FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT c.relispartition
  AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')`;

/** Schemas, or the tables and views of one; those alone that the user may read. */
export async function listTables(session: PostgresqlSession, path: string): Promise<readonly ConnectionItem[]> {
  if (path === '') {
    const { rows } = await session.query(`SELECT DISTINCT n.nspname ${VISIBLE} ORDER BY 1 LIMIT ${MOST_ITEMS}`);
    return rows.map(([name]) => ({ path: tablePath([name!]), type: 'folder' }));
  }
  const [schema = ''] = tableParts(path, 1);
  const kind = `CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END`;
  const { rows } = await session.query(`SELECT c.relname, ${kind} ${VISIBLE} AND n.nspname = $1 ORDER BY 1 LIMIT ${MOST_ITEMS}`, [schema]);
  return rows.map(([name, type]) => ({ path: tablePath([schema, name!]), type: type === 'view' ? 'view' : 'table' }));
}

/** What was found, in words. */
export async function describeServer(session: PostgresqlSession): Promise<string> {
  const { rows } = await session.query(`SELECT current_setting('server_version'), count(*) ${VISIBLE}`);
  const [version = '', count = '0'] = rows[0] ?? [];
  const tables = count === '1' ? '1 table or view' : `${count} tables and views`;
  return `PostgreSQL ${version?.split(' ')[0]}, ${tables} that can be read, ${session.encrypted ? 'encrypted' : 'not encrypted'}.`;
}
