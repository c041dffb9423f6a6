import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { randomNumbers } from '#nodes/kernels/random.ts';
import { ParquetFile } from './parquet-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-parquet-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('many row groups of different lengths hold what was appended, whatever became of it once they are written', async () => {
  const path = join(folder, 'groups.parquet');
  const random = randomNumbers(5);
  const file = await ParquetFile.create(
    path,
    ['a', 'b'].map((name) => ({ name, type: 'DOUBLE' as const })),
  );
  const memory = [new Float64Array(4_000), new Float64Array(4_000)];
  const expected: number[][] = [];
  for (let group = 0; group < 20; group++) {
    let from = 0;
    for (let page = 0; page < 1 + (group % 3); page++) {
      const rows = 100 + Math.floor(random() * 1_200);
      for (const each of memory) for (let row = from; row < from + rows; row++) each[row] = random();
      for (let row = from; row < from + rows; row++) expected.push([memory[0]![row]!, memory[1]![row]!]);
      file.append(
        memory.map(({ buffer }) => ({
          rows,
          values: new Uint8Array(buffer, from * 8, rows * 8),
          present: null,
          missingCount: 0,
          bounds: { least: 0, greatest: 1 },
        })),
      );
      from += rows;
    }
    await file.endGroup();
    await file.written;
  }
  expect((await file.finish({})).rowCount).toBe(expected.length);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = (await connection.runAndReadAll(`SELECT a, b FROM '${path}'`)).getRows();
  expect(rows).toEqual(expected);
  connection.closeSync();
});
