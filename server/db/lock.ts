import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

export class DataFolderInUse extends Error {
  constructor(folder: string, holder: string) {
    super(`Another Modelwright server${holder} uses the data folder ${folder}. Stop that one, or choose another folder with MODELWRIGHT_DATA_DIR.`);
    this.name = 'DataFolderInUse';
  }
}

/** Collected as garbage, a connection would give up its lock. */
const held = new Set<Sqlite.Database>();

export interface FolderLock {
  release(): void;
}

/**
 * Claims a data folder for this process. The claim is a lock of the operating system on a small SQLite file, so it ends with the process
 * however that ends, and is never inherited by children.
 * @throws DataFolderInUse while another server holds it
 */
export function lockDataFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = new Sqlite(join(folder, 'server.lock'), { timeout: 0 });
  const note = join(folder, 'server.pid');
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) throw new DataFolderInUse(folder, holderOf(note));
    throw error;
  }
  writeFileSync(note, String(process.pid), { mode: 0o600 });
  held.add(lock);
  return {
    release: () => {
      held.delete(lock);
      lock.close();
    },
  };
}

function holderOf(note: string): string {
  try {
    return ` (process ${Number.parseInt(readFileSync(note, 'utf8'), 10)})`;
  } catch {
    return '';
  }
}
