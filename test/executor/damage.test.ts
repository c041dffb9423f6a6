import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunDetails } from '#server/executor/runs.ts';
import { journalOf, statuses, stepOf, testServer, type TestServer } from './harness.ts';
import { brokenInvariants } from './invariants.ts';
import { pipelineOf } from './test-nodes.ts';

let journal: string;
let gate: string;
let server: TestServer;
let count = 0;
beforeAll(async () => {
  server = await testServer();
});
// Parameters that no other test uses: each begins with nothing to reuse.
beforeEach(() => {
  journal = join(server.folder, `journal-${++count}`);
  gate = join(server.folder, `gate-${count}`);
  writeFileSync(journal, '');
});
afterEach(() => {
  expect(brokenInvariants(server)).toEqual([]);
  expect(server.errors).toEqual([]);
});
afterAll(() => server.close());

type Damage = (path: string, other: string) => void;
const damages: Record<string, Damage> = {
  'one byte changed': (path) => {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
  },
  'cut off': (path) => truncateSync(path, statSync(path).size - 1),
  emptied: (path) => truncateSync(path, 0),
  deleted: (path) => rmSync(path),
  'changed for another artifact’s': (path, other) => {
    renameSync(path, `${path}.away`);
    renameSync(other, path);
    renameSync(`${path}.away`, other);
  },
  'unreadable (a folder)': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
};
const hashOf = (run: RunDetails, node: string): string => stepOf(run, node).outputs[0]!.hash;
const hashes = (run: RunDetails): Record<string, string> => Object.fromEntries(run.steps.map(({ node }) => [node, hashOf(run, node)]));
const again = (from: number): string[] => journalOf(journal).slice(from).toSorted();

describe.each(Object.entries(damages))('a kept result whose file is %s', (_, damage) => {
  test('is made again, with a warning, and what follows is right', async () => {
    const id = server.save(pipelineOf({ a: { params: { journal } }, b: { from: ['a'], params: { journal } }, c: { from: ['b'], params: { journal } } }));
    const first = await server.run(id);
    damage(server.store.pathOf(hashOf(first, 'a')), server.store.pathOf(hashOf(first, 'b')));
    const second = await server.run(id);
    expect(hashes(second)).toEqual(hashes(first));
    expect(stepOf(second, 'a')).toMatchObject({ status: 'succeeded', reason: 'the earlier result was damaged' });
    expect(stepOf(second, 'c').status).toBe('reused');
    expect(server.runs.logs('w', second.id, 'a')).toMatchObject([{ level: 'warning', message: expect.stringContaining('damaged or gone') }]);
    expect(again(3)).toEqual(stepOf(second, 'b').status === 'reused' ? ['a'] : ['a', 'b']);
    expect(statuses(await server.run(id))).toEqual({ a: 'reused', b: 'reused', c: 'reused' });
  });

  test('after this run took it is made again in the same run', async () => {
    const late = { params: { journal, behaviour: 'wait', gate } };
    const id = server.save(
      pipelineOf({ x: { params: { journal } }, a: { from: ['x'], params: { journal } }, late, b: { from: ['a', 'late'], params: { journal } } }),
    );
    writeFileSync(gate, '');
    const first = await server.run(id);
    rmSync(gate);
    const changed = pipelineOf({
      x: { params: { journal } },
      a: { from: ['x'], params: { journal } },
      late: { params: { ...late.params, value: 'other' } },
      b: { from: ['a', 'late'], params: { journal } },
    });
    const { id: run } = await server.start(server.save(changed, id));
    await server.until(run, (event) => event.type === 'step' && event.node === 'late' && event.status === 'running');
    await server.until(run, (event) => event.type === 'step' && event.node === 'a' && event.status === 'reused');
    damage(server.store.pathOf(hashOf(first, 'a')), server.store.pathOf(hashOf(first, 'x')));
    writeFileSync(gate, '');
    const second = await server.finish(run);
    expect(statuses(second)).toMatchObject({ a: 'succeeded', late: 'succeeded', b: 'succeeded' });
    expect(hashOf(second, 'a')).toBe(hashOf(first, 'a'));
    expect(readFileSync(server.store.pathOf(hashOf(second, 'b')), 'utf8')).toContain('other');
    const told = server.events(run).flatMap((event) => (event.type === 'step' && event.node === 'a' ? [[event.status, event.reason]] : []));
    expect(told.slice(0, 2)).toEqual([
      ['reused', null],
      ['queued', 'the result was damaged or gone before it was used'],
    ]);
  });
});

