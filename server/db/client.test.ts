import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseRefused, openDatabase, refuseOldSqlite } from './client.ts';
import { newId } from './ids.ts';
import { lockDataFolder } from './lock.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-db-'));
  file = join(folder, 'modelwright.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of migrations as drizzle-kit writes them. */
function migrationsOf(...statements: string[]): string {
  const path = join(folder, `migrations-${statements.length}`);
  mkdirSync(join(path, 'meta'), { recursive: true });
  const entries = statements.map((sql, index) => {
    writeFileSync(join(path, `000${index}_m.sql`), sql);
    return { idx: index, version: '6', when: 1_000 + index, tag: `000${index}_m`, breakpoints: true };
  });
  writeFileSync(join(path, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'sqlite', entries }));
  return path;
}

const FIRST = `CREATE TABLE parents (id TEXT PRIMARY KEY) STRICT;
--> statement-breakpoint
CREATE TABLE children (id TEXT PRIMARY KEY, parent TEXT NOT NULL REFERENCES parents (id) ON DELETE CASCADE) STRICT;
--> statement-breakpoint
INSERT INTO parents VALUES ('a'), ('b');
--> statement-breakpoint
INSERT INTO children VALUES ('1', 'a'), ('2', 'a'), ('3', 'b');`;
/** What drizzle-kit generates for a changed column: with foreign keys on, dropping the old table would delete all children. */
const REBUILD = `PRAGMA foreign_keys=OFF;
--> statement-breakpoint
CREATE TABLE __new_parents (id TEXT PRIMARY KEY, name TEXT) STRICT;
--> statement-breakpoint
INSERT INTO __new_parents (id) SELECT id FROM parents;
--> statement-breakpoint
DROP TABLE parents;
--> statement-breakpoint
ALTER TABLE __new_parents RENAME TO parents;
--> statement-breakpoint
PRAGMA foreign_keys=ON;`;

describe('openDatabase', () => {
  test('every table is STRICT and carries its workspace', () => {
    const { $client } = openDatabase(file);
    const tables = $client
      .prepare(`SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .all() as { name: string; strict: number }[];
    expect(tables.length).toBeGreaterThan(25);
    expect(tables.filter((table) => table.strict === 0)).toEqual([]);
    for (const { name } of tables) {
      const columns = $client.pragma(`table_info(${name})`) as { name: string }[];
      if (name !== 'workspaces' && name !== '__drizzle_migrations')
        expect(
          columns.map((column) => column.name),
          name,
        ).toContain('workspace_id');
    }
    $client.close();
  });

  test('sets what keeps acknowledged work on every open, not only the first', () => {
    for (let open = 0; open < 2; open++) {
      const { $client } = openDatabase(file);
      const read = (pragma: string) => $client.pragma(pragma, { simple: true });
      expect([read('journal_mode'), read('synchronous'), read('foreign_keys'), read('busy_timeout')]).toEqual(['wal', 2, 1, 5000]);
      $client.close();
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('the schema and the migrations agree', () => {
    const db = openDatabase(file);
    const run = db.$client.pragma('table_info(runs)') as { name: string }[];
    expect(run.map((column) => column.name)).toEqual(expect.arrayContaining(['status', 'attempt', 'lease_owner', 'lease_no', 'lease_until', 'deadline']));
    db.$client.close();
  });

  test('rebuilding a table keeps the rows that cascade from it, after a copy was made', () => {
    openDatabase(file, { migrationsFolder: migrationsOf(FIRST) }).$client.close();
    const { $client } = openDatabase(file, { migrationsFolder: migrationsOf(FIRST, REBUILD), backupFolder: join(folder, 'copies') });
    expect($client.prepare('SELECT count(*) FROM children').pluck().get()).toBe(3);
    expect($client.pragma('foreign_keys', { simple: true })).toBe(1);
    $client.close();
    const copies = readdirSync(join(folder, 'copies'));
    expect(copies).toHaveLength(1);
    const copy = new Sqlite(join(folder, 'copies', copies[0]!), { readonly: true });
    expect(copy.prepare('SELECT count(*) FROM children').pluck().get()).toBe(3);
    expect((copy.pragma('table_info(parents)') as unknown[]).length).toBe(1);
    copy.close();
  });

  test('a migration that would leave rows without what they belong to changes nothing', () => {
    openDatabase(file, { migrationsFolder: migrationsOf(FIRST) }).$client.close();
    const broken = migrationsOf(FIRST, `DELETE FROM parents WHERE id = 'a';`);
    expect(() => openDatabase(file, { migrationsFolder: broken })).toThrow(/2 rows without what they belong to/);
    const { $client } = openDatabase(file, { migrationsFolder: migrationsOf(FIRST) });
    expect($client.prepare('SELECT count(*) FROM parents').pluck().get()).toBe(2);
    $client.close();
  });

  test('refuses a database of a newer version', () => {
    openDatabase(file, { migrationsFolder: migrationsOf(FIRST, REBUILD) }).$client.close();
    expect(() => openDatabase(file, { migrationsFolder: migrationsOf(FIRST) })).toThrow(/written by a newer version/);
  });

  test('refuses a SQLite that can corrupt its file', () => {
    expect(() => refuseOldSqlite('3.51.2')).toThrow(DatabaseRefused);
    expect(() => refuseOldSqlite('3.45.1')).toThrow(DatabaseRefused);
    for (const good of ['3.51.3', '3.52.0', '4.0.0']) refuseOldSqlite(good);
  });
});

describe('lockDataFolder', () => {
  test('refuses a second claim and says who holds the first', () => {
    const lock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(`(process ${process.pid})`);
    lock.release();
    lockDataFolder(folder).release();
  });
});

test('ids are in the order of their making, also within a millisecond and when the clock goes back', () => {
  const ids = [newId(5_000_000_000_000), newId(5_000_000_000_000), newId(4_000_000_000_000), ...Array.from({ length: 10_000 }, () => newId())];
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
