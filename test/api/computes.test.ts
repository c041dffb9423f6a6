import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { holdDownload, importing, type HeldDownload } from '#test/support/held-download.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface ComputeAnswer {
  readonly name: string;
  readonly slots: number;
  readonly isDefault: boolean;
  readonly machine: { readonly memoryBytes: number; readonly freeMemoryBytes: number };
  readonly load: {
    readonly used: number;
    readonly waiting: number;
    readonly running: readonly { readonly runId: string; readonly name: string; readonly pipelineName: string }[];
    readonly queue: readonly { readonly runId: string; readonly place: number; readonly since: string }[];
    readonly samples: readonly { readonly used: number; readonly waiting: number }[];
  };
}

let server: TestServer;
let client: Client;
let held: HeldDownload;
beforeAll(async () => {
  held = await holdDownload();
  server = await startServer({ environment: { allowedHosts: ['127.0.0.1'] } });
  client = await signIn(server.url, server.signInLink);
});
afterAll(async () => {
  await server.stop();
  await held.close();
});

const json = { 'content-type': 'application/json' };
const send = (method: string, path: string, body?: unknown): Promise<Response> =>
  client.request(path, { method, ...(body === undefined ? {} : { headers: json, body: JSON.stringify(body) }) });
const refused = async (answer: Promise<Response>): Promise<{ status: number; code: string; detail: string; errors?: { pointer: string; detail: string }[] }> =>
  (await (await answer).json()) as never;
const small = { name: 'small', description: 'For little jobs', slots: 1, memoryMegabytes: 256 };
const pipeline = async (document: unknown): Promise<string> => (await client.post<{ id: string }>('/pipelines', { document })).id;
const begin = async (pipelineId: string, more: object = {}): Promise<string> => (await client.post<{ id: string }>(`/pipelines/${pipelineId}/runs`, more)).id;
const look = (name: string): Promise<ComputeAnswer> => client.get<ComputeAnswer>(`/computes/${name}`);

describe('registering', () => {
  it('begins with `local`, which cannot go', async () => {
    const { items } = await client.get<{ items: ComputeAnswer[] }>('/computes');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      name: 'local',
      adapter: 'local',
      isDefault: true,
      createdAt: null,
      confinement: server.running.services.pool.confinement,
      machine: { cores: availableParallelism() },
      load: { used: 0, waiting: 0, running: [], queue: [], cpuShare: 0 },
    });
    expect(await refused(send('DELETE', '/computes/local'))).toMatchObject({ status: 409, code: 'compute_always_there' });
  });

  it('gives what was made, under its address too, and changes it', async () => {
    const made = await send('POST', '/computes', small);
    expect(made.status).toBe(201);
    const { load, machine, ...facts } = (await made.json()) as ComputeAnswer;
    expect(machine.freeMemoryBytes).toBeLessThan(machine.memoryBytes);
    expect(facts).toMatchObject({ ...small, threads: server.running.services.environment.threads, isDefault: false });
    expect(load.samples).toEqual([]);
    expect(await look('small')).toMatchObject(facts);
    const changed = await send('PUT', '/computes/small', { slots: 2, threads: 1, memoryMegabytes: 512 });
    expect(changed.status).toBe(200);
    expect(await changed.json()).toMatchObject({ description: 'For little jobs', slots: 2, threads: 1, memoryMegabytes: 512 });
    expect(await refused(send('POST', '/computes', small))).toMatchObject({ status: 409, code: 'name_taken' });
  });

  it('makes a default, and goes back to `local` when that is deleted', async () => {
    expect((await send('PUT', '/computes/small/default')).status).toBe(204);
    expect((await look('small')).isDefault).toBe(true);
    expect((await send('DELETE', '/computes/small')).status).toBe(204);
    expect((await look('local')).isDefault).toBe(true);
    for (const [method, path, body] of [
      ['GET', '/computes/small', undefined],
      ['PUT', '/computes/small', { slots: 1, threads: 1, memoryMegabytes: 128 }],
      ['PUT', '/computes/small/default', undefined],
      ['DELETE', '/computes/small', undefined],
    ] as const)
      expect(await refused(send(method, path, body))).toMatchObject({ status: 404, code: 'not_found' });
  });

  it.each([
    ['/name', { name: 'Small' }, /small letters/],
    ['/name', { name: 'a'.repeat(64) }, /63 at most/],
    ['/slots', { slots: 0 }, />=1/],
    ['/slots', { slots: 1.5 }, /int/],
    ['/slots', { slots: 8 * availableParallelism() + 1 }, availableParallelism() < 32 ? /only slow each other down/ : /256/],
    ['/threads', { threads: 0 }, />=1/],
    ['/threads', { threads: availableParallelism() + 1 }, /<=/],
    ['/memoryMegabytes', { memoryMegabytes: 127 }, />=128/],
    ['', { colour: 'red' }, /colour/],
  ])('refuses what is wrong at "%s"', async (pointer, wrong, why) => {
    const problem = await refused(send('POST', '/computes', { ...small, ...wrong }));
    expect(problem).toMatchObject({ status: 422, code: 'request_invalid' });
    expect(problem.errors!.find((error) => error.pointer === pointer)?.detail).toMatch(why);
    expect((await client.request('/computes/small')).status).toBe(404);
  });
});

