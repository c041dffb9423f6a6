import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { column, tableOf, tableSchema, type Table, type TableSchema } from '#nodes/kit/table.ts';
import * as sideBySide from './parquet-side-by-side.ts';
import { readFileTable } from './read-file.ts';
import { Workbench } from './workbench.ts';

vi.mock('./parquet-side-by-side.ts', { spy: true });

const folder = mkdtempSync(join(tmpdir(), 'modelwright-wide-'));
const never = new AbortController().signal;
let workbench: Workbench;

beforeAll(() => {
  mkdirSync(join(folder, 'own'));
  const own = join(folder, 'own');
  workbench = new Workbench({ outputFolder: own, scratchFolder: own, memoryBytes: 1_280 * 2 ** 20, files: [], signal: never });
});
afterAll(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

const cells = <T>(rows: number, make: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => make(row));
const columnsOf = async (table: Table): Promise<unknown> =>
  Object.fromEntries([...(await table.read())].map(([name, values]) => [name, [...(values as Iterable<unknown>)]]));
const pick = (table: Table, ...names: string[]) => names.map((name) => table.schema.columns.find((each) => each.name === name)!);
/** A table of so many rows whose file has row groups of 2,048 rows. */
const inGroups = async (rows: number): Promise<Table> => {
  const schema = tableSchema(cells(4_200, (at) => column(`g${at}`, 'integer')));
  return workbench.query(`SELECT ${schema.columns.map(({ name }, at) => `i + ${at} AS ${name}`).join(', ')} FROM range(${rows}) t(i)`, {}, schema);
};

describe('tables side by side', () => {
  const ROWS = 300;
  const first = tableOf(
    {
      'a "1"': cells(ROWS, (row) => (row % 7 === 0 ? null : row / 3)),
      city: cells(ROWS, (row) => ['Oslo', null, 'Rome 🌍'][row % 3]!),
      old: cells(ROWS, (row) => row),
    },
    { city: { role: 'id' } },
  );
  const second = tableOf({ old: cells(ROWS, (row) => -row), even: cells(ROWS, (row) => row % 2) }, { old: { type: 'integer' }, even: { type: 'boolean' } });
  const schema: TableSchema = tableSchema([...pick(second, 'even', 'old'), ...pick(first, 'city', 'a "1"')]);
  const expected = { even: cells(ROWS, (row) => row % 2), old: cells(ROWS, (row) => (row === 0 ? 0 : -row)) };

  it('have each column from the last table that has it, in the order of the schema, without being unpacked', async () => {
    const table = await workbench.sideBySide([first, second], schema);
    expect(await vi.mocked(sideBySide.writeSideBySide).mock.results.at(-1)!.value).toMatchObject({ rowCount: ROWS });
    expect(table.schema).toEqual(schema);
    expect(table.rowCount).toBe(ROWS);
    expect(await columnsOf(table)).toEqual({ ...((await columnsOf(first)) as object), ...expected });
    const [counted] = await workbench.rows('SELECT count(*) AS n, sum(old) AS total, count("a ""1""") AS there FROM t WHERE city = \'Oslo\'', { t: table });
    expect(counted).toEqual({ n: 100, total: -14_850, there: 85 });
  });

  it('are the same when their files are cut into other row groups, and only columns of some are taken', async () => {
    const rows = 3_000;
    const wide = await inGroups(rows);
    const narrow = await workbench.stored(tableOf({ x: cells(rows, (row) => row / 2), g5: cells(rows, (row) => row) }));
    const joined = tableSchema([...pick(wide, 'g4199'), ...pick(narrow, 'x')]);
    const table = await workbench.sideBySide([wide, narrow], joined);
    expect(await vi.mocked(sideBySide.writeSideBySide).mock.results.at(-1)!.value).toBeNull();
    expect(await columnsOf(table)).toEqual({ g4199: cells(rows, (row) => row + 4_199), x: cells(rows, (row) => row / 2) });
    const copied = await workbench.sideBySide([wide, await workbench.only(wide, ['g3'])], tableSchema(pick(wide, 'g3', 'g2')));
    expect(await columnsOf(copied)).toEqual({ g3: cells(rows, (row) => row + 3), g2: cells(rows, (row) => row + 2) });
  });

  it('refuse names that differ in case alone', async () => {
    const other = tableOf({ CITY: cells(ROWS, () => 1) });
    await expect(workbench.sideBySide([first, other], tableSchema([...pick(first, 'city'), ...pick(other, 'CITY')]))).rejects.toThrow('same name');
  });
});

describe('a table of many text columns', () => {
  it('is written in the memory of a step', async () => {
    const names = cells(4_000, (at) => `c${at}`);
    const wanted = tableSchema(names.map((name) => column(name, 'category')));
    const table = await workbench.query(
      `SELECT ${names.map((name, at) => `'level ' || (i + ${at}) % 5 AS ${name}`).join(', ')} FROM range(100) t(i)`,
      {},
      wanted,
    );
    expect([table.rowCount, table.schema.columns.length]).toEqual([100, 4_000]);
    expect(await columnsOf(await workbench.only(table, ['c3999', 'c2']))).toEqual({
      c2: cells(100, (row) => `level ${(row + 2) % 5}`),
      c3999: cells(100, (row) => `level ${(row + 3_999) % 5}`),
    });
  });

  it('comes in from a file of others in the memory of a step, with its categories', async () => {
    const path = join(folder, 'others.parquet');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const written = cells(1_000, (at) => `'level ' || i % ${at % 2 === 0 ? 7 : 1_000} AS c${at}`).join(', ');
    await connection.run(`COPY (SELECT ${written} FROM range(1000) t(i)) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    const own = join(folder, 'others');
    mkdirSync(own);
    const small = new Workbench({ outputFolder: own, scratchFolder: own, memoryBytes: 640 * 2 ** 20, files: [path], signal: never });
    const { table } = await readFileTable(small, path, { format: 'auto' }, { scratch: own, signal: never });
    expect([table.rowCount, ...table.schema.columns.slice(0, 4).map(({ type }) => type)]).toEqual([1_000, 'category', 'text', 'category', 'text']);
    expect(await columnsOf(await small.only(table, ['c999']))).toEqual({ c999: cells(1_000, (row) => `level ${row}`) });
    await small.close();
  });
});
