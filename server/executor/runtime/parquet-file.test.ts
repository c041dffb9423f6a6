import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { randomNumbers } from '#nodes/kernels/random.ts';
import { ParquetFile } from './parquet-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-parquet-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('many row groups of different lengths hold what was appended, whatever became of it since', async () => {
  const path = join(folder, 'groups.parquet');
  const random = randomNumbers(5);
  const file = await ParquetFile.create(
    path,
    ['a', 'b'].map((name) => ({ name, type: 'DOUBLE' as const })),
    1_000,
  );
  const memory = [new Float64Array(4_000), new Float64Array(4_000)];
  const expected: number[][] = [];
  for (let run = 0; run < 60; run++) {
    const rows = 100 + Math.floor(random() * 3_900);
    for (const each of memory) for (let row = 0; row < rows; row++) each[row] = random();
    for (let row = 0; row < rows; row++) expected.push([memory[0]![row]!, memory[1]![row]!]);
    await file.append(memory.map((each) => ({ values: each.subarray(0, rows), missing: null, missingCount: 0, bounds: { least: 0, greatest: 1 } })));
  }
  expect((await file.finish({})).rowCount).toBe(expected.length);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = (await connection.runAndReadAll(`SELECT a, b FROM '${path}'`)).getRows();
  expect(rows).toEqual(expected);
  connection.closeSync();
});
