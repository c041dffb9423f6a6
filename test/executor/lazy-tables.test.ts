import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import { columnsNamed } from '#nodes/kit/columns.ts';
import type { NodeDefinition } from '#nodes/kit/define.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { Artifacts } from '#server/assets/artifacts.ts';
import { PlainTables } from '#server/assets/plain-tables.ts';
import type { ArtifactMeta } from '#server/executor/messages.ts';
import type { RunDetails } from '#server/executor/runs.ts';
import { sweepAll } from '#server/store/sweep.ts';
import { brokenInvariants } from './invariants.ts';
import { statuses, stepOf, testServer, type TestServer } from './harness.ts';

const ROWS = 700_000;
const DATA = 'SELECT range AS id, range % 97 AS k, chr(CAST(97 + range % 5 AS INTEGER)) AS g FROM t1, range(700000) ORDER BY range';

let server: TestServer;
let artifacts: Artifacts;
beforeAll(async () => {
  server = await testServer({ entry: 'real', catalog });
  artifacts = new Artifacts(server.db, server.store, server.pool, new PlainTables(server.store, server.pool));
});
afterAll(() => server.close());

type Node = readonly [type: string, params: Record<string, unknown>, from?: string];

const types: Readonly<Record<string, NodeDefinition>> = catalog;

/** Each node reads the table of the one that it names. */
function pipelineOf(nodes: Readonly<Record<string, Node>>): PipelineDocument {
  const inputOf = (type: string): string => Object.keys(types[type]!.inputs as object)[0]!;
  const outputOf = (type: string): string => Object.keys(types[type]!.outputs as object)[0]!;
  return {
    ...{ formatVersion: 1, name: 'Lazy', description: '', kind: 'training', parameters: [], notes: [], layout: {} },
    nodes: Object.entries(nodes).map(([id, [type, params]]) => ({ id, type, version: types[type]!.version, name: '', comment: '', params })),
    edges: Object.entries(nodes).flatMap(([id, [type, , from]]) =>
      from === undefined ? [] : [{ from: { node: from, port: outputOf(nodes[from]![0]) }, to: { node: id, port: inputOf(type) } }],
    ),
  };
}

const chain: Readonly<Record<string, Node>> = {
  seed: ['enter-data-manually', { data: 'one\n1\n' }],
  make: ['apply-sql-transformation', { script: DATA }, 'seed'],
  derive: ['derive-column', { name: 'half', expression: 'id / 2' }, 'make'],
  filter: ['filter-rows', { mode: 'expression', expression: 'k > 48' }, 'derive'],
  group: ['group-and-aggregate', { groupBy: columnsNamed('g'), aggregations: [{ column: 'half', function: 'sum', name: 'sum' }] }, 'filter'],
};
const hashOf = (run: RunDetails, node: string): string => stepOf(run, node).outputs[0]!.hash;
const metaOf = (run: RunDetails, node: string): Extract<ArtifactMeta, { kind: 'table' }> => {
  const { meta } = artifacts.get('w', hashOf(run, node));
  if (meta.kind !== 'table') throw new Error('no table');
  return meta;
};
const kept = (count: number) => Array.from({ length: count }, (_, id) => id).filter((id) => id % 97 > 48);

test('what only queries read stays a query, and gives what a written table gives', async () => {
  const run = await server.run(server.save(pipelineOf(chain)));
  expect([run.error, run.status]).toEqual([null, 'succeeded']);
  expect(['make', 'derive', 'filter', 'group'].map((node) => metaOf(run, node).query !== undefined)).toEqual([false, true, true, false]);
  const expected = kept(ROWS);
  expect(stepOf(run, 'filter').outputs[0]).toMatchObject({ rowCount: expected.length, columnCount: 4 });
  expect(stepOf(run, 'derive').outputs[0]).toMatchObject({ rowCount: ROWS });
  const sums = new Map<string, number>();
  for (const id of expected) sums.set('abcde'[id % 5]!, (sums.get('abcde'[id % 5]!) ?? 0) + id / 2);
  const { rows } = await artifacts.rows('w', hashOf(run, 'group'), { offset: 0, limit: 10 });
  expect(new Map(rows as [string, number][])).toEqual(sums);
  // Looking at it writes it, in the order of the rows.
  const looked = await artifacts.rows('w', hashOf(run, 'filter'), { offset: 300_000, limit: 2 });
  expect(looked.rows).toEqual(expected.slice(300_000, 300_002).map((id) => [id, id % 97, 'abcde'[id % 5], id / 2]));
  expect(looked.rowCount).toBe(expected.length);
  expect((await artifacts.profile('w', hashOf(run, 'filter'))).rowCount).toBe(expected.length);
  expect(brokenInvariants(server)).toEqual([]);
});

