import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectRows } from '#test/support/rows.ts';
import type { OpenConnection } from '../kind.ts';
import { sqlite } from './sqlite.ts';

let folder: string;
let file: string;
let connection: OpenConnection;
const open = (path: string, { allowedFolders = [folder], signal = new AbortController().signal } = {}) =>
  sqlite.open(sqlite.settings.parse({ file: path }), {}, { signal, allowedHosts: [], allowedFolders });
const read = async (source: string, after?: { column: string; value: string | null }) =>
  collectRows(await connection.rows!.read(/^SELECT/.test(source) ? { query: source } : { table: source }, { batchRows: 1_000, after }));
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('It should have failed.'),
    (error: Error) => error,
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-sqlite-'));
  file = join(folder, 'shop.sqlite');
  const database = new Database(file);
  database.exec(`
    CREATE TABLE numbers AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 100000) SELECT id, id * 0.5 AS half, 'row ' || id AS name FROM n;
    CREATE TABLE types (whole INTEGER, mixed INTEGER, real REAL, yes BOOLEAN, count BOOLEAN, text TEXT, any_text INTEGER, day DATE, at DATETIME, not_at DATETIME, bytes BLOB, none);
    INSERT INTO types VALUES
      (9223372036854775807, 1, 1, 1, 2, '', 'x', '2024-02-29', '2024-02-29T12:00:00+02:00', '2024-02-30', x'00ff', NULL),
      (-1, 0.5, 1e999, 0, 0, '☃ "😀"', 1, NULL, '2024-02-29 12:00:00.123456', 'soon', 'text', NULL),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    CREATE TABLE "a ""table"".x" ("__proto__" int, "'; DROP TABLE numbers; --" int);
    INSERT INTO "a ""table"".x" VALUES (1, 2);
    CREATE VIEW seen AS SELECT * FROM numbers;
    CREATE TABLE bare (a INTEGER, b TEXT);
  `);
  database.close();
  connection = await open(file);
});
afterAll(async () => {
  await connection.close();
  rmSync(folder, { recursive: true, force: true });
});

test('says what it found, and lists tables and views', async () => {
  expect(await connection.test()).toMatch(/^SQLite 3\.\d+\.\d+, 5 tables and views\.$/);
  expect(await connection.list('')).toContainEqual({ path: '"a ""table"".x"', type: 'table' });
  expect(await connection.list('')).toContainEqual({ path: 'seen', type: 'view' });
});

test('every column has the type that holds its values', async () => {
  const { columns, batches } = await connection.rows!.read({ table: 'types' }, { batchRows: 10 });
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const all = await collectRows({ columns, batches });
  expect(Object.fromEntries([...all].map(([name, values]) => [name, [types.get(name), ...values]]))).toEqual({
    whole: ['integer', '9223372036854775807', '-1', null],
    mixed: ['number', 1, 0.5, null],
    real: ['number', 1, Infinity, null],
    yes: ['boolean', 1, 0, null],
    count: ['integer', 2, 0, null],
    text: ['text', '', '☃ "😀"', null],
    any_text: ['text', 'x', '1', null],
    day: ['datetime', Date.parse('2024-02-29'), null, null],
    at: ['datetime', Date.parse('2024-02-29T10:00:00Z'), Date.parse('2024-02-29T12:00:00.123Z'), null],
    not_at: ['text', '2024-02-30', 'soon', null],
    bytes: ['text', '\\x00ff', 'text', null],
    none: ['text', null, null, null],
  });
  expect(await read('bare')).toEqual(
    new Map([
      ['a', []],
      ['b', []],
    ]),
  );
});

test('100,000 rows come in batches; names are never pasted into SQL', async () => {
  const { batches } = await connection.rows!.read({ table: 'numbers' }, { batchRows: 7_000 });
  let rows = 0;
  for await (const { rowCount } of batches) rows += rowCount;
  expect(rows).toBe(100_000);
  const odd = new Map([
    ['__proto__', [1]],
    ["'; DROP TABLE numbers; --", [2]],
  ]);
  expect(await read('"a ""table"".x"', { column: "'; DROP TABLE numbers; --", value: '1' })).toEqual(odd);
});

