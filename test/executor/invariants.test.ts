import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockDataFolder } from '#server/db/lock.ts';
import { temporaryFolder, testServer } from './harness.ts';
import { check, type Call, type Expected } from './invariants.ts';
import { outputsOf } from './random-pipelines.ts';
import { pipelineOf } from './test-nodes.ts';

const sound = temporaryFolder();
const copies: string[] = [];
let call: Call;
let expected: Expected;

beforeAll(async () => {
  const server = await testServer({ folder: sound });
  const document = pipelineOf({ a: {}, b: { from: ['a'] } });
  const id = server.save(document);
  const { id: run } = await server.start(id, { idempotencyKey: 'key' });
  await server.finish(run);
  await server.leave();
  call = { key: 'key', run };
  expected = { runs: 'ended', outputs: new Map(outputsOf(id, document)), secrets: ['canary'], readyAfter: [100] };
});
afterAll(() => {
  for (const folder of [sound, ...copies]) rmSync(folder, { recursive: true, force: true });
});

function copy(): string {
  const folder = temporaryFolder();
  copies.push(folder);
  cpSync(sound, folder, { recursive: true });
  return folder;
}
function alter(folder: string, ...statements: string[]): void {
  const client = new Sqlite(join(folder, 'modelwright.sqlite'));
  client.pragma('foreign_keys = OFF');
  for (const each of statements) client.exec(each);
  client.close();
}
const firstFile = (folder: string): string => {
  const prefix = readdirSync(join(folder, 'store')).find((name) => /^[0-9a-f]{2}$/.test(name))!;
  return join(folder, 'store', prefix, readdirSync(join(folder, 'store', prefix))[0]!);
};

test('what is sound is found sound', async () => {
  expect(await check(copy(), [call], expected)).toEqual([]);
});

const repeatedEnd = `INSERT INTO run_events SELECT workspace_id, run_id, (SELECT max(seq) + 1 FROM run_events), at, type, node, data FROM run_events WHERE node = 'a' AND json_extract(data, '$.status') = 'running'`;
const alterations: [string, (folder: string) => void][] = [
  ['I2', (folder) => alter(folder, `UPDATE runs SET status = 'running'`)],
  ['I3', (folder) => alter(folder, repeatedEnd)],
  ['I4', (folder) => alter(folder, 'UPDATE step_outputs SET lease_no = 7')],
  ['I4', (folder) => alter(folder, `UPDATE steps SET status = 'cancelled' WHERE node = 'a'`)],
  ['I5', (folder) => writeFileSync(firstFile(folder), 'other')],
  ['I5', (folder) => rmSync(firstFile(folder))],
  ['I5', (folder) => writeFileSync(`${firstFile(folder)}.tmp`, '')],
  ['I7', (folder) => alter(folder, `UPDATE runs SET scheduled_for = 5, started_by_id = 's'`, twice('runs', `id, number`, `'x', 99`))],
  ['I8', (folder) => alter(folder, `DELETE FROM pipelines`)],
  ['I9', (folder) => mkdirSync(join(folder, 'scratch', 'left'))],
  ['I10', (folder) => writeFileSync(join(folder, 'note'), 'a canary sings')],
];
/** A second row like the first one of a table, but for some columns. */
function twice(table: string, columns: string, values: string): string {
  const names = columns.split(', ');
  const given = values.split(', ');
  return `CREATE TEMP TABLE twin AS SELECT * FROM ${table}; UPDATE twin SET ${names.map((name, index) => `${name} = ${given[index]}`).join(', ')}; INSERT INTO ${table} SELECT * FROM twin`;
}

test.each(alterations)('a breach of %s is found (%#)', async (name, change) => {
  const folder = copy();
  change(folder);
  expect(await check(folder, [call], expected)).toContainEqual(expect.stringMatching(new RegExp(`^${name} `)));
});

test('a run that is gone, doubled or nobody’s is found, as are other outputs and a late start', async () => {
  const found = (calls: readonly Call[], more: Partial<Expected> = {}) => check(sound, calls, { ...expected, ...more });
  expect(
    await found([
      { key: 'key', run: 'gone' },
      { key: 'x', run: null },
    ]),
  ).toContainEqual(expect.stringContaining('I1 the run of key was acknowledged and is gone'));
  expect(await found([call, call])).toContainEqual(expect.stringContaining('two callers'));
  expect(await found([])).toContainEqual(expect.stringContaining('nobody was told of'));
  expect(await found([call], { outputs: new Map([...expected.outputs].map(([node]) => [node, 'other'] as [string, string])) })).toContainEqual(
    expect.stringMatching(/^I6 /),
  );
  expect(await found([call], { readyAfter: [6_000] })).toEqual(['I11 ready only 6000 ms after a fault']);
});

test('a server or a process that is still there is found', async () => {
  const folder = copy();
  const lock = lockDataFolder(folder);
  mkdirSync(join(folder, 'processes', 'one'), { recursive: true });
  const child = spawn('sleep', ['100'], { cwd: join(folder, 'processes', 'one') });
  const broken = await check(folder, [call], expected, 0);
  expect(broken).toEqual([`I9 process ${child.pid} is left`, expect.stringContaining('uses the data folder'), 'I9 left in processes']);
  lock.release();
  child.kill();
});
