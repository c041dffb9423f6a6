import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quoteName } from '#nodes/kit/define.ts';
import type { ColumnSchema, ColumnType } from '#nodes/kit/table.ts';
import type { ColumnProfile } from '../messages.ts';
import { ParquetFile } from '../runtime/parquet-file.ts';
import type { ColumnPage } from '../runtime/parquet-column.ts';
import { duplicateRows } from './profile-checks.ts';
import { profileLarge, type LargeProfile } from './profile-large.ts';
import { profileLong } from './profile-long.ts';
import { isMeasured } from './profile-short.ts';

const ROWS = 120_000;
const folder = mkdtempSync(join(tmpdir(), 'modelwright-profile-large-'));
const { signal } = new AbortController();
let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

const schemaOf = (columns: readonly (readonly [string, ColumnType])[]): ColumnSchema[] =>
  columns.map(([name, type]) => ({ name, type, role: 'feature', nullable: true }));

async function bothOf(path: string, columns: readonly ColumnSchema[]): Promise<{ large: LargeProfile; long: ColumnProfile[]; duplicates: number | null }> {
  const large = await profileLarge(connection, { file: path, path, columns, rowCount: ROWS, threads: 2, signal });
  const long = await profileLong(connection, path, columns, ROWS, signal);
  return { large, long, duplicates: await duplicateRows(connection, `read_parquet('${path}')`, long, ROWS) };
}

/** Equal but for what the kernel estimates, which is near. */
async function expectAlike(path: string, large: LargeProfile, long: readonly ColumnProfile[]): Promise<void> {
  const byName = new Map(large.profiles.map((each) => [each.name, each]));
  expect([...byName.keys()].toSorted()).toEqual(long.map(({ name }) => name).toSorted());
  const rounded = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, each: unknown) => (typeof each === 'number' ? Number(each.toPrecision(9)) : each));
  for (const expected of long) {
    const found = byName.get(expected.name)!;
    const exact = { distinct: null, quantiles: null, median: null };
    expect(rounded({ ...found, ...exact }), expected.name).toEqual(rounded({ ...expected, ...exact }));
    const [[distinct]] = (await connection.runAndReadAll(`SELECT count(DISTINCT ${quoteName(expected.name)}) FROM '${path}'`)).getRows() as [[bigint]];
    const estimated = isMeasured(expected.type as ColumnType) ? 0.05 * Number(distinct) : 0;
    if (found.type !== 'datetime' && expected.name !== 'beyond')
      expect(Math.abs(found.distinct - Number(distinct)), expected.name).toBeLessThanOrEqual(estimated);
    expect(
      found.quantiles?.map(({ level }) => level),
      expected.name,
    ).toEqual(expected.quantiles?.map(({ level }) => level));
    const spread = Number(expected.maximum) - Number(expected.minimum);
    for (const [index, { value }] of (expected.quantiles ?? []).entries())
      expect(Math.abs(found.quantiles![index]!.value - value), expected.name).toBeLessThanOrEqual(0.05 * spread);
  }
}

const MIXED: readonly (readonly [name: string, type: ColumnType, sql: string])[] = [
  ['a number', 'number', `CASE WHEN row % 7 = 3 THEN NULL ELSE sin(row) * 1e3 END`],
  ['A "quoted" one', 'number', `CASE row % 1100 WHEN 3 THEN 'inf'::DOUBLE WHEN 4 THEN '-inf'::DOUBLE ELSE row % 5 - 2 END`],
  ['huge', 'number', `CAST(row - 50 AS DOUBLE) * 1e200`],
  ['same', 'number', '7.5'],
  ['none', 'number', 'CAST(NULL AS DOUBLE)'],
  ['infinite', 'number', `'inf'::DOUBLE`],
  ['safe', 'integer', '9007199254740900 - row * 70000000000'],
  ['beyond', 'integer', '9007199254740993 + row % 9'],
  ['few', 'integer', 'CASE WHEN row % 3 = 0 THEN NULL ELSE row * row % 6 END'],
  ['flag', 'boolean', 'row % 2 = 0'],
  ['word', 'category', `CASE WHEN row % 5 = 0 THEN NULL ELSE 'level ' || (row * row % 23) END`],
  ['time', 'datetime', `TIMESTAMP '2024-02-28 12:00:00' + to_hours(CAST(row * row % 400 AS INTEGER))`],
];

