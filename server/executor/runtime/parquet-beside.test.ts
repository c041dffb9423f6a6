import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnSchema, Columns } from '#nodes/kit/table.ts';
import { writeBeside } from './parquet-beside.ts';

const ROWS = 60_001;
const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'modelwright-beside-'));
const base = join(folder, 'base.parquet');
const path = join(folder, 'written.parquet');
let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  // The condition makes row groups of uneven sizes; texts get dictionaries and bloom filters.
  await connection.run(`COPY (
    SELECT i AS place, CASE WHEN i % 7 = 0 THEN NULL ELSE i / 3.0 END AS "a ""quoted"" 😀", ['red', 'green', NULL, ''][1 + i % 4] AS colour,
      i % 2 = 0 AS even, make_timestamp_ms(i * 1000) AS at, 'row ' || i AS own, NULL::DOUBLE AS never
    FROM range(${ROWS} * 2) t(i) WHERE hash(i) % 2 = 0 ORDER BY i LIMIT ${ROWS}
  ) TO '${base}' (FORMAT parquet, ROW_GROUP_SIZE 10000)`);
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});

const column = (name: string, type: ColumnSchema['type']): ColumnSchema => ({ name, type, role: 'feature', nullable: true });
const OLD = [
  column('place', 'integer'),
  column('a "quoted" 😀', 'number'),
  column('colour', 'category'),
  column('even', 'boolean'),
  column('at', 'datetime'),
  column('own', 'text'),
  column('never', 'number'),
];
const rowsOf = async (sql: string): Promise<unknown> => (await connection.runAndReadAll(sql)).getRowObjectsJson();

const made = (): { columns: Columns; added: ColumnSchema[] } => {
  const numbers = Float64Array.from({ length: ROWS }, (_, row) => (row % 5 === 0 ? NaN : row % 11 === 0 ? -0 : Math.sin(row)));
  const integers = Float64Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? NaN : row - 30_000));
  const bits = Float64Array.from({ length: ROWS }, (_, row) => (row % 9 === 0 ? NaN : row % 2));
  const labels = Array.from({ length: ROWS }, (_, row) => (row % 13 === 0 ? null : ['yes', 'no', '', 'vielleicht 😀'][row % 4]!));
  const whole = Float64Array.from({ length: ROWS }, (_, row) => row / 7);
  return {
    columns: new Map<string, Float64Array | (string | null)[]>([
      ['score', numbers],
      ['count', integers],
      ['hit', bits],
      ['label', labels],
      ['place', whole],
    ]),
    added: [column('score', 'number'), column('count', 'integer'), column('hit', 'boolean'), column('label', 'category')],
  };
};

