import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Sqlite from 'better-sqlite3';

/**
 * Writes a consistent copy of an open database to `path`, where no file may be. The copy is whole and on the disk when it has that name; SQLite
 * itself neither syncs it nor keeps half a copy from view.
 */
export function copyDatabase(client: Sqlite.Database, path: string): void {
  if (existsSync(path)) throw new Error(`There is a file at ${path} already.`);
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  try {
    client.prepare('VACUUM INTO ?').run(partial);
    chmodSync(partial, 0o600);
    syncPath(partial);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  syncPath(dirname(path));
}

/** Makes what was written to a file, or the names in a folder, survive a power cut. */
export function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Copies the open database into the folder under the time of day, and returns the path. */
export function backupDatabase(client: Sqlite.Database, folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  let path = join(folder, `modelwright-${stamp}.sqlite`);
  for (let copy = 2; existsSync(path); copy++) path = join(folder, `modelwright-${stamp}-${copy}.sqlite`);
  copyDatabase(client, path);
  return path;
}
