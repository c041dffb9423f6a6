import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn, type Client } from '#test/support/client.ts';
import { deployTable } from '#test/support/endpoint.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface Deployment {
  name: string;
  state: string;
  weight: number;
  processes: number;
}
interface Endpoint {
  state: string;
  deployments: Deployment[];
}
const NAME = 'parity';
const CSV = ['x,label', ...Array.from({ length: 40 }, (_, row) => `${row},${row % 2 === 0 ? 'even' : 'odd'}`)].join('\n');
const WORDS = /paused and answers nobody.*PATCH \/api\/v1\/endpoints\/parity with {"paused": false}/;

let server: TestServer;
let client: Client;
let key: string;
let inferenceId: string;

const change = async (paused: boolean): Promise<Endpoint> => {
  const headers = { 'content-type': 'application/json' };
  return (await (await client.request(`/endpoints/${NAME}`, { method: 'PATCH', headers, body: JSON.stringify({ paused }) })).json()) as Endpoint;
};
const endpoint = () => client.get<Endpoint>(`/endpoints/${NAME}`);
const ask = (method: 'GET' | 'POST', path: string, body?: string, type = 'application/json') =>
  fetch(server.url + path, { method, headers: { authorization: `Bearer ${key}`, 'content-type': type }, body });
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const gone = async (pids: readonly number[]): Promise<void> => {
  while (pids.some(alive)) await new Promise((done) => setTimeout(done, 20));
};

/** A request of each protocol, and what it says of a refusal. */
const ROWS = '[{"x": 1}]';
const TENSOR = JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [1] }] });
const ways: readonly { path: string; body: string; type?: string; words: (body: unknown) => unknown }[] = [
  { path: `/api/v1/endpoints/${NAME}/score`, body: ROWS, words: (body) => ({ ...(body as { code: string; detail: string }) }).detail },
  { path: `/api/v1/endpoints/${NAME}/score`, body: `{"Inputs": {"WebServiceInput0": ${ROWS}}}`, words: (body) => (body as { detail: string }).detail },
  { path: `/v2/models/${NAME}/infer`, body: TENSOR, words: (body) => (body as { error: string }).error },
  { path: `/v2/models/${NAME}/versions/v1/infer`, body: TENSOR, words: (body) => (body as { error: string }).error },
  { path: `/endpoints/${NAME}/v2/models/${NAME}/infer`, body: TENSOR, words: (body) => (body as { error: string }).error },
  { path: `/endpoints/${NAME}/invocations`, body: `{"dataframe_records": ${ROWS}}`, words: (body) => (body as { message: string }).message },
  { path: `/endpoints/${NAME}/invocations`, body: 'x\n1\n', type: 'text/csv', words: (body) => (body as { message: string }).message },
  { path: `/endpoints/${NAME}/score`, body: `{"data": ${ROWS}}`, words: (body) => (body as { message: string }).message },
];

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  ({ key, inferenceId } = await deployTable(client, NAME, CSV, { label: 'label', learner: 'two-class-logistic-regression' }));
});
afterAll(() => server.stop());

it('answers in every protocol before', async () => {
  for (const { path, body, type } of ways) expect([path, (await ask('POST', path, body, type)).status]).toEqual([path, 200]);
  expect((await ask('GET', `/endpoints/${NAME}/ping`)).status).toBe(200);
});

it('answers nobody while it is paused, in each dialect, and holds no process', async () => {
  const { pids } = server.running.services.deployments;
  expect(pids).toHaveLength(1);
  const { state, deployments } = await change(true);
  expect([state, deployments[0]]).toMatchObject(['paused', { name: 'v1', state: 'stopped', weight: 100, processes: 0 }]);
  expect((await client.get<{ items: Endpoint[] }>('/endpoints')).items[0]!.state).toBe('paused');
  for (const { path, body, type, words } of ways) {
    const answer = await ask('POST', path, body, type);
    expect([path, answer.status]).toEqual([path, 503]);
    expect(words(await answer.json())).toMatch(WORDS);
  }
  const refused = (await (await ask('POST', `/endpoints/${NAME}/invocations`, `{"instances": ${ROWS}}`)).json()) as object;
  expect(refused).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
  expect((await ask('GET', `/endpoints/${NAME}/ping`)).status).toBe(503);
  expect((await ask('GET', `/v2/models/${NAME}/ready`)).status).toBe(400);
  expect(await (await ask('POST', '/v2/repository/index')).json()).toMatchObject([{ state: 'UNAVAILABLE', reason: 'The endpoint is paused.' }]);
  expect((await ask('GET', '/v2/health/ready')).status).toBe(200);
  await gone(pids);
  expect(server.running.services.deployments.pids).toEqual([]);
});

it('refuses a load test, and counts what is refused as no error', async () => {
  const plan = { by: 'clients', steps: [1], seconds: 1, rows: 1 };
  const answer = await client.request(`/endpoints/${NAME}/load-test`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ plan }),
  });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'endpoint_paused']);
  const { traffic } = await client.get<{ traffic: { errors: number } }>(`/endpoints/${NAME}`);
  expect(traffic.errors).toBe(0);
});

it('stays paused over a restart, takes deployments and traffic meanwhile, and starts none', async () => {
  const folder = server.dataFolder;
  await server.stop({ keep: true });
  server = await startServer({ dataFolder: folder });
  client = await signIn(server.url, server.signInLink);
  expect((await endpoint()).state).toBe('paused');
  await client.post(`/endpoints/${NAME}/deployments`, { source: { type: 'pipeline', pipelineId: inferenceId } });
  await client.post(`/endpoints/${NAME}/rollback`);
  await client.post(`/endpoints/${NAME}/deployments/v2/promote`);
  const { state, deployments } = await endpoint();
  expect([state, deployments.map(({ name, weight }) => [name, weight])]).toEqual([
    'paused',
    [
      ['v2', 100],
      ['v1', 0],
    ],
  ]);
  await gone(server.running.services.deployments.pids);
  expect((await ask('POST', ways[0]!.path, ways[0]!.body)).status).toBe(503);
});

it('answers again when it is resumed, and writes all of it down', async () => {
  const { state, deployments } = await change(false);
  expect([state, deployments[0]]).toMatchObject(['serving', { name: 'v2', state: 'serving', processes: 1 }]);
  for (const { path, body, type } of ways.filter((each) => !each.path.includes('/versions/')))
    expect([path, (await ask('POST', path, body, type)).status]).toEqual([path, 200]);
  await change(false);
  const { items } = await client.get<{ items: { type: string; by: string }[] }>(`/endpoints/${NAME}/events`);
  expect(items.map(({ type }) => type)).toEqual(['resumed', 'promoted', 'rolled_back', 'deployed', 'paused', 'deployed']);
  expect(items[0]!.by).not.toBe('');
});
