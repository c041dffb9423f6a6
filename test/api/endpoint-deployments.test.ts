import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { scoringLoad } from '#test/support/scoring-load.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface Deployment {
  name: string;
  state: string;
  mode: string;
  weight: number;
  modelName: string | null;
  modelVersion: number | null;
  runNumber: number | null;
  processes: number;
  settings: { workers: number };
  traffic: { requests: number; shadow: { compared: number; equalShare: number; meanDifference: number } | null };
  proof: { rowCount: number };
}
interface Endpoint {
  state: string;
  sample: Record<string, unknown>;
  rollbackTo: string | null;
  deployments: Deployment[];
}
const NAME = 'biopsies';

let server: TestServer;
let client: Client;
let key: string;
let runId: string;
let row: Record<string, unknown>;

const endpoint = () => client.get<Endpoint>(`/endpoints/${NAME}`);
const deployment = async (name: string) => (await endpoint()).deployments.find((each) => each.name === name)!;
const send = (method: string, path: string, body: unknown) =>
  client.request(`/endpoints/${NAME}${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const deploy = (plan: object) => client.post<Endpoint>(`/endpoints/${NAME}/deployments`, { source: { type: 'run', runId }, ...plan });
const scoreUrl = () => `${server.url}/api/v1/endpoints/${NAME}/score`;
const score = (headers: Record<string, string> = {}) =>
  fetch(scoreUrl(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify([row]),
  });
const answering = async (headers: Record<string, string> = {}) => ((await (await score(headers)).json()) as { deployment: string }).deployment;
const events = async () =>
  (await client.get<{ items: { type: string; deployment: string | null; by: string; message: string }[] }>(`/endpoints/${NAME}/events`)).items;
/** Asks the endpoint until it is so. */
const until = (what: () => Promise<boolean>) =>
  expect
    .poll(async () => {
      await score();
      return what();
    })
    .toBe(true);

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  const { id } = await client.post<{ id: string }>('/samples/breast-cancer/open');
  runId = (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id;
  const run = await finishedRun(client, runId);
  expect(run.status).toBe('succeeded');
  const { hash } = run.steps.flatMap((step) => step.outputs).find((output) => output.kind === 'model')!;
  await client.post('/models', { name: 'biopsy', hash, aliases: ['champion'] });
});
afterAll(() => server.stop());

describe('an endpoint with several deployments', () => {
  it('begins with a run, and takes a registered model beside it', async () => {
    expect((await deploy({ name: 'stable', weight: 10 })).deployments).toMatchObject([{ name: 'stable', weight: 100, state: 'serving', modelName: null }]);
    key = (await client.get<{ primary: string }>(`/endpoints/${NAME}/key`)).primary;
    row = (await endpoint()).sample;
    const made = await client.post<Endpoint>(`/endpoints/${NAME}/deployments`, {
      source: { type: 'model', name: 'biopsy', version: 'champion' },
      name: 'candidate',
      weight: 20,
      settings: { workers: 2 },
    });
    expect(made.deployments).toMatchObject([
      { name: 'candidate', weight: 20, modelName: 'biopsy', modelVersion: 1, processes: 2, settings: { workers: 2 } },
      { name: 'stable', weight: 80, processes: 1 },
    ]);
    expect(made.deployments[0]!.proof.rowCount).toBeGreaterThan(100);
    expect((await send('POST', '/deployments', { source: { type: 'run', runId }, name: 'stable' })).status).toBe(409);
    expect((await send('POST', '/deployments', { source: { type: 'model', name: 'biopsy', version: 'nobody' } })).status).toBe(404);
  });

  it('keeps a caller at one deployment, and lets a caller name one', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `customer ${index}`);
    const first = await Promise.all(keys.map((each) => answering({ 'x-modelwright-session': each })));
    expect(new Set(first)).toEqual(new Set(['stable', 'candidate']));
    expect(await Promise.all(keys.map((each) => answering({ 'x-modelwright-session': each })))).toEqual(first);
    expect(await Promise.all(keys.map((each) => answering({ cookie: `x-modelwright-session=${encodeURIComponent(each)}` })))).toEqual(first);
    expect(await answering({ 'x-modelwright-deployment': 'candidate' })).toBe('candidate');
    expect(await answering({ 'azureml-model-deployment': 'stable' })).toBe('stable');
    expect((await score({ 'x-modelwright-deployment': 'nobody' })).status).toBe(404);
  });

  it('splits as it is told, and refuses shares that are no whole', async () => {
    expect((await send('PUT', '/traffic', { weights: { stable: 50, candidate: 49 } })).status).toBe(422);
    expect((await send('PUT', '/traffic', { weights: { stable: 100, nobody: 0 } })).status).toBe(404);
    expect((await send('PUT', '/traffic', { weights: { stable: 100 } })).status).toBe(200);
    expect((await deployment('candidate')).state).toBe('serving');
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => answering())))).toEqual(new Set(['stable']));
  });

  it('lets a shadow score copies, compares, and never answers with it', async () => {
    expect((await send('PATCH', '/deployments/stable', { shadow: true })).status).toBe(409);
    expect((await send('PATCH', '/deployments/candidate', { shadow: true })).status).toBe(200);
    expect((await score({ 'x-modelwright-deployment': 'candidate' })).status).toBe(404);
    await until(async () => ((await deployment('candidate')).traffic.shadow?.compared ?? 0) >= 5);
    expect((await deployment('candidate')).traffic.shadow).toMatchObject({ equalShare: 1, meanDifference: 0 });
    expect((await send('PATCH', '/deployments/candidate', { shadow: false })).status).toBe(200);
  });

  it('loses no request through a deploy, a promotion, other workers and a rollback', async () => {
    const load = scoringLoad(scoreUrl(), { key, row });
    await load.more(20);
    await deploy({ name: 'third' });
    await load.more(20);
    expect((await send('POST', '/deployments/candidate/promote', {})).status).toBe(200);
    await load.more(20);
    expect((await send('PATCH', '/deployments/candidate', { settings: { workers: 1 } })).status).toBe(200);
    await load.more(20);
    expect((await endpoint()).rollbackTo).toBe('third');
    expect((await send('POST', '/rollback', {})).status).toBe(200);
    await load.more(20);
    await load.stop();
    expect([...load.statuses.keys()]).toEqual([200]);
    expect([...load.deployments.keys()].toSorted()).toEqual(['candidate', 'stable', 'third']);
    expect((await deployment('third')).weight).toBe(100);
    expect((await events()).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['deployed', 'traffic', 'shadowed', 'promoted', 'rolled_back', 'settings']),
    );
  });

  it('rolls back by itself when it gets too slow, and says why', async () => {
    const autoRollback = { enabled: true, errorRate: 0.5, p95Milliseconds: 0.0001, windowSeconds: 60, minimumRequests: 5 };
    await deploy({ name: 'slow' });
    expect((await send('PATCH', '', { autoRollback })).status).toBe(200);
    await until(async () => (await deployment('slow')).weight === 0);
    expect((await deployment('third')).weight).toBe(100);
    const event = (await events()).find((each) => each.type === 'auto_rolled_back')!;
    expect(event.by).toBe('auto-rollback');
    expect(event.message).toContain('slow → third. The 95th percentile of');
    expect((await send('PATCH', '', { autoRollback: { ...autoRollback, enabled: false } })).status).toBe(200);
  });

  it('stops, starts and removes what has no traffic, and nothing else', async () => {
    expect((await send('PATCH', '/deployments/third', { running: false })).status).toBe(409);
    expect((await send('PATCH', '/deployments/slow', { running: true })).status).toBe(200);
    expect(await answering({ 'x-modelwright-deployment': 'slow' })).toBe('slow');
    expect((await send('PATCH', '/deployments/slow', { running: false })).status).toBe(200);
    expect((await score({ 'x-modelwright-deployment': 'slow' })).status).toBe(404);
    expect((await client.request(`/endpoints/${NAME}/deployments/slow`, { method: 'DELETE' })).status).toBe(204);
  });

  it('goes to sleep when nobody asks, and wakes up with the next request', async () => {
    expect((await send('PATCH', '/deployments/third', { settings: { idleMinutes: 0.001 } })).status).toBe(200);
    await expect.poll(() => deployment('third')).toMatchObject({ state: 'idle', processes: 0, weight: 100 });
    expect((await endpoint()).state).toBe('idle');
    expect((await score()).status).toBe(200);
    expect((await send('PATCH', '/deployments/third', { settings: { idleMinutes: 0 } })).status).toBe(200);
    expect((await score()).status).toBe(200);
    expect((await deployment('third')).state).toBe('serving');
  });

  it('keeps its traffic over a restart, and its history by deployment', async () => {
    await server.stop({ keep: true });
    server = await startServer({ dataFolder: server.dataFolder });
    client = await signIn(server.url, server.signInLink);
    const { deployments } = await client.get<{ deployments: { name: string; points: { requests: number; queue: { p50: number | null } }[] }[] }>(
      `/endpoints/${NAME}/traffic?range=day`,
    );
    const requests = new Map(deployments.map(({ name, points }) => [name, points.reduce((sum, point) => sum + point.requests, 0)]));
    expect(requests.get('third')).toBeGreaterThan(20);
    expect(requests.get('stable')).toBeGreaterThan(60);
    expect((await score()).status).toBe(200);
  });

  it('answers all that were asked before it was told to end', async () => {
    const load = scoringLoad(scoreUrl(), { key, row });
    await load.more(20);
    const stopped = server.stop({ keep: true });
    await stopped;
    await load.stop();
    expect(
      [...load.statuses.keys()].filter((status) => status !== 200 && status !== 'ECONNREFUSED' && status !== 'UND_ERR_SOCKET' && status !== 'ECONNRESET'),
    ).toEqual([]);
    expect(load.statuses.get(200)).toBeGreaterThanOrEqual(20);
    server = await startServer({ dataFolder: server.dataFolder });
  });
});
