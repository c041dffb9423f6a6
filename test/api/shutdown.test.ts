import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { check, type Call } from '#test/executor/invariants.ts';
import { finishedRun, type Client } from '#test/support/client.ts';
import { startProcess, type ServerProcess } from '#test/support/server-process.ts';

let folder: string;
let server: ServerProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-shutdown-'));
});
afterEach(async () => {
  server?.send('SIGKILL');
  await server?.ended;
  rmSync(folder, { recursive: true, force: true });
});

const queryOf = (script: string) => ({
  formatVersion: 1,
  name: 'Query',
  nodes: [
    { id: 'table', type: 'enter-data-manually', version: 1, params: { data: 'x\n1\n2\n' } },
    { id: 'query', type: 'apply-sql-transformation', version: 1, params: { script } },
  ],
  edges: [{ from: { node: 'table', port: 'data' }, to: { node: 'query', port: 't1' } }],
});
const ENDLESS = 'SELECT count(*) AS n FROM t1, range(10000000) AS a, range(10000000) AS b WHERE hash(a.range, b.range) = 0';
const json = { 'content-type': 'application/json' };

/** Asks for runs until the server takes none any more. */
async function ask(name: string, client: Client, pipeline: string, calls: Call[], asked: () => void): Promise<void> {
  for (let number = 0; ; number++) {
    const key = `${name} ${number}`;
    try {
      const answer = await client.request(`/pipelines/${pipeline}/runs`, {
        method: 'POST',
        headers: { ...json, 'idempotency-key': key },
        body: JSON.stringify({ force: true }),
      });
      const body = (await answer.json()) as { id: string };
      if (answer.status !== 202) {
        expect(answer.status).toBe(503);
        return;
      }
      calls.push({ key, run: body.id });
      if (calls.length === 8) asked();
    } catch {
      calls.push({ key, run: null });
      return;
    }
  }
}

/** The session of a client, with the server that runs now. */
function at({ headers }: Client, url: string): Client {
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}/api/v1${path}`, { ...init, headers: { ...(init.headers as Record<string, string> | undefined), cookie: headers.cookie!, origin: url } });
  const get = async <T>(path: string) => (await (await request(path)).json()) as T;
  const no = () => Promise.reject(new Error('Not needed here.'));
  return { url, headers, request, get, post: no, bytes: no };
}

/** An upload that the server has begun to take, and that goes on when it is told to end; then gives the status of the answer. */
async function beginUpload(client: Client): Promise<{ end(): Promise<number> }> {
  const rest = Promise.withResolvers<void>();
  const answer = client.request('/datasets/slow', {
    method: 'PUT',
    headers: { 'x-file-name': 'slow.csv', 'content-type': 'application/octet-stream' },
    body: new ReadableStream({
      async start(body) {
        body.enqueue(new TextEncoder().encode('a,b\n1,2\n'));
        await rest.promise;
        body.enqueue(new TextEncoder().encode('3,4\n'));
        body.close();
      },
    }),
    duplex: 'half',
  } as RequestInit);
  while (readdirSync(join(folder, 'uploads')).length === 0) await sleep(5);
  return {
    end: async () => {
      rest.resolve();
      return (await answer).status;
    },
  };
}

test('told to stop under load, the server ends what it has begun to answer, loses no run that it accepted, and goes on at the next start', async () => {
  server = await startProcess(folder);
  const client = await server.signIn();
  const { id } = await client.post<{ id: string }>('/pipelines', { document: queryOf('SELECT sum(x) AS total FROM t1') });
  const calls: Call[] = [];
  const { promise: busy, resolve } = Promise.withResolvers<void>();
  const asking = Promise.all(['one', 'two'].map((name) => ask(name, client, id, calls, resolve)));
  await busy;

  const upload = await beginUpload(client);
  server.send('SIGTERM');
  while (!server.words().includes('Stopping')) await sleep(5);
  await asking;
  await sleep(300);
  expect(await upload.end()).toBe(201);
  expect(await server.ended).toBe(0);
  expect(await check(folder, calls, { runs: 'in time', outputs: 'absent', secrets: 'absent', readyAfter: 'absent' })).toEqual([]);

  server = await startProcess(folder);
  const again = at(client, server.url);
  for (const { run } of calls) if (run) expect((await finishedRun(again, run)).status).toBe('succeeded');
  // With no run to wait for, it waits for the answer all the same.
  const other = await beginUpload(again);
  server.send('SIGTERM');
  while (!server.words().includes('Stopping')) await sleep(5);
  await sleep(300);
  expect(await other.end()).toBe(201);
  expect(await server.ended).toBe(0);
  expect(await check(folder, calls, { runs: 'ended', outputs: 'absent', secrets: [client.headers.cookie!.split('=')[1]!], readyAfter: 'absent' })).toEqual([]);
});

test('told twice, it ends at once; what ran is taken up at the next start, and a second server is refused meanwhile', async () => {
  server = await startProcess(folder);
  const client = await server.signIn();
  const { id } = await client.post<{ id: string }>('/pipelines', { document: queryOf(ENDLESS) });
  const run = await client.post<{ id: string }>(`/pipelines/${id}/runs`);
  const statusOf = async (from: Client): Promise<string> =>
    (await from.get<{ steps: { node: string; status: string }[] }>(`/runs/${run.id}`)).steps.find(({ node }) => node === 'query')!.status;
  while ((await statusOf(client)) !== 'running') await sleep(20);
  await expect(startProcess(folder)).rejects.toThrow(/ended with [1-9][\s\S]*uses the data folder[\s\S]*Stop that one/);

  server.send('SIGTERM');
  while (!server.words().includes('Stopping')) await sleep(5);
  server.send('SIGTERM');
  expect(await server.ended).toBe(130);
  const calls = [{ key: 'none', run: run.id }];
  server = await startProcess(folder);
  const again = at(client, server.url);
  while ((await statusOf(again)) !== 'running') await sleep(20);
  expect((await again.request(`/runs/${run.id}/cancel`, { method: 'POST' })).ok).toBe(true);
  expect((await finishedRun(again, run.id)).status).toBe('cancelled');
  server.send('SIGTERM');
  expect(await server.ended).toBe(0);
  expect(await check(folder, calls, { runs: 'ended', outputs: 'absent', secrets: 'absent', readyAfter: 'absent' })).toEqual([]);
});
