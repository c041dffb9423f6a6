import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openDatabase } from './client.ts';
import { sql } from './drizzle.ts';

const root = join(import.meta.dirname, '../..');
// Connections lead to other people's databases.
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'server'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((name) => /(?<!\.test)\.ts$/.test(name) && !name.startsWith('server/connections/') && existsSync(join(root, name)));

/** What follows each transaction that is made on the driver itself, after its closing parenthesis. */
function transactionsOf(source: string): string[] {
  return [...source.matchAll(/client\s*\.transaction\(/gi)].map((match) => {
    let depth = 1;
    let at = match.index + match[0].length;
    for (; depth > 0 && at < source.length; at++) depth += source[at] === '(' ? 1 : source[at] === ')' ? -1 : 0;
    return source.slice(at).trimStart();
  });
}

describe('write transactions', () => {
  test('of the driver begin immediate', () => {
    const all = files.flatMap((name) => transactionsOf(readFileSync(join(root, name), 'utf8')).map((after) => ({ name, after })));
    expect(all.length).toBeGreaterThan(4);
    expect(all.filter(({ after }) => !after.startsWith('.immediate(')).map(({ name }) => name)).toEqual([]);
  });

  test('are never asked to begin in another way', () => {
    const bad = files.filter((name) =>
      /behavior: '(?:deferred|exclusive)'|BEGIN(?! (?:IMMEDIATE|EXCLUSIVE)\b)['"`; ]/.test(readFileSync(join(root, name), 'utf8')),
    );
    expect(bad).toEqual([]);
  });

  test('no cursor stays open: rows are read whole or page by page', () => {
    expect(files.filter((name) => /\.iterate\(/.test(readFileSync(join(root, name), 'utf8')))).toEqual([]);
  });

  test('of drizzle hold the lock from their begin, also nested ones', () => {
    const folder = mkdtempSync(join(tmpdir(), 'modelwright-db-'));
    const db = openDatabase(join(folder, 'modelwright.sqlite'));
    const other = new Sqlite(join(folder, 'modelwright.sqlite'), { timeout: 0 });
    const refused = (): unknown => {
      try {
        other.exec('BEGIN IMMEDIATE; COMMIT');
        return null;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(refused()).toBeNull();
    db.transaction((tx) => {
      expect(refused()).toBe('SQLITE_BUSY');
      db.transaction(() => expect(refused()).toBe('SQLITE_BUSY'));
      tx.run(sql`INSERT INTO workspaces VALUES ('w', 'W', 0)`);
    });
    expect(refused()).toBeNull();
    expect(other.prepare('SELECT count(*) FROM workspaces').pluck().get()).toBe(1);
    other.close();
    db.$client.close();
    rmSync(folder, { recursive: true });
  });
});
