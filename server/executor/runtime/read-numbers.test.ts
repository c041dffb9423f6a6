import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { readNumbers } from './read-numbers.ts';

let folder: string;
let connection: DuckDBConnection;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-numbers-'));
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});

const NAMES = ['id', 'a "b"', 'Größe', 'small'];
const LINES = 120_000;

/** A line of cells that never comes twice; some are empty. */
function cellsOf(row: number): string[] {
  const mixed = (row * 2_654_435_761) % 4_294_967_296;
  return [
    String(row - 60_000),
    row % 11 === 0 ? '' : String((mixed / 1e6) * (row % 2 === 0 ? 1 : -1)),
    row % 5 === 0 ? `${mixed}.5e-${row % 30}` : String(mixed / 7),
    row % 3 === 0 ? '' : String(mixed % 7),
  ];
}
const lines = (end = '\n'): string => Array.from({ length: LINES }, (_, row) => cellsOf(row).join(';')).join(end);

async function read(text: string, { header = false, names = NAMES } = {}) {
  const [path, target] = [join(folder, 'data.csv'), join(folder, 'data.parquet')];
  writeFileSync(path, text);
  const written = await readNumbers({ path, delimiter: ';', header, names, target, threads: 2, signal: new AbortController().signal });
  return { path, target, written };
}

test.each([
  ['lines', '\n', ''],
  ['lines that end in two characters, with a header and a last end', '\r\n', '\r\n'],
])(
  '%s of numbers give what the reader for all files gives',
  async (_, end, last) => {
    const header = last !== '';
    const { path, target, written } = await read(`${header ? `id;a;b;small${end}` : ''}${lines(end)}${last}`, { header });
    expect(written).toMatchObject({ rowCount: LINES, sealed: { hash: createHash('sha256').update(readFileSync(target)).digest('hex') } });
    expect(written!.schema.columns.map(({ name, type, nullable }) => [name, type, nullable])).toEqual([
      ['id', 'integer', false],
      ['a "b"', 'number', true],
      ['Größe', 'number', false],
      ['small', 'integer', true],
    ]);
    const columns = `{'id': 'BIGINT', 'a "b"': 'DOUBLE', 'Größe': 'DOUBLE', 'small': 'BIGINT'}`;
    const original = `read_csv('${path}', delim = ';', header = ${header}, auto_detect = false, columns = ${columns})`;
    for (const [one, other] of [
      [original, `read_parquet('${target}')`],
      [`read_parquet('${target}')`, original],
    ]) {
      const numbered = (from: string | undefined) => `SELECT row_number() OVER () AS place, * FROM ${from}`;
      const left = await connection.runAndReadAll(`SELECT count(*) FROM (${numbered(one)} EXCEPT ${numbered(other)})`);
      expect(left.getRows()).toEqual([[0n]]);
    }
    const facts = await connection.runAndReadAll(`SELECT min(id), max(id) FROM '${target}' WHERE id > 59990 AND "a ""b""" IS NOT NULL`);
    expect(facts.getRows()).toEqual([[59_991n, 59_998n]]);
    const metadata = await connection.runAndReadAll(`SELECT decode(value) FROM parquet_kv_metadata('${target}')`);
    expect(JSON.parse(metadata.getRows()[0]![0] as string)).toMatchObject(NAMES.map((name) => ({ name })));
  },
  60_000,
);

test('are read where less is free than is set aside for them and not taken', async () => {
  const free = vi.spyOn(process, 'availableMemory').mockReturnValue(2 ** 26);
  onTestFinished(() => free.mockRestore());
  expect((await read(lines())).written).toMatchObject({ rowCount: LINES });
});

test('a fraction far below makes a column one of numbers', async () => {
  const { written } = await read(`${lines()}\n7;1;1;2.5\n`);
  expect(written!.schema.columns.map(({ type }) => type)).toEqual(['integer', 'number', 'number', 'number']);
  expect(written!.rowCount).toBe(LINES + 1);
});

test.each([
  ['a word', '7;x;1;2'],
  ['quotes', '7;"1";1;2'],
  ['too few cells', '7;1;1'],
  ['an empty line', ''],
  ['leading zeros', '007;1;1;2'],
  ['another line end', '7;1;1;2\r'],
])(
  '%s far below is the other reader’s matter',
  async (_, line) => {
    expect((await read(`${lines()}\n${line}\n7;1;1;2\n`)).written).toBeNull();
  },
  60_000,
);

test('a column without a value is the other reader’s matter', async () => {
  const text = Array.from({ length: 500_000 }, (_, row) => `${row};;1;2`).join('\n');
  expect((await read(text)).written).toBeNull();
});
