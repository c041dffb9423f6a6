import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataFolderInUse, lockDataFolder } from '#server/db/lock.ts';
import { launch as launchServer, type CrashChild } from './crash-child.ts';
import { brokenInvariants } from './invariants.ts';
import { journalOf, statuses, stepOf, temporaryFolder, testServer, type TestServer } from './harness.ts';
import { pipelineOf } from './test-nodes.ts';

const script = fileURLToPath(new URL('./crash-server.ts', import.meta.url));
let folder: string;
let journal: string;
let gate: string;
beforeEach(() => {
  folder = temporaryFolder();
  journal = join(folder, 'journal');
  gate = join(folder, 'gate');
  writeFileSync(journal, '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A server in a process of its own that starts a run of a pipeline. */
function launch(pipeline: string): CrashChild {
  const child = launchServer();
  child.go({ folder, calls: [{ key: 'call', pipeline }] });
  return child;
}

/** Prepares the data folder with a saved pipeline, and closes it again. */
async function prepared(nodes: Parameters<typeof pipelineOf>[0]): Promise<string> {
  const server = await testServer({ folder });
  const id = server.save(pipelineOf(nodes));
  await server.leave();
  return id;
}

const exists = (pid: number): boolean => existsSync(`/proc/${pid}`);
async function gone(pid: number): Promise<void> {
  while (exists(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function close(server: TestServer): Promise<void> {
  await server.pool.close();
  server.db.$client.close();
}

test('a run whose server was killed is taken up: finished steps stay, the one that ran is begun again', async () => {
  const pipeline = await prepared({
    one: { params: { journal } },
    two: { from: ['one'], params: { journal, behaviour: 'wait', gate } },
    three: { from: ['two'], params: { journal } },
  });
  const child = launch(pipeline);
  const run = (await child.until((line) => line.startsWith('started '))).split(' ').at(-1)!;
  while (!journalOf(journal).includes('two')) await new Promise((resolve) => setTimeout(resolve, 5));
  const pids = (await child.until((line) => line.startsWith('pids '))).slice(5).split(',').map(Number);
  await child.kill();
  writeFileSync(gate, '');
  const server = await testServer({ folder });
  const ended = await server.finish(run);
  expect(statuses(ended)).toEqual({ one: 'succeeded', two: 'succeeded', three: 'succeeded' });
  expect(stepOf(ended, 'two').attempt).toBe(2);
  expect(journalOf(journal)).toEqual(['one', 'two', 'two', 'three']);
  await Promise.all(pids.map(gone));
  expect(brokenInvariants(server)).toEqual([]);
  await close(server);
});

test('a run that was being cancelled when the server was killed is cancelled after the restart', async () => {
  const server = await testServer({ folder });
  const id = server.save(pipelineOf({ slow: { params: { behaviour: 'wait', gate } }, after: { from: ['slow'] } }));
  const { id: run } = await server.start(id);
  await server.until(run, (event) => event.type === 'step' && event.status === 'running');
  await server.runs.drain(0);
  await close(server);
  const next = await testServer({ folder, now: () => Date.now() });
  next.runs.cancel('w', run);
  expect(statuses(await next.finish(run))).toEqual({ slow: 'cancelled', after: 'cancelled' });
  expect(brokenInvariants(next)).toEqual([]);
  await close(next);
});

test('a server that stops hands its runs back, and the next one ends them', async () => {
  const server = await testServer({ folder });
  const id = server.save(pipelineOf({ one: { params: { journal } }, slow: { from: ['one'], params: { behaviour: 'wait', gate } } }));
  const { id: run } = await server.start(id);
  await server.until(run, (event) => event.type === 'step' && event.node === 'slow' && event.status === 'running');
  await server.runs.drain(50);
  await expect(server.start(id)).rejects.toMatchObject({ status: 503 });
  expect(server.db.$client.prepare('SELECT status FROM steps WHERE node = ?').pluck().get('slow')).toBe('queued');
  await close(server);
  writeFileSync(gate, '');
  const next = await testServer({ folder });
  expect(statuses(await next.finish(run))).toEqual({ one: 'succeeded', slow: 'succeeded' });
  expect(journalOf(journal)).toEqual(['one']);
  expect(brokenInvariants(next)).toEqual([]);
  await close(next);
});

test('a run that cannot be taken up is put aside, and the others go on', async () => {
  const server = await testServer({ folder });
  const id = server.save(pipelineOf({ slow: { params: { behaviour: 'wait', gate } } }));
  const [poison, healthy] = [await server.start(id), await server.start(id)];
  await server.until(healthy.id, (event) => event.type === 'step' && event.status === 'running');
  await server.runs.drain(0);
  server.db.$client.prepare(`UPDATE runs SET scope = 'no JSON' WHERE id = ?`).run(poison.id);
  await close(server);
  writeFileSync(gate, '');
  const next = await testServer({ folder });
  expect((await next.finish(healthy.id)).status).toBe('succeeded');
  expect(next.runs.summary('w', poison.id)).toMatchObject({ status: 'crashed', counts: { cancelled: 1, running: 0, queued: 0 } });
  expect(next.errors).toHaveLength(1);
  expect(brokenInvariants(next)).toEqual([]);
  await close(next);
});

test('two servers on one data folder: the second is told, and after a kill the next takes over', async () => {
  const child = launch(await prepared({ one: {} }));
  await child.until((line) => line.startsWith('pids '));
  expect(() => lockDataFolder(folder)).toThrow(DataFolderInUse);
  expect(() => lockDataFolder(folder)).toThrow(new RegExp(`\\(process ${child.process.pid}\\) uses the data folder`));
  const second = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'pipe'] });
  second.stdin.end(`${JSON.stringify([{ folder, calls: [] }])}\n`);
  let words = '';
  second.stderr!.on('data', (text) => (words += text));
  // Its words are whole by then.
  expect((await once(second, 'close'))[0]).not.toBe(0);
  expect(words).toContain('Stop that one, or choose another folder');
  await child.kill();
  lockDataFolder(folder).release();
});
