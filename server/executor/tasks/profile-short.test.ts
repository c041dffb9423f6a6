import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import type { ColumnSchema, ColumnType } from '#nodes/kit/table.ts';
import { profileLong } from './profile-long.ts';
import { profileShort } from './profile-short.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-profile-short-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns: readonly (readonly [name: string, type: ColumnType, sql: string])[] = [
  ['a number', 'number', `CASE WHEN row % 7 = 3 THEN NULL ELSE sin(row) * 1e3 END`],
  ['A "quoted" one', 'number', `CASE row % 11 WHEN 3 THEN 'inf'::DOUBLE WHEN 4 THEN '-inf'::DOUBLE ELSE row % 5 - 2 END`],
  ['huge', 'number', `CAST(row - 50 AS DOUBLE) * 1e200`],
  ['same', 'number', '7.5'],
  ['none', 'number', 'CAST(NULL AS DOUBLE)'],
  ['infinite', 'number', `'inf'::DOUBLE`],
  ['large', 'integer', '9007199254740990 + row % 9'],
  ['few', 'integer', 'row * row % 6'],
  ['flag', 'boolean', 'CASE WHEN row % 13 = 0 THEN NULL ELSE row % 3 = 0 END'],
  ['word', 'category', `CASE WHEN row % 5 = 0 THEN NULL ELSE 'level ' || (row * row % 23) END`],
  ['prose', 'text', `repeat('äx', row)`],
  ['empty', 'text', 'CAST(NULL AS VARCHAR)'],
  ['time', 'datetime', `TIMESTAMP '2024-02-28 12:00:00' + to_hours(CAST(row * row % 400 AS INTEGER))`],
  ['never', 'datetime', 'CAST(NULL AS TIMESTAMP)'],
];

it.each([0, 1, 2, 101])('gives of %d rows what is given of many', async (rowCount) => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const path = join(folder, `${rowCount}.parquet`);
  const fields = columns.map(([name, , sql]) => `${sql} AS "${name.replaceAll('"', '""')}"`);
  await connection.run(`COPY (SELECT ${fields.join(', ')} FROM (SELECT range AS row FROM range(${rowCount}))) TO '${path}' (FORMAT parquet)`);
  const schema = columns.map(([name, type]): ColumnSchema => ({ name, type, role: 'feature', nullable: true }));
  const { signal } = new AbortController();
  const short = await profileShort(connection, `read_parquet('${path}')`, schema, rowCount, signal);
  const byName = new Map((await profileLong(connection, path, schema, rowCount, signal)).map((each) => [each.name, each]));
  expect(short.length).toBe(columns.length);
  const near = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, each: unknown) => (typeof each === 'number' ? Number(each.toPrecision(12)) : each));
  for (const each of short) expect(near(each), each.name).toEqual(near(byName.get(each.name)));
  connection.closeSync();
  instance.closeSync();
});