describe('at work', () => {
  it('shows what runs and what waits, begins more when it gets more slots, and goes when nothing needs it', async () => {
    expect((await send('POST', '/computes', small)).status).toBe(201);
    const ids = await Promise.all(['/one', '/two'].map((path) => pipeline(importing(`Import ${path}`, held.url + path, 'small'))));
    const [first, second] = [await begin(ids[0]!), await begin(ids[1]!)];
    await expect.poll(async () => (await look('small')).load).toMatchObject({ used: 1, waiting: 1 });
    const { load } = await look('small');
    expect(load.running).toMatchObject([{ runId: first, name: 'Import', pipelineName: 'Import /one', slots: 1 }]);
    expect(load.queue).toMatchObject([{ runId: second, place: 1, slots: 1, since: expect.stringMatching(/^20/) as string }]);
    expect(await client.get(`/runs/${second}/waiting`)).toEqual({ place: null, items: [{ node: 'import', compute: 'small', place: 1, of: 1 }] });
    server.running.services.loadHistory.take();
    expect((await look('small')).load.samples.at(-1)).toMatchObject({ used: 1, waiting: 1 });
    expect((await look('local')).load.running).toEqual([]);

    expect(await refused(send('DELETE', '/computes/small'))).toMatchObject({
      status: 409,
      code: 'compute_in_use',
      detail: expect.stringMatching(/under way/) as string,
    });

    expect((await send('PUT', '/computes/small', { slots: 2, threads: 1, memoryMegabytes: 256 })).status).toBe(200);
    await expect.poll(async () => (await look('small')).load).toMatchObject({ used: 2, waiting: 0, queue: [] });
    held.letGo();
    for (const id of [first, second]) expect((await finishedRun(client, id)).status).toBe('succeeded');
    await expect.poll(async () => (await look('small')).load).toMatchObject({ used: 0, waiting: 0, running: [] });

    // The executor lets go of a run a moment after it has ended.
    await expect
      .poll(() => refused(send('DELETE', '/computes/small')))
      .toMatchObject({ status: 409, code: 'compute_in_use', detail: expect.stringContaining('"Import /one", "Import /two"') as string });
    for (const id of ids) expect((await send('DELETE', `/pipelines/${id}`)).status).toBe(204);
    expect((await send('DELETE', '/computes/small')).status).toBe(204);
  });

  it('stays while a node of a pipeline names it, and names ten pipelines at most', async () => {
    expect((await send('POST', '/computes', small)).status).toBe(201);
    const ids: string[] = [];
    for (let number = 0; number < 12; number++) {
      const document = importing(`P${String(number).padStart(2, '0')}`, held.url);
      ids.push(await pipeline({ ...document, nodes: document.nodes.map((node) => ({ ...node, policy: { compute: 'small' } })) }));
    }
    const { detail } = await refused(send('DELETE', '/computes/small'));
    expect(detail).toMatch(/^Pipelines name "small": "P00", .*"P09" and others\. Choose another compute/);
    for (const id of ids) await send('DELETE', `/pipelines/${id}`);
    expect((await send('DELETE', '/computes/small')).status).toBe(204);
  });

  it('stays while a run that waits to be taken up names it', async () => {
    expect((await send('POST', '/computes', small)).status).toBe(201);
    const id = await pipeline(importing('Waits', `${held.url}/waits`));
    const run = await begin(id, { policy: { compute: 'small' } });
    await finishedRun(client, run);
    // As it stands while more runs are under way than are carried out at once.
    const { $client } = server.running.services.database;
    $client.prepare(`UPDATE runs SET status = 'queued' WHERE id = ?`).run(run);
    const { detail } = await refused(send('DELETE', '/computes/small'));
    expect(detail).toMatch(/^Runs that have not ended name "small": run \d+ of "Waits"\. Wait/);
    $client.prepare(`UPDATE runs SET status = 'succeeded' WHERE id = ?`).run(run);
    expect((await send('DELETE', '/computes/small')).status).toBe(204);
  });
});

it('is described in full', async () => {
  const document = (await (await client.request('/../openapi.json')).json()) as {
    components: { schemas: Record<string, { properties: Record<string, z.core.JSONSchema.Schema> }> };
  };
  const { properties } = document.components.schemas.Compute!;
  expect(Object.keys(properties)).toEqual(Object.keys(await look('local')));
});