test('a watermark gives what is beyond it, in its order', async () => {
  expect((await read('SELECT * FROM numbers ORDER BY id DESC', { column: 'id', value: '99997' })).get('id')).toEqual([99_998, 99_999, 100_000]);
  expect((await read('types', { column: 'at', value: '2024-02-29 10:00:00.000' })).get('text')).toEqual(['☃ "😀"']);
  expect((await read('SELECT id FROM numbers WHERE id < 3; ', { column: 'id', value: null })).get('id')).toEqual([1, 2]);
  expect((await failure(read('numbers', { column: 'gone', value: '1' }))).message).toMatch(/no column “gone”/);
});

test('nothing but one SELECT is read, and nothing can be written', async () => {
  const refused = [
    'INSERT INTO bare VALUES (1, 2)',
    'INSERT INTO bare VALUES (1, 2) RETURNING a',
    'CREATE TABLE made (a int)',
    'CREATE TEMP TABLE made (a int)',
    'SELECT 1 AS a; DROP TABLE bare',
    'SELECT 1) AS a; DROP TABLE bare; --',
    `ATTACH '/etc/passwd' AS other`,
    `VACUUM INTO '${join(tmpdir(), 'modelwright-copy')}'`,
    'PRAGMA journal_mode = WAL',
    `SELECT load_extension('/tmp/x.so') AS a`,
    `SELECT readfile('/etc/passwd') AS a`,
    `SELECT writefile('/tmp/x', 'x') AS a`,
  ];
  for (const query of refused) {
    const error = await failure(connection.rows!.read({ query }, { batchRows: 10 }).then(collectRows));
    expect(error, query).toMatchObject({ code: expect.stringMatching(/^sql_(invalid|refused)$/) });
  }
  expect((await read('SELECT count(*) AS n FROM bare')).get('n')).toEqual([0]);
});

test('a cancelled read ends, and one left early lets the connection be used again', async () => {
  const controller = new AbortController();
  const other = await open(file, { signal: controller.signal });
  const { batches } = await other.rows!.read({ table: 'numbers' }, { batchRows: 100 });
  const reading = failure(
    (async () => {
      for await (const batch of batches) if (batch.rowCount > 0) controller.abort();
    })(),
  );
  expect((await reading).name).toBe('AbortError');
  await other.close();
  for await (const batch of (await connection.rows!.read({ table: 'numbers' }, { batchRows: 10 })).batches) if (batch.rowCount > 0) break;
  expect((await read('SELECT 1 AS one')).get('one')).toEqual([1]);
});

test('only true SQLite files in allowed folders are opened', async () => {
  writeFileSync(join(folder, 'text'), 'This is no database, but long enough to be taken for one. '.repeat(100));
  symlinkSync('/etc/passwd', join(folder, 'link'));
  const attempts: [() => Promise<unknown>, RegExp][] = [
    [() => open(''), /Give the path/],
    [() => open('shop.sqlite'), /whole path/],
    [() => open('/etc/passwd'), /not within a folder/],
    [() => open(join(folder, 'link')), /not within a folder/],
    [() => open(join(folder, '../../etc/passwd')), /not within a folder/],
    [() => open(join(folder, 'gone')), /not within a folder/],
    [() => open(file, { allowedFolders: [] }), /not within a folder/],
    [() => open(folder), /cannot be opened/],
    [() => open(join(folder, 'text')), /no SQLite file/],
    [() => read('gone'), /no table “gone”/],
  ];
  for (const [attempt, message] of attempts) expect(await failure(attempt())).toMatchObject({ name: 'NodeError', message: expect.stringMatching(message) });
});
