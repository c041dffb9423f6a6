import { NodeError } from '#nodes/kit/issues.ts';
import { KEPT_DAYS, notesPath, writeKey } from '../sql/write-notes.ts';
import type { MysqlSession } from './session.ts';
import { columnsOf, quoteMysqlText, quotePath } from './tables.ts';

/** Notes of the writes of one step into one table. */
export interface WriteNotes {
  /** Whether an earlier try has written its rows. */
  written(): Promise<boolean>;
  /** Notes the write, in the transaction that does it. */
  note(): Promise<void>;
}

/** The table of notes, made where it is not there; null where the user has no right to it. */
export async function openNotes(session: MysqlSession, path: string, stepId: string): Promise<WriteNotes | null> {
  const [notes, key] = [notesPath(path), writeKey(stepId, path)];
  const quoted = quotePath(notes);
  if ((await columnsOf(session, notes)).size === 0) {
    const fields = 'write_key CHAR(64) CHARACTER SET ascii PRIMARY KEY, written_to TEXT NOT NULL, written_at DATETIME NOT NULL';
    if (!(await session.permitted(`CREATE TABLE IF NOT EXISTS ${quoted} (${fields}) CHARACTER SET utf8mb4 ENGINE = InnoDB`))) return null;
  } else {
    // It inserts nothing, and shows whether that is allowed.
    const trial = `INSERT INTO ${quoted} (write_key, written_to, written_at) SELECT '', '', UTC_TIMESTAMP() FROM ${quoted} WHERE 1 = 0`;
    if (!(await session.permitted(trial))) return null;
    await session.permitted(`DELETE FROM ${quoted} WHERE written_at < UTC_TIMESTAMP() - INTERVAL ${KEPT_DAYS} DAY`);
  }
  return {
    written: async () => (await session.query(`SELECT 1 FROM ${quoted} WHERE write_key = '${key}'`, 'table')).rows.length > 0,
    note: async () => {
      await session.query(`INSERT INTO ${quoted} VALUES ('${key}', ${quoteMysqlText(path)}, UTC_TIMESTAMP())`, 'table');
    },
  };
}

const WAIT_SECONDS = 30;

/** Does the work once no other try of the step is at it: one whose process has ended may still be under way on the server. Errors: `connection_failed`. */
export async function alone<T>(session: MysqlSession, path: string, mark: string, work: () => Promise<T>): Promise<T> {
  const { rows } = await session.query(`SELECT GET_LOCK('modelwright_${mark}', ${WAIT_SECONDS})`, 'table');
  if (String(rows[0]?.[0]) !== '1')
    throw new NodeError('connection_failed', `An earlier try of this step still writes into “${path}”. Run the step again when it has ended.`);
  try {
    return await work();
  } finally {
    await session.query(`SELECT RELEASE_LOCK('modelwright_${mark}')`).catch(() => undefined);
  }
}
