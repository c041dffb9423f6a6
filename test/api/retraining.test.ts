import { expect, it } from 'vitest';
import { ManualClock } from '#server/scheduler/clock.ts';
import { finishedRun } from '#test/support/client.ts';
import { scoringLoad, type ScoringLoad } from '#test/support/scoring-load.ts';
import { startedServer } from '#test/support/server.ts';

interface Model {
  versions: { version: number; aliases: string[]; runId: string | null; datasets?: { name: string; version: number }[] }[];
}
interface Deployment {
  name: string;
  mode: string;
  weight: number;
  modelVersion: number | null;
  traffic: { shadow: { compared: number; equalShare: number } | null };
}
interface Schedule {
  id: string;
  next: string[];
  recent: { slot: string; outcome: string; runId: string | null }[];
}

const clock = new ManualClock(Date.UTC(2026, 4, 4, 12));
let load: ScoringLoad;

const node = (id: string, type: string, params: object) => ({ id, type, version: 1, params });
const edge = (from: string, port: string, to: string, into: string) => ({ from: { node: from, port }, to: { node: to, port: into } });
const document = {
  formatVersion: 1,
  name: 'Retrained',
  nodes: [
    node('data', 'dataset', { dataset: { name: 'sales', version: null } }),
    node('learner', 'linear-regression', {}),
    node('train', 'train-model', { label: 'y' }),
    node('register', 'register-model', { name: 'sales', aliases: 'challenger' }),
  ],
  edges: [edge('data', 'data', 'train', 'data'), edge('learner', 'learner', 'train', 'learner'), edge('train', 'model', 'register', 'model')],
};
/** y = slope · x. */
const store = async (slope: number): Promise<void> => {
  const body = `x,y\n${Array.from({ length: 60 }, (_, x) => `${x},${slope * x}`).join('\n')}\n`;
  const answer = await client.request('/datasets/sales', { method: 'PUT', headers: { 'content-type': 'text/csv', 'x-file-name': 'sales.csv' }, body });
  expect(answer.status).toBeLessThan(300);
};
const models = async () => (await client.get<Model>('/models/sales')).versions.toSorted((a, b) => a.version - b.version);
const deployments = async () => (await client.get<{ deployments: Deployment[] }>('/endpoints/sales')).deployments;
const change = async (method: string, path: string, body: object): Promise<void> => {
  const answer = await client.request(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
};
const alias = (name: string, version: number) => change('PUT', `/models/sales/aliases/${name}`, { version });
const deploy = (version: string, name: string, mode: 'live' | 'shadow') =>
  client.post('/endpoints/sales/deployments', { source: { type: 'model', name: 'sales', version }, name, mode });
/** The number that the endpoint gives for x = 10. */
const predicted = async (key: string): Promise<number> => {
  const answer = await fetch(`${server.url}/api/v1/endpoints/sales/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: '[{"x": 10}]',
  });
  const { results } = (await answer.json()) as { results: Record<string, number>[] };
  return Object.values(results[0]!).at(-1)!;
};

const { server, client } = await startedServer({ clock });

it('new data is learned overnight, judged beside what serves, and takes its place without a lost request', async () => {
  await store(2);
  const { id: pipelineId } = await client.post<{ id: string }>('/pipelines', { document });
  const schedule = await client.post<Schedule>('/schedules', { name: 'Nightly', pipelineId, cron: '0 3 * * *', timeZone: 'Europe/Oslo', overlap: 'skip' });
  const { scheduler } = server.running.services;
  /** Until the next three o’clock in Oslo, and the run that begins then. */
  const night = async (): Promise<string> => {
    const [next] = (await client.get<Schedule>(`/schedules/${schedule.id}`)).next;
    clock.turnBy(Date.parse(next!) - clock.now());
    await scheduler.idle();
    scheduler.look();
    await scheduler.idle();
    const firing = (await client.get<Schedule>(`/schedules/${schedule.id}`)).recent.at(-1);
    expect(firing).toMatchObject({ outcome: 'started' });
    expect((await finishedRun(client, firing!.runId!)).status).toBe('succeeded');
    return firing!.runId!;
  };

  const first = await night();
  expect(await models()).toMatchObject([{ version: 1, aliases: ['challenger'], runId: first }]);
  await alias('champion', 1);
  await deploy('champion', 'may', 'live');
  const { primary: key } = await client.get<{ primary: string }>('/endpoints/sales/key');
  expect(await predicted(key)).toBeCloseTo(20, 1);
  load = scoringLoad(`${server.url}/api/v1/endpoints/sales/score`, { key, row: { x: 10 }, callers: 2 });

  await store(3);
  const second = await night();
  expect(second).not.toBe(first);
  expect(await models()).toMatchObject([
    { version: 1, aliases: ['champion'], runId: first },
    { version: 2, aliases: ['challenger'], runId: second },
  ]);
  await deploy('challenger', 'june', 'shadow');
  const shadow = async () => (await deployments()).find(({ name }) => name === 'june')!.traffic.shadow;
  while (((await shadow())?.compared ?? 0) < 20) await load.more(5);
  // It has seen other data, and says so beside every answer that callers still get from the champion.
  expect((await shadow())!.equalShare).toBe(0);
  expect(await predicted(key)).toBeCloseTo(20, 1);

  await change('PATCH', '/endpoints/sales/deployments/june', { shadow: false });
  await client.post('/endpoints/sales/deployments/june/promote', {});
  await alias('champion', 2);
  expect(await predicted(key)).toBeCloseTo(30, 1);
  await load.more(10);
  await load.stop();
  expect([...load.statuses.keys()]).toEqual([200]);
  expect(await deployments()).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ name: 'june', modelVersion: 2, weight: 100 }), expect.objectContaining({ name: 'may', weight: 0 })]),
  );
  expect((await models()).map(({ aliases }) => aliases.toSorted())).toEqual([[], ['challenger', 'champion']]);
});
