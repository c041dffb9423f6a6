import Database from 'better-sqlite3';
import { NodeError } from '#nodes/kit/issues.ts';
import { allowedPath } from '../allowed-folders.ts';
import type { ConnectionItem, ConnectionTools, OpenConnection } from '../kind.ts';
import { tablePath } from '../sql/table-path.ts';
import { readRows } from './read.ts';
import { addInstants } from './types.ts';

const MOST_ITEMS = 10_000;

/** Errors: `connection_refused`, `connection_failed`. */
export async function openSqlite(file: string, { signal, allowedFolders }: ConnectionTools): Promise<OpenConnection> {
  if (file.trim() === '') throw new NodeError('parameter_missing', 'Give the path of the file.', { param: 'file' });
  const path = await allowedPath(file, allowedFolders, 'file');
  const database = openFile(path);
  const list = (): readonly ConnectionItem[] => {
    const found = database
      .prepare(`SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1 LIMIT ${MOST_ITEMS}`)
      .all() as { name: string; type: 'table' | 'view' }[];
    return found.map(({ name, type }) => ({ path: tablePath([name]), type }));
  };
  return {
    async test() {
      const { length } = list();
      const version = database.prepare('SELECT sqlite_version()').pluck().get() as string;
      return `SQLite ${version}, ${length === 1 ? '1 table or view' : `${length} tables and views`}.`;
    },
    list: async () => list(),
    rows: { read: (source, options) => readRows(database, source, options, signal) },
    async close() {
      database.close();
    },
  };
}

/** Opens a file to read alone; a file that is damaged on purpose can do nothing but be refused. */
function openFile(path: string): Database.Database {
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: 10_000 });
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    database.pragma('mmap_size = 0');
    database.pragma('query_only = ON');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    addInstants(database);
    return database;
  } catch (error) {
    database?.close();
    const words =
      error instanceof Database.SqliteError && error.code === 'SQLITE_NOTADB'
        ? 'This is no SQLite file.'
        : `The file cannot be opened: ${String((error as Error).message)}.`;
    throw new NodeError('connection_failed', words, { param: 'file' });
  }
}
