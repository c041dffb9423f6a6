import { tableParts } from '../sql/table-path.ts';
import { KEPT_DAYS, notesPath, writeKey } from '../sql/write-notes.ts';
import type { PostgresqlSession } from './session.ts';
import { quotePath } from './tables.ts';

/** The quoted path of the table in which writes are noted, made where it is not there; null where the user has no right to it. */
export async function openNotes(session: PostgresqlSession, path: string): Promise<string | null> {
  const notes = quotePath(notesPath(path));
  const [schema = null] = tableParts(path, 2).slice(0, -1);
  const mayInsert = async (): Promise<string | null | undefined> =>
    (await session.query(`SELECT has_table_privilege(pg_catalog.to_regclass($1)::oid, 'INSERT')`, [notes])).rows[0]?.[0];
  const there = await mayInsert();
  if (there) {
    if (there !== 't') return null;
    await session.query(`DELETE FROM ${notes} WHERE written_at < now() - interval '${KEPT_DAYS} days'`).catch(() => undefined);
    return notes;
  }
  const mayCreate = await session.query(`SELECT has_schema_privilege(coalesce($1::text, current_schema()::text), 'CREATE')`, [schema]);
  if (mayCreate.rows[0]?.[0] !== 't') return null;
  const fields = 'key text PRIMARY KEY, written_to text NOT NULL, written_at timestamptz NOT NULL DEFAULT now()';
  try {
    await session.query(`CREATE TABLE IF NOT EXISTS ${notes} (${fields})`);
  } catch (error) {
    // Of two that make it at once one fails.
    if ((await mayInsert()) !== 't') throw error;
  }
  return notes;
}

/**
 * Notes a write in the transaction that does it; false where an earlier try of the step has written. While that one is still under way, it is
 * waited for.
 */
export async function noteWrite(session: PostgresqlSession, notes: string, stepId: string, path: string): Promise<boolean> {
  const { rowCount } = await session.query(`INSERT INTO ${notes} (key, written_to) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [writeKey(stepId, path), path]);
  return rowCount === 1;
}
