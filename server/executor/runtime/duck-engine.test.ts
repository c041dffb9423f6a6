import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OPEN_TABLE, tableOf } from '#nodes/kit/table.ts';
import { DuckEngine } from './duck-engine.ts';
import { Workbench } from './workbench.ts';

let folder: string;
let engine: DuckEngine;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-engine-'));
  engine = new DuckEngine(join(folder, 'process'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A step of its own, with the files that it may read. */
function step(name: string, files: readonly string[] = [], memoryBytes = 2 ** 28): Workbench {
  const own = join(folder, name);
  mkdirSync(own);
  return new Workbench({ outputFolder: own, scratchFolder: own, memoryBytes, files, engine, signal: new AbortController().signal });
}

test('a step sees the files that it was given and nothing of the step before it', async () => {
  const first = step('first');
  const made = await first.stored(tableOf({ a: [1, 2] }));
  await first.rows('SELECT * FROM made', { made });
  await first.close();
  const second = step('second', [await made.file()]);
  expect(await second.rows(`SELECT file FROM glob('${join(folder, 'process', 'files')}/*')`, {})).toEqual([]);
  await expect(second.rows('SELECT * FROM made', {})).rejects.toThrow(/made/);
  await expect(second.rows(`SELECT * FROM read_parquet('${await made.file()}')`, {})).rejects.toThrow(/Permission Error|disabled/);
  const given = second.open(await made.file(), made.schema, made.rowCount);
  expect(await second.rows('SELECT sum(a) AS total FROM given', { given })).toEqual([{ total: 3 }]);
  await second.close();
  expect(readdirSync(join(folder, 'process', 'files'))).toEqual([]);
});

test('a step may not read a file of the store that it was not given', async () => {
  const first = step('first');
  const made = await first.stored(tableOf({ a: [1] }));
  await first.close();
  const second = step('second');
  await expect(second.open(await made.file(), made.schema, made.rowCount).read()).rejects.toThrow('may not read');
  await second.close();
});

test('what is given does not change when a step works on it, and results stay where they belong', async () => {
  const first = step('first');
  const made = await first.query('SELECT 1 AS a', {}, OPEN_TABLE);
  await first.close();
  const second = step('second', [await made.file()]);
  const next = await second.query('SELECT a + 1 AS a FROM given', { given: second.open(await made.file(), made.schema, 1) }, OPEN_TABLE);
  expect([...(await next.read()).get('a')!]).toEqual([2]);
  await second.close();
  expect(readdirSync(join(folder, 'second')).filter((name) => name.endsWith('.parquet'))).toEqual(['output-1.parquet']);
});

test('other memory gives another database, and two sessions at a time do not share one', async () => {
  const small = step('small', [], 2 ** 27);
  expect(await small.rows(`SELECT current_setting('memory_limit') AS most`, {})).toEqual([{ most: '64.0 MiB' }]);
  const beside = step('beside', [], 2 ** 27);
  await beside.rows('SELECT 1', {});
  await beside.close();
  await small.close();
  const large = step('large', [], 2 ** 30);
  expect(await large.rows(`SELECT current_setting('memory_limit') AS most`, {})).toEqual([{ most: '448.0 MiB' }]);
  await large.close();
});