test('a table of many columns is written, since a query of it takes long to plan', async () => {
  const width = 600;
  const script = `SELECT ${Array.from({ length: width }, (_, at) => `range + ${at} AS c${at}`).join(', ')} FROM t1, range(4000)`;
  const seed: Node = ['enter-data-manually', { data: 'one\n1\n' }];
  const filter: Node = ['filter-rows', { mode: 'expression', expression: 'c0 > 1000' }, 'make'];
  const group: Node = ['group-and-aggregate', { groupBy: columnsNamed(), aggregations: [{}] }, 'filter'];
  const run = await server.run(server.save(pipelineOf({ seed, make: ['apply-sql-transformation', { script }, 'seed'], filter, group })));
  expect([run.error, run.status]).toEqual([null, 'succeeded']);
  expect(metaOf(run, 'filter').query).toBeUndefined();
  expect(stepOf(run, 'filter').outputs[0]).toMatchObject({ rowCount: 2_999, columnCount: width });
});

test.each<[string, Node, number]>([
  ['split-data', ['split-data', { fraction: 0.25, seed: 3 }, 'make'], 175_000],
  ['unpivot-data', ['unpivot-data', { ids: columnsNamed('g'), values: columnsNamed('id', 'k') }, 'make'], 1_400_000],
  ['convert-to-dataset', ['convert-to-dataset', { action: 'setMissing', missingValue: '5' }, 'make'], ROWS],
])('a table of %s stays a query', async (_type, node, rowCount) => {
  const { seed, make } = chain as Record<'seed' | 'make', Node>;
  const group: Node = ['group-and-aggregate', { groupBy: columnsNamed('g'), aggregations: [{}] }, 'node'];
  const run = await server.run(server.save(pipelineOf({ seed, make, node, group })));
  expect([run.error, run.status]).toEqual([null, 'succeeded']);
  expect(metaOf(run, 'node').query).toBeDefined();
  expect(stepOf(run, 'node').outputs[0]).toMatchObject({ rowCount });
  const { rows } = await artifacts.rows('w', hashOf(run, 'group'), { offset: 0, limit: 10 });
  expect(rows.map(([g]) => g).sort()).toEqual([...'abcde']);
  expect(rows.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(rowCount);
});

test('a step that reads rows gets them, and a table that is read so is written', async () => {
  const id = server.save(pipelineOf(chain));
  const first = await server.run(id);
  const { outputs } = stepOf(first, 'filter');
  // Taken from the earlier run as it is: a query.
  server.save(pipelineOf({ ...chain, scale: ['normalize-data', { columns: columnsNamed('half') }, 'filter'] }), id);
  const second = await server.run(id);
  expect([second.error, second.status]).toEqual([null, 'succeeded']);
  expect(statuses(second)).toMatchObject({ filter: 'reused', scale: 'succeeded' });
  expect(stepOf(second, 'filter').outputs[0]!.hash).toBe(outputs[0]!.hash);
  const third = await server.run(id, { force: true });
  expect(metaOf(third, 'derive').query).toBeDefined();
  expect(metaOf(third, 'filter').query).toBeUndefined();
  const rowsOf = async (run: RunDetails) => (await artifacts.rows('w', hashOf(run, 'scale'), { offset: 200_000, limit: 3 })).rows;
  expect(await rowsOf(third)).toEqual(await rowsOf(second));
});

test('a dataset that is saved from it holds the rows', async () => {
  const id = server.save(pipelineOf(chain));
  await server.run(id);
  server.save(pipelineOf({ ...chain, save: ['save-as-dataset', { name: 'kept rows' }, 'filter'] }), id);
  const run = await server.run(id);
  expect([run.error, run.status]).toEqual([null, 'succeeded']);
  const version = server.db.$client.prepare('SELECT hash, row_count AS rowCount, bytes FROM dataset_versions').get() as {
    hash: string;
    rowCount: number;
    bytes: number;
  };
  expect(version.rowCount).toBe(kept(ROWS).length);
  const { meta, bytes } = artifacts.get('w', version.hash);
  expect(meta).not.toHaveProperty('query');
  expect(bytes).toBeGreaterThan(1_000_000);
});

test('a table that a query reads is kept as long as the query, and made again when it is lost', async () => {
  const id = server.save(pipelineOf({ ...chain, derive: ['derive-column', { name: 'half', expression: 'id / 4' }, 'make'] }));
  const run = await server.run(id);
  const source = hashOf(run, 'make');
  server.db.$client.prepare(`DELETE FROM step_outputs WHERE hash = ?`).run(source);
  await sweepAll(server.db, server.store);
  expect(server.store.bytesOf(source)).toBeGreaterThan(0);
  const next = await server.run(id, { force: true });
  rmSync(server.store.pathOf(source));
  server.save(
    pipelineOf({
      ...chain,
      derive: ['derive-column', { name: 'half', expression: 'id / 4' }, 'make'],
      group: ['group-and-aggregate', { groupBy: columnsNamed('g'), aggregations: [{ column: 'half', function: 'maximum', name: 'most' }] }, 'filter'],
    }),
    id,
  );
  const again = await server.run(id);
  expect([again.error, again.status]).toEqual([null, 'succeeded']);
  expect(hashOf(again, 'make')).toBe(source);
  expect(hashOf(again, 'filter')).toBe(hashOf(next, 'filter'));
  expect(server.errors).toEqual([]);
});
