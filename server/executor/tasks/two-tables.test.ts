import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tableOf, type Table } from '#nodes/kit/table.ts';
import type { ArtifactFile, JoinRates } from '../messages.ts';
import { produce } from '../runtime/values.ts';
import { Workbench } from '../runtime/workbench.ts';
import { taskLimits } from './limits.ts';
import { missingMap } from './missing-map.ts';
import { runTask } from './run-task.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-two-tables-'));
const { signal } = new AbortController();
const workbench = new Workbench({ outputFolder: folder, scratchFolder: folder, memoryBytes: 2 ** 28, files: [], signal });
afterAll(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});
const stored = (table: Table): Promise<ArtifactFile> => produce('data', 'table', table, new Map(), workbench);

describe('match rates of a join', () => {
  const rates = async (left: Table, right: Table, keys: { left: string; right: string }[], matchCase = true): Promise<JoinRates> =>
    runTask('joinRates', { left: await stored(left), right: await stored(right), keys, matchCase }, signal);

  it('counts rows with a partner on both sides, and the pairs', async () => {
    const orders = tableOf({ id: [1, 2, 3, 4, 5], customer: ['a', 'a', 'b', 'x', null] });
    const customers = tableOf({ name: ['a', 'b', 'b', 'c', null] });
    expect(await rates(orders, customers, [{ left: 'customer', right: 'name' }])).toEqual({
      left: { rowCount: 5, matched: 3, missing: 1, keys: 3, most: 2 },
      right: { rowCount: 5, matched: 3, missing: 1, keys: 3, most: 2 },
      commonKeys: 2,
      matches: 4,
    });
  });

  it('takes several keys, letters of any case where that is asked, and whole numbers as numbers', async () => {
    const left = tableOf({ a: [1, 2, 3], b: ['Oslo', 'ROME', 'Bern'] }, { a: { type: 'integer' } });
    const right = tableOf({ a: [1, 2, 3.5], b: ['Oslo', 'Rome', 'Bern'] });
    const keys = [
      { left: 'a', right: 'a' },
      { left: 'b', right: 'b' },
    ];
    expect(await rates(left, right, keys)).toMatchObject({ matches: 1, commonKeys: 1 });
    expect(await rates(left, right, keys, false)).toMatchObject({ matches: 2, left: { matched: 2, most: 1 } });
  });

  it('is quick where one key has very many rows on both sides', async () => {
    const same = tableOf({ k: Array.from({ length: 200_000 }, () => 'x') });
    expect(await rates(same, same, [{ left: 'k', right: 'k' }])).toMatchObject({ matches: 4e10, left: { matched: 200_000, most: 200_000 } });
  });

  it('tells of tables that do not meet, and of keys that cannot', async () => {
    const left = tableOf({ a: [1], t: ['x'] });
    expect(await rates(left, tableOf({ a: [2] }), [{ left: 'a', right: 'a' }])).toMatchObject({ matches: 0, left: { matched: 0, most: 0 } });
    await expect(rates(left, left, [{ left: 'a', right: 't' }])).rejects.toMatchObject({ code: 'column_wrong_type' });
    await expect(rates(left, left, [{ left: 'a', right: 'gone' }])).rejects.toMatchObject({ code: 'column_missing' });
  });
});

describe('columns of two tables', () => {
  it('are counted over the same bins, or by the same values', async () => {
    const before = tableOf({ n: [0, 1, 2, 3], c: ['x', 'x', 'y', null], only: [1, 1, 1, 1] });
    const after = tableOf({ n: [10, 20, null], c: ['y', 'y', 'z'], m: [true, false, null] });
    const compared = await runTask(
      'compareColumns',
      {
        before: await stored(before),
        after: await stored(after),
        pairs: [
          { before: 'n', after: 'n' },
          { before: 'c', after: 'c' },
          { before: 'only', after: 'm' },
        ],
      },
      signal,
    );
    const [n, c, mixed] = compared;
    expect(n!.edges).toHaveLength(21);
    expect([n!.edges![0], n!.edges!.at(-1)]).toEqual([0, 20]);
    expect(n!.counts.map((counts) => counts.reduce((sum, each) => sum + each, 0))).toEqual([4, 2]);
    expect(n!.counts[0].slice(0, 4)).toEqual([1, 1, 1, 1]);
    expect(n!.counts[1].at(-1)).toBe(1);
    expect(c).toMatchObject({
      values: ['y', 'x', 'z'],
      counts: [
        [1, 2, 0],
        [2, 0, 1],
      ],
    });
    expect(mixed).toMatchObject({ before: 'only', after: 'm', edges: null });
  });
});

