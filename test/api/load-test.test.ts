import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, type Client } from '#test/support/client.ts';
import { deployTable } from '#test/support/endpoint.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface Step {
  load: number;
  requests: number;
  errors: number;
  requestsPerSecond: number;
  rowsPerSecond: number;
  p50: number;
  p99: number;
}
interface LoadTest {
  deployment: string;
  state: 'running' | 'done';
  steps: Step[];
  current: Step | null;
  stopped: string | null;
}
const NAME = 'shop';
const PATH = `/endpoints/${NAME}/load-test`;
let server: TestServer;
let client: Client;

const post = (plan: unknown, deployment: string | null = null) =>
  client.request(PATH, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ plan, deployment }) });
const current = async (): Promise<LoadTest | null> => (await client.get<{ test: LoadTest | null }>(PATH)).test;
async function ended(): Promise<LoadTest> {
  for (;;) {
    const test = await current();
    if (test?.state === 'done') return test;
    await new Promise((done) => setTimeout(done, 20));
  }
}

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  const rows = Array.from({ length: 200 }, (_, row) => `${row % 50},${row % 3 === 0 ? 'north' : 'south'},${row % 50 > 20 ? 'yes' : 'no'}`);
  await deployTable(client, NAME, `visits,region,bought\n${rows.join('\n')}\n`, { label: 'bought', learner: 'two-class-logistic-regression' });
});
afterAll(() => server.stop());

it('measures latency and throughput step by step, and counts none of it', async () => {
  expect(await current()).toBeNull();
  expect((await post({ by: 'clients', steps: [1, 4], seconds: 1, rows: 2 })).status).toBe(202);
  const test = await ended();
  expect(test).toMatchObject({ deployment: 'v1', stopped: null, current: null });
  expect(test.steps.map(({ load, errors }) => [load, errors])).toEqual([
    [1, 0],
    [4, 0],
  ]);
  for (const step of test.steps) {
    expect(step.requests).toBeGreaterThan(0);
    expect(step.rowsPerSecond).toBeCloseTo(step.requestsPerSecond * 2);
    expect(step.p99).toBeGreaterThanOrEqual(step.p50);
  }
  const { traffic } = await client.get<{ traffic: { requests: number } }>(`/endpoints/${NAME}`);
  expect(traffic.requests).toBe(0);
  const { items } = await client.get<{ items: { type: string; message: string }[] }>(`/endpoints/${NAME}/events`);
  expect(items[0]).toMatchObject({ type: 'load_test', message: expect.stringMatching(/^Load test: at most \d+ requests\/s, p99 [\d.]+ ms\.$/) as string });
});

it('keeps a rate, and ends when it is cancelled', async () => {
  expect((await post({ by: 'rate', steps: [50, 60], seconds: 60 })).status).toBe(202);
  const beside = await post({ steps: [1], seconds: 1 });
  expect([beside.status, ((await beside.json()) as { code: string }).code]).toEqual([409, 'load_test_running']);
  while (!((await current())?.current?.requests ?? 0)) await new Promise((done) => setTimeout(done, 20));
  expect((await client.request(PATH, { method: 'DELETE' })).status).toBe(200);
  expect(await ended()).toMatchObject({ stopped: 'It was cancelled.', steps: [] });
});

it('refuses what is too long, too much or not there', async () => {
  expect((await post({ steps: [1, 2, 3, 4, 5, 6], seconds: 60 })).status).toBe(422);
  expect((await post({ by: 'clients', steps: [1_000], seconds: 1 })).status).toBe(422);
  expect((await post({ steps: [1], seconds: 1 }, 'v9')).status).toBe(404);
  const { token } = await client.post<{ token: string }>('/tokens', { name: 'robot' });
  const asToken = await fetch(`${server.url}/api/v1${PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ plan: { steps: [1], seconds: 1 } }),
  });
  expect(asToken.status).toBe(403);
});
