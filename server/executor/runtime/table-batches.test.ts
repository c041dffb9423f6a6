import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { column } from '#nodes/kit/table.ts';
import { collectRows, rowsOf } from '#test/support/rows.ts';
import { readBatches, writeBatches } from './table-batches.ts';
import { Workbench } from './workbench.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-batches-'));
const { signal } = new AbortController();
const workbench = new Workbench({ outputFolder: folder, scratchFolder: folder, memoryBytes: 256 * 2 ** 20, files: [], signal });
afterAll(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

it('batches become a table and batches again; integers that float64 does not hold stay exact, whenever they come', async () => {
  const columns = [column('id', 'integer'), column('small', 'integer'), column('x', 'number'), column('name', 'text'), column('at', 'datetime')];
  const batch = (ids: Float64Array | (string | null)[]) => [ids, Float64Array.of(1, NaN), Float64Array.of(NaN, 0.1), ['', null], Float64Array.of(0, NaN)];
  const rows = rowsOf(
    columns,
    batch(Float64Array.of(-5, NaN)),
    batch(['9007199254740993', null]),
    batch(Float64Array.of(7, NaN)),
    batch(['-9223372036854775808', '1']),
  );
  const table = await workbench.make((path, session) => writeBatches(session, rows, path, signal));
  expect([table.rowCount, table.schema.columns.map(({ nullable }) => nullable)]).toEqual([8, [true, true, true, true, true]]);
  const file = async () => ({ session: await workbench.session(), path: await table.file() });
  const read = readBatches(file, table.schema, 2);
  const all = await collectRows(read);
  expect(all.get('id')).toEqual([-5, null, '9007199254740993', null, 7, null, '-9223372036854775808', '1']);
  expect(all.get('small')).toEqual([1, null, 1, null, 1, null, 1, null]);
  expect(all.get('x')).toEqual([null, 0.1, null, 0.1, null, 0.1, null, 0.1]);
  expect(all.get('name')).toEqual(['', null, '', null, '', null, '', null]);
  expect(all.get('at')).toEqual([0, null, 0, null, 0, null, 0, null]);
});

it('a table of any length is read in batches of the size that is asked for', async () => {
  const ids = Float64Array.from({ length: 5_000 }, (_, row) => row);
  const table = await workbench.make((path, session) => writeBatches(session, rowsOf([column('id', 'integer')], [ids]), path, signal));
  for (const size of [7, 2_048, 3_000, 5_000, 9_000]) {
    const counts: number[] = [];
    const read: number[] = [];
    const { batches } = readBatches(async () => ({ session: await workbench.session(), path: await table.file() }), table.schema, size);
    for await (const { rowCount, values } of batches) {
      counts.push(rowCount);
      read.push(...(values[0] as Float64Array));
    }
    expect(read).toEqual([...ids]);
    expect(counts).toEqual(Array.from({ length: Math.ceil(5_000 / size) }, (_, at) => Math.min(size, 5_000 - at * size)));
  }
});
