import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { backupDatabase } from './copy.ts';
import { drizzle, type BetterSQLite3Database, readMigrationFiles, type MigrationMeta } from './drizzle.ts';
import * as schema from './schema.ts';
import { WAL_BYTES, WAL_PAGES } from './wal.ts';

/** drizzle over better-sqlite3; the connection itself is `$client`. One process writes, see lock.ts. */
export type Database = BetterSQLite3Database<typeof schema> & { $client: Sqlite.Database };

export interface DatabaseOptions {
  /** Where the copy goes that is made before a migration; by default `backups` beside the file. */
  readonly backupFolder?: string;
  readonly migrationsFolder?: string;
}

export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';
}

/** From 3.7.0 up to here two connections could corrupt the file when the WAL was reset. */
const OLDEST_SQLITE = [3, 51, 3] as const;
const migrations = join(dirname(fileURLToPath(import.meta.url)), 'migrations');

/**
 * Opens the database and brings it to this version's schema; what was there is copied to the backup folder first.
 * @throws DatabaseRefused when SQLite is too old, or the file was written by a newer version
 */
export function openDatabase(file: string, options: DatabaseOptions = {}): Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const client = new Sqlite(file);
  try {
    refuseOldSqlite(String(client.prepare('SELECT sqlite_version()').pluck().get()));
    setPragmas(client);
    if (file !== ':memory:') chmodSync(file, 0o600);
    migrate(client, readMigrationFiles({ migrationsFolder: options.migrationsFolder ?? migrations }), options.backupFolder ?? join(dirname(file), 'backups'));
  } catch (error) {
    client.close();
    throw error;
  }
  return immediate(drizzle({ client, schema }));
}

/**
 * Every transaction takes the write lock at its begin. One that begins as a reader and writes later can be refused at that moment, however long
 * it would wait.
 */
function immediate(database: Database): Database {
  const transaction = database.transaction.bind(database);
  database.transaction = (work, config) => transaction(work, { behavior: 'immediate', ...config });
  return database;
}

export function refuseOldSqlite(version: string): void {
  const parts = version.split('.').map(Number);
  for (const [index, oldest] of OLDEST_SQLITE.entries()) {
    if ((parts[index] ?? 0) > oldest) return;
    if ((parts[index] ?? 0) < oldest) throw new DatabaseRefused(`SQLite ${version} can corrupt its file; ${OLDEST_SQLITE.join('.')} or newer is needed.`);
  }
}

/** These hold for a connection, not for the file: without them a later open would have synchronous=NORMAL and lose acknowledged work in a power cut. */
function setPragmas(client: Sqlite.Database): void {
  client.pragma('busy_timeout = 5000');
  client.pragma('journal_mode = WAL');
  client.pragma('synchronous = FULL');
  client.pragma('foreign_keys = ON');
  client.pragma('trusted_schema = OFF');
  client.pragma('mmap_size = 0');
  client.pragma('temp_store = MEMORY');
  client.pragma('cache_size = -65536');
  client.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  client.pragma(`journal_size_limit = ${WAL_BYTES}`);
}

/**
 * Applies what is not applied yet, in one transaction. Foreign keys are off on the connection meanwhile (inside a transaction the pragma does
 * nothing): rebuilding a table with them on would empty the tables that cascade from it.
 */
function migrate(client: Sqlite.Database, known: readonly MigrationMeta[], backupFolder: string): void {
  refuseNewer(client, known);
  const applied = appliedMigrations(client);
  const pending = known.filter((each) => !applied.includes(each.folderMillis));
  if (pending.length === 0) return;
  const copy = applied.length > 0 ? backupDatabase(client, backupFolder) : null;
  client.pragma('foreign_keys = OFF');
  try {
    client
      .transaction(() => {
        client.exec('CREATE TABLE IF NOT EXISTS __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT');
        for (const each of pending) {
          for (const statement of each.sql) client.exec(statement);
          client.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run(each.hash, each.folderMillis);
        }
        const broken = client.pragma('foreign_key_check') as unknown[];
        if (broken.length > 0)
          throw new DatabaseRefused(`The upgrade of the database would leave ${broken.length} rows without what they belong to; nothing was changed.`);
      })
      .immediate();
  } catch (error) {
    // Nothing has changed, so the copy tells nothing new; a server that is restarted again and again must not fill the disk with them.
    if (copy) rmSync(copy, { force: true });
    throw error;
  } finally {
    client.pragma('foreign_keys = ON');
  }
}

/** @throws DatabaseRefused when the database has been through a migration that this version does not know */
export function refuseNewer(client: Sqlite.Database, known: readonly MigrationMeta[] = readMigrationFiles({ migrationsFolder: migrations })): void {
  if (appliedMigrations(client).some((time) => !known.some((each) => each.folderMillis === time)))
    throw new DatabaseRefused('The database was written by a newer version of Modelwright. Start that version, or restore a backup made before the upgrade.');
}

/** The times that identify the migrations which the database has been through. */
export function appliedMigrations(client: Sqlite.Database): number[] {
  const exists = client.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '__drizzle_migrations'`).get();
  return exists ? (client.prepare('SELECT created_at FROM __drizzle_migrations').pluck().all() as number[]).map(Number) : [];
}
