import { expect } from 'vitest';
import type { OpenConnection, ReadRows, RowBatch, WriteEnd, WriteMode } from '#nodes/kit/connection.ts';
import { column } from '#nodes/kit/table.ts';
import { rowsOf } from './rows.ts';

/** A database with a table `tried` of one whole number. */
interface Database {
  open(stepId: string, signal?: AbortSignal): Promise<OpenConnection>;
  /** As a user who may add to that table, and nothing else. */
  openAsWriter(stepId: string): Promise<OpenConnection>;
  /** The first cell `n` of a query. */
  count(query: string): Promise<number>;
  /** Counts the sessions that wait for another one. */
  readonly waiting: string;
}

const columns = [column('a', 'integer')];
const batch: RowBatch = { rowCount: 3, values: [Float64Array.of(1, 2, 3)] };
const rows = (): ReadRows => rowsOf(columns, batch.values);

/** Tries of the same step and of others write rows; each step's are there once. */
export async function writesOnce({ open, openAsWriter, count, waiting }: Database): Promise<void> {
  const write = async (opened: Promise<OpenConnection>, mode: WriteMode, table = 'tried', given = rows()): Promise<WriteEnd> => {
    const connection = await opened;
    try {
      return await connection.rows!.write!(table, given, mode);
    } finally {
      await connection.close();
    }
  };
  const tried = (): Promise<number> => count('SELECT count(*) AS n FROM tried');
  const [first, again, unnoted] = [
    { earlier: false, noted: true },
    { earlier: true, noted: true },
    { earlier: false, noted: false },
  ];

  // Without the right to make the table of notes, and with one that others made.
  expect(await write(openAsWriter('zero'), 'append')).toEqual(unnoted);
  expect(await tried()).toBe(3);
  async function* broken(): AsyncGenerator<RowBatch> {
    yield batch;
    throw new Error('The source broke off.');
  }
  await expect(write(open('one'), 'append', 'tried', { columns, batches: broken() })).rejects.toThrow('The source broke off.');
  expect(await write(open('one'), 'append')).toEqual(first);
  expect(await write(open('one'), 'append')).toEqual(again);
  expect(await tried()).toBe(6);
  expect(await write(open('two'), 'append')).toEqual(first);
  expect(await write(openAsWriter('zero'), 'append')).toEqual(unnoted);
  expect(await tried()).toBe(12);

  expect(await write(open('one'), 'create', 'made_once')).toEqual(first);
  expect(await write(open('one'), 'create', 'made_once')).toEqual(again);
  await expect(write(open('two'), 'create', 'made_once')).rejects.toThrow('There is a table');
  expect(await write(open('three'), 'replace', 'made_once')).toEqual(first);
  expect(await write(open('three'), 'replace', 'made_once')).toEqual(again);
  expect(await count('SELECT count(*) AS n FROM made_once')).toBe(3);

  // One try is in the middle of its rows when the other begins: it is cut off, or it ends well.
  for (const cut of [true, false]) {
    const before = await tried();
    const step = cut ? 'cut off' : 'slow';
    const controller = new AbortController();
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    async function* held(): AsyncGenerator<RowBatch> {
      yield batch;
      begun.resolve();
      await gate.promise;
    }
    const slow = write(open(step, controller.signal), 'append', 'tried', { columns, batches: held() }).catch((error: Error) => error.name);
    await begun.promise;
    const other = write(open(step), 'append');
    await expect.poll(() => count(waiting)).toBe(1);
    if (cut) controller.abort();
    else gate.resolve();
    expect(await other).toEqual(cut ? first : again);
    gate.resolve();
    expect(await slow).toEqual(cut ? 'AbortError' : first);
    expect(await tried()).toBe(before + 3);
  }
}
