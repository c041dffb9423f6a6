import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDatabase, type Database } from './client.ts';
import { emptyWal, keepWalSmall, WAL_BYTES, walBytes } from './wal.ts';

let folder: string;
let file: string;
let db: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-wal-'));
  file = join(folder, 'modelwright.sqlite');
  db = openDatabase(file);
  db.$client.exec('CREATE TABLE pages (content BLOB NOT NULL) STRICT');
});
afterEach(() => {
  vi.useRealTimers();
  db.$client.close();
  rmSync(folder, { recursive: true, force: true });
});

const MEGABYTE = 2 ** 20;
function write(megabytes: number): void {
  const insert = db.$client.prepare('INSERT INTO pages VALUES (?)');
  for (let each = 0; each < megabytes; each++) insert.run(Buffer.alloc(MEGABYTE, each));
}
/** Another program that has begun to read and does not end. */
function longReader(): Sqlite.Database {
  const reader = new Sqlite(file, { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM pages').get();
  return reader;
}

test('stays small while nobody reads for long', () => {
  const insert = db.$client.prepare('INSERT INTO pages VALUES (?)');
  for (let each = 0; each < 800; each++) insert.run(Buffer.alloc(32_768));
  expect(walBytes(file)).toBeLessThan(8 * MEGABYTE);
});

test('shrinks by itself, with the writes that follow, when a long reader has ended', () => {
  const reader = longReader();
  write(WAL_BYTES / MEGABYTE + 8);
  expect(walBytes(file)).toBeGreaterThan(WAL_BYTES);
  reader.close();
  write(8);
  expect(walBytes(file)).toBeLessThanOrEqual(WAL_BYTES);
});

test('is emptied without waiting for a reader, who still sees what was there at the begin', () => {
  const reader = longReader();
  write(3);
  expect(emptyWal(db.$client)).toBe(false);
  expect(db.$client.pragma('busy_timeout', { simple: true })).toBe(5_000);
  expect(reader.prepare('SELECT count(*) FROM pages').pluck().get()).toBe(0);
  write(1);
  reader.close();
  expect(emptyWal(db.$client)).toBe(true);
  expect(walBytes(file)).toBe(0);
  expect(db.$client.prepare('SELECT count(*) FROM pages').pluck().get()).toBe(4);
});

test('is looked after while the server runs; a reader who holds it is told of', () => {
  vi.useFakeTimers();
  const stuck: number[] = [];
  const end = keepWalSmall(db.$client, { everyMilliseconds: 1_000, most: MEGABYTE, onStuck: (bytes) => stuck.push(bytes) });
  const reader = longReader();
  write(2);
  vi.advanceTimersByTime(1_000);
  expect(stuck).toHaveLength(1);
  reader.close();
  vi.advanceTimersByTime(1_000);
  expect(stuck).toHaveLength(1);
  expect(walBytes(file)).toBe(0);
  end();
  write(2);
  vi.advanceTimersByTime(5_000);
  expect(walBytes(file)).toBeGreaterThan(MEGABYTE);
});