describe('the map of missing values', () => {
  const map = async (table: Table) => runTask('missingMap', { artifact: await stored(table) }, signal);

  it('shows which columns miss values where, and which together', async () => {
    const gap = (row: number, from: number, to: number) => (row >= from && row < to ? null : row);
    const rows = Array.from({ length: 1_000 }, (_, row) => row);
    const found = await map(
      tableOf({
        whole: rows,
        early: rows.map((row) => gap(row, 0, 100)),
        'with it': rows.map((row) => gap(row, 0, 50)),
        late: rows.map((row) => (row >= 990 ? null : 'x')),
      }),
    );
    expect(found.columns.map(({ name, missing }) => [name, missing])).toEqual([
      ['early', 100],
      ['with it', 50],
      ['late', 10],
    ]);
    expect(found.slices).toHaveLength(200);
    expect(found.slices.every((count) => count === 5)).toBe(true);
    expect(found.columns[0]!.slices.slice(0, 22)).toEqual([...Array.from({ length: 20 }, () => 5), 0, 0]);
    expect(found.combinations).toEqual([
      { columns: [], rowCount: 890 },
      { columns: ['early', 'with it'], rowCount: 50 },
      { columns: ['early'], rowCount: 50 },
      { columns: ['late'], rowCount: 10 },
    ]);
    expect(found).toMatchObject({ rowCount: 1_000, columnCount: 4, left: 0, otherRows: 0, completeRows: 890 });
  });

  it('has slices of rows that differ by one at most, and says how many rows each has', async () => {
    const found = await map(tableOf({ a: Array.from({ length: 333 }, (_, row) => (row % 2 ? row : null)) }));
    expect(found.slices.reduce((sum, each) => sum + each, 0)).toBe(333);
    expect(new Set(found.slices)).toEqual(new Set([1, 2]));
    for (const [at, rows] of found.slices.entries()) expect(found.columns[0]!.slices[at]).toBeLessThanOrEqual(rows);
    expect(found.columns[0]!.slices.reduce((sum, each) => sum + each, 0)).toBe(found.columns[0]!.missing);
  });

  it('looks at the first rows of each slice of a large table, and says so', async () => {
    const rows = Array.from({ length: 10_000 }, (_, row) => row);
    const table = tableOf({ a: rows.map((row) => (row < 5_000 ? null : row)), b: rows.map((row) => (row % 2 ? null : 'x')), c: rows });
    const found = await missingMap({ artifact: await stored(table) }, taskLimits(signal), 1_000);
    expect([found.rowCount, new Set(found.slices), new Set(found.looked)]).toEqual([10_000, new Set([50]), new Set([5])]);
    expect(found.columns.map(({ name, missing }) => [name, missing])).toEqual([
      ['a', 500],
      ['b', 400],
    ]);
    expect(found.columns[0]!.slices).toEqual(Array.from({ length: 200 }, (_, slice) => (slice < 100 ? 5 : 0)));
    expect(found.combinations.map(({ columns, rowCount }) => [columns.join(), rowCount]).toSorted()).toEqual([['', 300], ['a', 300], ['a,b', 200], ['b', 200]]); // prettier-ignore
    expect(found.completeRows).toBe(300);
  });

  it('says so when nothing is missing', async () => {
    expect(await map(tableOf({ a: [1, 2], b: ['x', 'y'] }))).toMatchObject({ columns: [], combinations: [], completeRows: 2 });
  });

  it('keeps the commonest of many combinations, and counts the others', async () => {
    const columns = Object.fromEntries(
      Array.from({ length: 6 }, (_, bit) => [`c${bit}`, Array.from({ length: 640 }, (_, row) => (((row % 64) >> bit) & 1 ? null : 1))]),
    );
    const found = await map(tableOf(columns as Record<string, (number | null)[]>));
    expect(found.combinations).toHaveLength(20);
    expect(found.otherRows).toBe(440);
    expect(found.completeRows).toBe(10);
  });
});
