import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
import { disableNodes, pinNode, setParam, unpinNodes } from '#pipelines/edit.ts';
import type { RunDetails } from '#server/executor/runs.ts';
import { sweepAll } from '#server/store/sweep.ts';
import { journalOf, statuses, stepOf, testServer, type TestServer } from './harness.ts';
import { brokenInvariants } from './invariants.ts';
import { pipelineOf } from './test-nodes.ts';

let server: TestServer;
let journal: string;
let folder: string;
beforeAll(async () => {
  server = await testServer();
});
beforeEach(() => {
  folder = mkdtempSync(join(server.folder, 'test-'));
  journal = join(folder, 'journal');
  writeFileSync(journal, '');
});
afterEach(() => {
  expect(brokenInvariants(server)).toEqual([]);
  expect(server.errors).toEqual([]);
});
afterAll(() => server.close());

const line = (): PipelineDocument =>
  pipelineOf({ a: { params: { journal } }, b: { from: ['a'], params: { journal } }, c: { from: ['b'], params: { journal } } });
const outputsOf = (run: RunDetails, node: string): Record<string, string> =>
  Object.fromEntries(stepOf(run, node).outputs.map(({ port, hash }) => [port, hash]));
const plan = async (id: string) =>
  Object.fromEntries((await server.runs.plan('w', id, { kind: 'all' })).map(({ node, will, reason }) => [node, `${will}: ${reason}`]));

test('a pinned node gives its pinned results whatever changes before it, and counts as reused with the reason', async () => {
  const document = line();
  const id = server.save(document);
  const first = await server.run(id);
  const pinned = setParam(pinNode(document, 'b', { run: first.number, outputs: outputsOf(first, 'b') }), 'b', 'value', 'other');
  server.save(setParam(pinned, 'a', 'value', 'new'), id);
  expect(await plan(id)).toMatchObject({ b: `reuse: pinned result of run ${first.number}`, c: `reuse: result of run ${first.number}` });
  const second = await server.run(id, { force: true });
  expect(statuses(second)).toEqual({ a: 'succeeded', b: 'reused', c: 'succeeded' });
  expect(stepOf(second, 'b')).toMatchObject({ reason: 'pinned', reusedFrom: first.number });
  expect(outputsOf(second, 'b')).toEqual(outputsOf(first, 'b'));
  expect(journalOf(journal).slice(3).toSorted()).toEqual(['a', 'c']);
  // What lies before it is no part of a run up to what follows it.
  expect(statuses(await server.run(id, { scope: { kind: 'to', node: 'c' } }))).toEqual({ b: 'reused', c: 'reused' });
  server.save(unpinNodes(setParam(pinned, 'a', 'value', 'new'), ['b']), id);
  expect(statuses(await server.run(id))).toMatchObject({ a: 'reused', b: 'succeeded' });
});

test('a pinned result outlives its run, and is swept once no pipeline names it', async () => {
  const document = setParam(line(), 'a', 'value', 'nowhere else');
  const id = server.save(document);
  const first = await server.run(id);
  const outputs = outputsOf(first, 'b');
  server.save(pinNode(document, 'b', { run: first.number, outputs }), id);
  server.runs.delete('w', first.id);
  await sweepAll(server.db, server.store);
  expect(statuses(await server.run(id, { scope: { kind: 'node', node: 'b' } }))).toEqual({ b: 'reused' });
  const { items } = server.runs.list({ workspaceId: 'w', pipelineId: id });
  server.save(document, id);
  for (const run of items) server.runs.delete('w', run.id);
  await sweepAll(server.db, server.store);
  expect(server.store.bytesOf(Object.values(outputs)[0]!)).toBeNull();
});

test('a pin whose result is gone, or is of another kind, is refused before the run, with the node', async () => {
  const document = line();
  const id = server.save(pinNode(document, 'b', { run: 7, outputs: { data: 'f'.repeat(64) } }));
  expect(await plan(id)).toMatchObject({ b: 'run: the pinned result is gone' });
  await expect(server.run(id)).rejects.toMatchObject({ status: 422, issues: [{ code: 'pin_missing', node: 'b', message: expect.stringContaining('run 7') }] });
});

test('a pinned result whose file is damaged fails the step and says so', async () => {
  const document = line();
  const id = server.save(document);
  const first = await server.run(id);
  const outputs = outputsOf(first, 'b');
  server.save(pinNode(document, 'b', { run: first.number, outputs }), id);
  rmSync(server.store.pathOf(Object.values(outputs)[0]!));
  const second = await server.run(id);
  expect(stepOf(second, 'b')).toMatchObject({ status: 'failed', error: { code: 'pin_missing' } });
  expect(statuses(second)).toMatchObject({ a: 'reused', c: 'skipped' });
  server.save(document, id);
  expect(statuses(await server.run(id))).toEqual({ a: 'reused', b: 'succeeded', c: 'reused' });
});

test('a disabled node is left out, what follows takes what it would have taken, and the plan says why', async () => {
  const document = line();
  const id = server.save(document);
  await server.run(id);
  server.save(disableNodes(document, ['b'], true), id);
  expect(await plan(id)).toEqual({ a: expect.stringMatching(/^reuse/), c: expect.stringMatching(/^run: input .*is disabled$/) });
  expect(statuses(await server.run(id))).toEqual({ a: 'reused', c: 'succeeded' });
  await expect(server.run(id, { scope: { kind: 'to', node: 'b' } })).rejects.toMatchObject({ status: 422, issues: [{ code: 'node_off', node: 'b' }] });
  server.save(disableNodes(document, ['a', 'b', 'c'], true), id);
  await expect(server.run(id)).rejects.toMatchObject({ message: expect.stringContaining('Every node is disabled') });
  server.save(document, id);
  expect(statuses(await server.run(id))).toEqual({ a: 'reused', b: 'reused', c: 'reused' });
});
