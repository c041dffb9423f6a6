import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface Endpoint {
  state: string;
  url: string;
  sample: Record<string, unknown>;
  input: { name: string; type: string; required: boolean }[];
  deployments: { name: string; weight: number; state: string; hash: string; runNumber: number; proof: { equal: boolean; rowCount: number } }[];
  rollbackTo: string | null;
  traffic: { requests: number; refused: number; errors: number; p50: number | null; queue: { p50: number | null } };
}
const NAME = 'biopsies';

let server: TestServer;
let client: Client;
let inferenceId: string;
let key: string;

const endpoint = () => client.get<Endpoint>(`/endpoints/${NAME}`);
const score = (body: unknown, secret: string | null = key, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/v1/endpoints/${NAME}/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(secret === null ? {} : { authorization: `Bearer ${secret}` }), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const problemOf = async (answer: Response) => ({ status: answer.status, ...((await answer.json()) as { code: string; detail: string }) });

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  const { id } = await client.post<{ id: string }>('/samples/breast-cancer/open');
  const early = await client.request(`/pipelines/${id}/deploy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint: NAME }),
  });
  expect(early.status).toBe(422);
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  expect(run.status).toBe('succeeded');
  inferenceId = (await client.post<{ id: string; kind: string }>(`/pipelines/${id}/inference`)).id;
  await client.post(`/pipelines/${inferenceId}/deploy`, { endpoint: NAME });
  key = (await client.get<{ primary: string }>(`/endpoints/${NAME}/key`)).primary;
});
afterAll(() => server.stop());

describe('an endpoint', () => {
  it('serves one proved deployment and says what it takes', async () => {
    const found = await endpoint();
    expect(found.state).toBe('serving');
    expect(found.deployments).toHaveLength(1);
    expect(found.deployments[0]).toMatchObject({ name: 'v1', weight: 100, proof: { equal: true } });
    expect(found.deployments[0]!.proof.rowCount).toBeGreaterThan(100);
    expect(found.input.length).toBeGreaterThan(5);
    const document = await client.get<{ openapi: string; paths: Record<string, unknown> }>(`/endpoints/${NAME}/openapi.json`);
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths[found.url]).toBeDefined();
  });

  it('scores rows in all three forms, with its key, an API token or the session', async () => {
    const { sample } = await endpoint();
    const own = await score({ rows: [sample] });
    expect(own.status).toBe(200);
    expect(Number(own.headers.get('x-modelwright-milliseconds'))).toBeGreaterThan(0);
    const { results, deployment } = (await own.json()) as { results: Record<string, unknown>[]; deployment: string };
    expect(deployment).toBe('v1');
    expect(results[0]!['Scored Labels']).toEqual(expect.anything());
    const probability = results[0]!['Scored Probabilities'] as number;
    expect(probability).toBeGreaterThanOrEqual(0);
    expect(probability).toBeLessThanOrEqual(1);
    expect(await (await score([sample])).json()).toEqual({ results, deployment });
    expect(await (await score({ Inputs: { WebServiceInput0: [sample] }, GlobalParameters: {} })).json()).toEqual({ Results: { WebServiceOutput0: results } });
    const { token } = await client.post<{ token: string }>('/tokens', { name: 'scorer' });
    expect(await (await score([sample], token)).json()).toEqual({ results, deployment });
    expect(
      await (
        await client.request(`/endpoints/${NAME}/score`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify([sample]) })
      ).json(),
    ).toEqual({ results, deployment });
  });

  it('gives each of many simultaneous requests its own rows’ answer', async () => {
    const { sample, input } = await endpoint();
    const numeric = input.find((column) => column.type === 'number' || column.type === 'integer')!.name;
    const rowOf = (index: number) => ({ ...sample, [numeric]: 1 + (index % 10) });
    const alone = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => ((await (await score([rowOf(index)])).json()) as { results: unknown[] }).results[0]),
    );
    const many = await Promise.all(
      Array.from(
        { length: 100 },
        async (_, index) => ((await (await score(Array.from({ length: 1 + (index % 3) }, () => rowOf(index)))).json()) as { results: unknown[] }).results,
      ),
    );
    many.forEach((results, index) => expect(results).toEqual(Array.from({ length: 1 + (index % 3) }, () => alone[index % 10])));
  });

  it('refuses rows that do not fit, naming row and column', async () => {
    const { sample, input } = await endpoint();
    const numeric = input.find((column) => column.type === 'number' || column.type === 'integer')!.name;
    const required = input.find((column) => column.required)?.name;
    const wrong: [unknown, string[]][] = [
      ['{', []],
      [{}, []],
      [[], []],
      [[sample, 7], ['Row 1']],
      [[{ ...sample, nonsense: 1 }], ['Row 0', 'nonsense']],
      [
        [sample, { ...sample, [numeric]: 'five' }],
        ['Row 1', numeric],
      ],
      [[{ ...sample, [numeric]: '5' }], [numeric]],
      [[{ ...sample, [numeric]: [5] }], [numeric]],
      [[{ ...sample, [numeric]: 1e300 }], [numeric]],
      [JSON.stringify([sample]).replace('{', '{"__proto__":{"x":1},'), ['__proto__']],
      [{ Inputs: {} }, []],
      ...(required ? [[[Object.fromEntries(Object.entries(sample).filter(([name]) => name !== required))], [required]] as [unknown, string[]]] : []),
    ];
    for (const [body, named] of wrong) {
      const problem = await problemOf(await score(body));
      expect([JSON.stringify(body).slice(0, 80), problem.status]).toEqual([JSON.stringify(body).slice(0, 80), 400]);
      for (const word of named) expect(problem.detail).toContain(word);
    }
    expect((await score(Array.from({ length: 10_001 }, () => ({})))).status).toBe(400);
    expect((await score('x'.repeat(9 * 2 ** 20))).status).toBe(413);
    expect((await score([sample], key, { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('takes null as missing, and answers every row in valid JSON', async () => {
    const { input } = await endpoint();
    const answer = await score([Object.fromEntries(input.map((column) => [column.name, null]))]);
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { results: unknown[] }).results).toHaveLength(1);
  });

  it('opens to its own keys alone, and not to a rotated one', async () => {
    const { sample } = await endpoint();
    for (const secret of [null, 'mwe_wrong', `${key}x`, 'mw_wrong']) expect((await score([sample], secret)).status).toBe(401);
    expect(
      (
        await fetch(`${server.url}/api/v1/endpoints/unknown/score`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: '[]',
        })
      ).status,
    ).toBe(401);
    const before = await client.get<{ primary: string; secondary: string }>(`/endpoints/${NAME}/key`);
    const after = await client.post<{ primary: string; secondary: string }>(`/endpoints/${NAME}/keys/rotate`, { which: 'primary' });
    expect(after.primary).not.toBe(before.primary);
    expect(after.secondary).toBe(before.secondary);
    expect((await score([sample], before.primary)).status).toBe(401);
    expect((await score([sample], after.primary)).status).toBe(200);
    key = after.primary;
  });

  it('counts its traffic', async () => {
    const { traffic } = await endpoint();
    expect(traffic.requests).toBeGreaterThan(100);
    expect(traffic.refused).toBeGreaterThan(5);
    expect(traffic.errors).toBe(0);
    expect(traffic.queue.p50).toBeGreaterThan(0);
    expect(traffic.p50).toBeGreaterThan(0);
    const metrics = await (await client.request('/../../metrics')).text();
    expect(metrics).toMatch(/modelwright_endpoint_requests_total\{endpoint="biopsies",outcome="answered"\} \d+/);
    expect(metrics).toMatch(/nv_inference_request_success\{model="biopsies",version="v1"\} [1-9]\d+/);
    expect(metrics).toMatch(/nv_inference_queue_duration_us\{model="biopsies",version="v1"\} [1-9]/);
    expect(metrics).toMatch(/http_server_request_duration_seconds_count\{http_request_method="POST"/);
  });

  it('counts batches, of requests that came together one for all of them', async () => {
    const { sample } = await endpoint();
    const figures = async () => {
      const metrics = await (await client.request('/../../metrics')).text();
      const of = (name: string) => Number(new RegExp(`^${name}\\{model="biopsies",version="v1"\\} (\\d+)$`, 'm').exec(metrics)![1]);
      return { requests: of('nv_inference_request_success'), rows: of('nv_inference_count'), batches: of('nv_inference_exec_count') };
    };
    const before = await figures();
    const answers = await Promise.all(Array.from({ length: 300 }, () => score([sample, sample])));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const after = await figures();
    expect([after.requests - before.requests, after.rows - before.rows]).toEqual([300, 600]);
    expect(after.batches - before.batches).toBeGreaterThan(0);
    expect(after.batches - before.batches).toBeLessThan(300);
    await score([sample]);
    expect((await figures()).batches).toBe(after.batches + 1);
  });

  it('rolls back and forth between deployments without an error in between', async () => {
    const { sample } = await endpoint();
    let going = true;
    const statuses: number[] = [];
    const traffic = (async () => {
      while (going) statuses.push((await score([sample])).status);
    })();
    await client.post(`/pipelines/${inferenceId}/deploy`, { endpoint: NAME });
    expect((await endpoint()).deployments.map(({ name, weight }) => [name, weight])).toEqual([
      ['v2', 100],
      ['v1', 0],
    ]);
    await client.post(`/endpoints/${NAME}/rollback`);
    going = false;
    await traffic;
    expect(statuses.length).toBeGreaterThan(2);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await endpoint()).deployments.map(({ name, weight, state }) => [name, weight, state])).toEqual([
      ['v2', 0, 'stopped'],
      ['v1', 100, 'serving'],
    ]);
    expect((await client.request(`/endpoints/${NAME}/rollback`, { method: 'POST' })).status).toBe(409);
    expect((await client.request(`/endpoints/${NAME}/deployments/v1`, { method: 'DELETE' })).status).toBe(409);
    expect((await client.request(`/endpoints/${NAME}/deployments/v2`, { method: 'DELETE' })).status).toBe(204);
  });

  it('comes back when its process is killed, and the server stays up', async () => {
    const { sample } = await endpoint();
    const [pid] = server.running.services.deployments.pids;
    process.kill(pid!, 'SIGKILL');
    await expect.poll(() => server.running.services.deployments.pids).not.toContain(pid);
    await expect.poll(async () => (await score([sample])).status).toBe(200);
  });

  it('serves again after a restart of the server, with the same keys', async () => {
    const { sample } = await endpoint();
    const expected = await (await score([sample])).json();
    await server.stop({ keep: true });
    server = await startServer({ dataFolder: server.dataFolder });
    client = await signIn(server.url, server.signInLink);
    await expect.poll(async () => (await score([sample])).status).toBe(200);
    expect(await (await score([sample])).json()).toEqual(expected);
    expect((await endpoint()).traffic.requests).toBeGreaterThan(100);
    expect(readdirSync(join(server.dataFolder, 'inference', 'empty'))).toEqual([]);
  });

  it('refuses a name that cannot be part of an address, and is gone after deleting', async () => {
    const bad = await client.request(`/pipelines/${inferenceId}/deploy`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"endpoint":"Not ok"}',
    });
    expect((await problemOf(bad)).code).toBe('name_invalid');
    expect((await client.request(`/endpoints/${NAME}`, { method: 'DELETE' })).status).toBe(204);
    expect((await client.request(`/endpoints/${NAME}`)).status).toBe(404);
    expect((await score([])).status).toBe(401);
  });
});