it.each([
  ['a mixed table', MIXED],
  ['a table of numbers that are packed', MIXED.filter(([, type]) => type === 'number')],
])('%s has the statistics that queries give', async (_, columns) => {
  const path = join(folder, `${columns.length}.parquet`);
  const fields = columns.map(([name, , sql]) => `${sql} AS ${quoteName(name)}`);
  await connection.run(`COPY (SELECT ${fields.join(', ')} FROM (SELECT range % 110000 AS row FROM range(${ROWS}))) TO '${path}' (FORMAT parquet)`);
  const { large, long, duplicates } = await bothOf(path, schemaOf(columns.map(([name, type]) => [name, type])));
  await expectAlike(path, large, long);
  expect(large.duplicates).toBe(duplicates);
});

function pageOf(values: Float64Array | BigInt64Array, missing: (row: number) => boolean): ColumnPage {
  const there = [...values.keys()].filter((row) => !missing(row));
  const kept = values instanceof Float64Array ? Float64Array.from(there, (row) => values[row]!) : BigInt64Array.from(there, (row) => values[row]!);
  const present = new Uint8Array(Math.ceil(values.length / 8));
  for (const row of there) present[row >> 3]! |= 1 << (row & 7);
  const numbers = [...kept].map(Number);
  return {
    rows: values.length,
    values: new Uint8Array(kept.buffer),
    present: there.length < values.length ? present : null,
    missingCount: values.length - there.length,
    bounds: there.length > 0 ? { least: Math.min(...numbers), greatest: Math.max(...numbers) } : null,
  };
}

it('numbers as they stand in the file have the statistics that queries give', async () => {
  const path = join(folder, 'plain.parquet');
  const file = await ParquetFile.create(path, [
    { name: 'id', type: 'INT64' },
    { name: 'gaps', type: 'DOUBLE' },
    { name: 'wide', type: 'DOUBLE' },
    { name: 'mostly', type: 'INT64' },
  ]);
  const PAGE = 2_500;
  for (let from = 0; from < ROWS; from += PAGE) {
    const row = (at: number): number => (from + at) % 100_000;
    const gaps = Float64Array.from({ length: PAGE }, (_, at) => (row(at) % 3 === 1 ? NaN : Math.cos(row(at))));
    const wide = Float64Array.from({ length: PAGE }, (_, at) => row(at) ** 2 * (row(at) % 2 === 0 ? 1e3 : -1));
    const mostly = BigInt64Array.from({ length: PAGE }, (_, at) => BigInt(row(at) % 400));
    const missing = (at: number): boolean => row(at) >= 20_000 && row(at) % 400 !== 0;
    const none = (): boolean => false;
    file.append([
      pageOf(
        BigInt64Array.from({ length: PAGE }, (_, at) => BigInt(row(at))),
        none,
      ),
      pageOf(gaps, (at) => Number.isNaN(gaps[at])),
      pageOf(wide, none),
      pageOf(mostly, missing),
    ]);
    if (from % (4 * PAGE) === 0) await file.endGroup();
  }
  await file.finish({});
  const columns = schemaOf([
    ['id', 'integer'],
    ['gaps', 'number'],
    ['wide', 'number'],
    ['mostly', 'integer'],
  ]);
  const { large, long, duplicates } = await bothOf(path, columns);
  await expectAlike(path, large, long);
  expect([large.duplicates, duplicates]).toEqual([20_000, 20_000]);
});
