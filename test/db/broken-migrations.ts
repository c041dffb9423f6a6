import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Sqlite from 'better-sqlite3';
import { expect } from 'vitest';
import { openDatabase } from '#server/db/client.ts';

const child = join(import.meta.dirname, 'migrate-child.ts');
const PARENTS = 10_000;

const FIRST = [
  'CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT',
  'CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE) STRICT',
  `INSERT INTO parents WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ${PARENTS}) SELECT value, 'parent ' || value FROM n`,
  'INSERT INTO children SELECT id, id FROM parents',
];
/** Takes a while and rewrites everything: a rebuilt parent, a new table that is filled, a dropped index. */
const SECOND = [
  'CREATE TABLE __new_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL, length INTEGER NOT NULL) STRICT',
  'INSERT INTO __new_parents SELECT id, name, length(name) FROM parents',
  'DROP TABLE parents',
  'ALTER TABLE __new_parents RENAME TO parents',
  'CREATE INDEX parents_name ON parents (name)',
  'CREATE TABLE names (name TEXT PRIMARY KEY) STRICT',
  'INSERT INTO names SELECT name FROM parents',
  'CREATE INDEX children_parent ON children (parent)',
];

/** A folder of migrations as drizzle-kit writes them. */
function migrationsOf(folder: string, name: string, ...each: readonly (readonly string[])[]): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'meta'), { recursive: true });
  const entries = each.map((statements, index) => {
    writeFileSync(join(path, `000${index}_m.sql`), statements.join(';\n--> statement-breakpoint\n'));
    return { idx: index, version: '6', when: 1_000 + index, tag: `000${index}_m`, breakpoints: true };
  });
  writeFileSync(join(path, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'sqlite', entries }));
  return path;
}

/** Opens what is left without migrating it. */
function stateOf(file: string): 'old' | 'new' {
  const client = new Sqlite(file);
  try {
    expect(client.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(client.pragma('foreign_key_check')).toEqual([]);
    const tables = client.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`).pluck().all();
    const isNew = client.prepare('SELECT count(*) FROM __drizzle_migrations').pluck().get() === 2;
    expect(tables).toEqual(isNew ? ['__drizzle_migrations', 'children', 'names', 'parents'] : ['__drizzle_migrations', 'children', 'parents']);
    for (const table of isNew ? ['parents', 'children', 'names'] : ['parents', 'children'])
      expect(client.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(PARENTS);
    return isNew ? 'new' : 'old';
  } finally {
    client.close();
  }
}

/** Runs the migration in a process of its own that is killed after so many milliseconds, or not at all. Gives how long it took. */
async function migrateElsewhere(file: string, migrations: string, killAfter: number | null): Promise<number> {
  const started = spawn(process.execPath, [child, file, migrations], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(started, 'close');
  let began = 0;
  let took = 0;
  for await (const line of createInterface({ input: started.stdout })) {
    if (line === 'end') took = performance.now() - began;
    if (line !== 'begin') continue;
    began = performance.now();
    if (killAfter !== null) setTimeout(() => started.kill('SIGKILL'), killAfter);
  }
  await ended;
  return took;
}

/** Kills the migration of a fresh database at random times; what is left must be the old schema or the new one, and the next start must end it. */
export async function killMigrations(folder: string, rounds: number): Promise<void> {
  const first = migrationsOf(folder, 'first', FIRST);
  const both = migrationsOf(folder, 'both', FIRST, SECOND);
  const original = join(folder, 'original.sqlite');
  openDatabase(original, { migrationsFolder: first }).$client.close();
  const freshCopy = (name: string): string => {
    mkdirSync(join(folder, name));
    cpSync(original, join(folder, name, 'modelwright.sqlite'));
    return join(folder, name, 'modelwright.sqlite');
  };
  const undisturbed = freshCopy('undisturbed');
  const milliseconds = await migrateElsewhere(undisturbed, both, null);
  expect(stateOf(undisturbed)).toBe('new');

  for (let round = 0; round < rounds; round++) {
    const file = freshCopy(`round-${round}`);
    const at = Math.random() * milliseconds;
    await migrateElsewhere(file, both, at);
    const state = stateOf(file);
    const backups = join(folder, `round-${round}`, 'backups');
    const copies = existsSync(backups) ? readdirSync(backups).filter((name) => name.endsWith('.sqlite')) : [];
    for (const copy of copies) expect(stateOf(join(backups, copy)), `the copy, killed after ${at} ms`).toBe('old');
    if (state === 'new') expect(copies).toHaveLength(1);
    openDatabase(file, { migrationsFolder: both }).$client.close();
    expect(stateOf(file)).toBe('new');
  }
}

/** Lets the migration fail after each number of its statements; nothing may have changed, and no copies may pile up. */
export function failMigrations(folder: string): void {
  const file = join(folder, 'modelwright.sqlite');
  openDatabase(file, { migrationsFolder: migrationsOf(folder, 'first', FIRST) }).$client.close();
  for (let at = 0; at <= SECOND.length; at++) {
    const broken = migrationsOf(folder, `broken-${at}`, FIRST, [...SECOND.slice(0, at), 'SELECT no_such_function()']);
    expect(() => openDatabase(file, { migrationsFolder: broken })).toThrow(/no_such_function/);
    expect(stateOf(file)).toBe('old');
  }
  expect(readdirSync(join(folder, 'backups'))).toEqual([]);
}