describe('a table with new columns beside its own', () => {
  it('has the values of both in the order of the schema, also when it is written beside itself again', async () => {
    const { columns, added } = made();
    const [place, quoted, ...rest] = OLD;
    const schema = { columns: [added[3]!, quoted!, { ...place!, type: 'number' as const }, ...rest, ...added.slice(0, 3)], open: false };
    const written = (await writeBeside({ base, schema, columns, signal }, path))!;
    expect(written.rowCount).toBe(ROWS);
    const content = readFileSync(path);
    expect(written.sealed).toEqual({ hash: createHash('sha256').update(content).digest('hex'), bytes: content.byteLength });
    expect(await rowsOf(`SELECT DISTINCT name FROM parquet_schema('${path}') WHERE num_children IS NULL`)).toHaveLength(schema.columns.length);

    const kept = OLD.slice(1).map(({ name }) => `"${name.replaceAll('"', '""')}"`);
    const different = (sql: string): Promise<unknown> => rowsOf(`SELECT count(*)::INTEGER AS n FROM (${sql})`);
    const old = `SELECT ${kept.join(', ')} FROM`;
    expect(await different(`(${old} '${base}' EXCEPT ALL ${old} '${path}')`)).toEqual([{ n: 0 }]);
    const values = await rowsOf(`SELECT score, count, hit, label, place, own, "at"::VARCHAR AS moment FROM '${path}'`);
    const places = await rowsOf(`SELECT own, "at"::VARCHAR AS moment FROM '${base}'`);
    const missing = (value: number): number | null => (Number.isNaN(value) ? null : value);
    const given = (name: string): Float64Array => columns.get(name) as Float64Array;
    const expected = (places as Record<string, unknown>[]).map((each, row) => ({
      ...each,
      score: missing(given('score')[row]!),
      count: Number.isNaN(given('count')[row]!) ? null : String(given('count')[row]!),
      hit: Number.isNaN(given('hit')[row]!) ? null : given('hit')[row] === 1,
      label: (columns.get('label') as (string | null)[])[row],
      place: given('place')[row],
    }));
    // One at a time: a difference of tens of thousands of rows is not to be read.
    const wrong = (values as Record<string, unknown>[]).findIndex((each, row) =>
      Object.keys(each).some((name) => each[name] !== (expected[row] as Record<string, unknown>)[name] && !(each[name] === 0 && expected[row]!.score === -0)),
    );
    expect(wrong < 0 ? null : { wrong, values: (values as unknown[])[wrong], expected: expected[wrong] }).toBeNull();
    expect(written.schema.columns.map(({ name, nullable }) => [name, nullable])).toContainEqual(['place', false]);

    for (const hit of [true, false]) {
      const expectedHits = expected.filter((each) => each.hit === hit).length;
      expect(await rowsOf(`SELECT count(*)::INTEGER AS n FROM '${path}' WHERE hit = ${hit}`)).toEqual([{ n: expectedHits }]);
    }
    const bounds = await rowsOf(`SELECT DISTINCT stats_min_value AS low FROM parquet_metadata('${path}') WHERE path_in_schema = 'hit'`);
    expect(bounds).toEqual([{ low: null }]);

    const again = join(folder, 'again.parquet');
    await writeBeside(
      {
        base: path,
        schema: { columns: [...schema.columns, column('more', 'text')], open: false },
        columns: new Map([['more', new Array<string>(ROWS).fill('x')]]),
        signal,
      },
      again,
    );
    expect(await different(`(SELECT * EXCLUDE more FROM '${again}' WHERE more = 'x' EXCEPT ALL FROM '${path}')`)).toEqual([{ n: 0 }]);
    expect(await rowsOf(`SELECT count(*)::INTEGER AS n FROM '${again}' WHERE colour = 'red' AND score > 0.5 AND place < 100`)).toEqual(
      await rowsOf(`SELECT count(*)::INTEGER AS n FROM (FROM '${path}') WHERE colour || '' = 'red' AND score + 0 > 0.5 AND place + 0 < 100`),
    );
  });

  it('refuses values that their types do not have', async () => {
    const schema = { columns: [column('own', 'text'), column('hit', 'boolean')], open: false };
    const target = join(folder, 'wrong.parquet');
    await expect(writeBeside({ base, schema, columns: new Map([['hit', new Float64Array(ROWS).fill(2)]]), signal }, target)).rejects.toThrow('holds 2');
  });

  it('is not written this way from a file of nested columns, for dates, or for another number of rows', async () => {
    const nested = join(folder, 'nested.parquet');
    const target = join(folder, 'never.parquet');
    await connection.run(`COPY (SELECT i AS place, {a: i} AS inner FROM range(10) t(i)) TO '${nested}' (FORMAT parquet)`);
    const score = new Map([['score', new Float64Array(10)]]);
    const schema = { columns: [column('place', 'integer'), column('score', 'number')], open: false };
    expect(await writeBeside({ base: nested, schema, columns: score, signal }, target)).toBeNull();
    expect(await writeBeside({ base, schema, columns: score, signal }, target)).toBeNull();
    const dates = { columns: [column('place', 'integer'), column('score', 'datetime')], open: false };
    expect(await writeBeside({ base, schema: dates, columns: new Map([['score', new Float64Array(ROWS)]]), signal }, target)).toBeNull();
    expect(existsSync(target)).toBe(false);
  });
});