test('results that are lost one behind the other are made again in their order', async () => {
  const nodes = { x: { params: { journal } }, y: { from: ['x'], params: { journal } }, z: { from: ['y'], params: { journal } } };
  const id = server.save(pipelineOf(nodes));
  const first = await server.run(id);
  const late = { params: { behaviour: 'wait', gate } };
  const { id: run } = await server.start(server.save(pipelineOf({ ...nodes, late, end: { from: ['z', 'late'], params: { journal } } }), id));
  await server.until(run, (event) => event.type === 'step' && event.node === 'late' && event.status === 'running');
  await server.until(run, (event) => event.type === 'step' && event.node === 'z' && event.status === 'reused');
  for (const node of ['x', 'y', 'z']) rmSync(server.store.pathOf(hashOf(first, node)));
  writeFileSync(gate, '');
  const second = await server.finish(run);
  expect(statuses(second)).toEqual({ x: 'succeeded', y: 'succeeded', z: 'succeeded', late: 'succeeded', end: 'succeeded' });
  expect([...new Set(journalOf(journal).slice(3).reverse())].reverse()).toEqual(['x', 'y', 'z', 'end']);
  expect(hashes(second)).toMatchObject(hashes(first));
});

test('a damaged result that two steps take at once is made again once', async () => {
  const id = server.save(pipelineOf({ a: { params: { journal } } }));
  const path = server.store.pathOf(hashOf(await server.run(id), 'a'));
  const late = { params: { behaviour: 'wait', gate } };
  const { id: run } = await server.start(
    server.save(pipelineOf({ a: { params: { journal } }, late, b: { from: ['a', 'late'], params: { journal } }, c: { from: ['a', 'late'] } }), id),
  );
  await server.until(run, (event) => event.type === 'step' && event.node === 'late' && event.status === 'running');
  await server.until(run, (event) => event.type === 'step' && event.node === 'a' && event.status === 'reused');
  writeFileSync(path, 'something else');
  writeFileSync(gate, '');
  const ended = await server.finish(run);
  expect(statuses(ended)).toEqual({ a: 'succeeded', late: 'succeeded', b: 'succeeded', c: 'succeeded' });
  expect(journalOf(journal)).toEqual(['a', 'a', 'b']);
  expect(stepOf(ended, 'b').attempt + stepOf(ended, 'c').attempt).toBe(4);
});

test('what a step gives anew each time is not made again: the run says what to do', async () => {
  const id = server.save(
    pipelineOf({ a: { type: 'chance' }, late: { params: { behaviour: 'wait', gate } }, b: { from: ['a', 'late'] }, after: { from: ['b'] } }),
  );
  const { id: run } = await server.start(id);
  await server.until(run, (event) => event.type === 'step' && event.node === 'a' && event.status === 'succeeded');
  const path = server.store.pathOf(hashOf(server.runs.get('w', run), 'a'));
  const kept = `${path}.kept`;
  renameSync(path, kept);
  writeFileSync(gate, '');
  const ended = await server.finish(run);
  expect(statuses(ended)).toEqual({ a: 'succeeded', late: 'succeeded', b: 'failed', after: 'skipped' });
  expect(stepOf(ended, 'b').error).toMatchObject({ code: 'data_missing', message: expect.stringContaining('Run the step that made it again') });
  renameSync(kept, path);
});

test('an input that changed while the step read it is no input: the result is not kept', async () => {
  const id = server.save(pipelineOf({ a: { params: { journal } }, b: { from: ['a'], params: { journal, behaviour: 'wait', gate } } }));
  const { id: run } = await server.start(id);
  await server.until(run, (event) => event.type === 'step' && event.node === 'b' && event.status === 'running');
  while (!journalOf(journal).includes('b')) await new Promise((resolve) => setTimeout(resolve, 5));
  const path = server.store.pathOf(hashOf(server.runs.get('w', run), 'a'));
  writeFileSync(path, readFileSync(path, 'utf8').replace('"a"', '"A"'));
  utimesSync(path, 1, 1);
  writeFileSync(gate, '');
  const ended = await server.finish(run);
  expect(statuses(ended)).toEqual({ a: 'succeeded', b: 'succeeded' });
  expect(journalOf(journal)).toEqual(['a', 'b', 'a', 'b']);
  expect(JSON.parse(readFileSync(server.store.pathOf(hashOf(ended, 'b')), 'utf8'))).toEqual({ value: 'b', inputs: [expect.stringContaining('"a"')] });
  expect(readdirSync(join(server.store.folder, 'quarantine'))).toContainEqual(expect.stringContaining(hashOf(ended, 'a')));
});
