import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

interface Document {
  nodes: { id: string; type: string; version: number; params: Record<string, unknown> }[];
  edges: { from: { node: string; port: string }; to: { node: string; port: string } }[];
}

const { client } = await startedServer();
beforeAll(async () => {
  await client.post('/samples/breast-cancer/open');
});

/** The sample, with its model registered and deployed by the run itself. */
function retraining(): Document {
  const document = JSON.parse(readFileSync(new URL('../../pipelines/samples/breast-cancer.pipeline.json', import.meta.url), 'utf8')) as Document;
  const train = document.nodes.find((node) => node.type === 'train-model')!;
  const { from } = document.edges.find((edge) => edge.from.node === train.id)!;
  document.nodes.push(
    { id: 'register', type: 'register-model', version: 1, params: { name: 'biopsy' } },
    { id: 'deploy', type: 'deploy-to-endpoint', version: 1, params: { endpoint: 'biopsy' } },
  );
  document.edges.push({ from, to: { node: 'register', port: 'model' } }, { from: { node: 'register', port: 'model' }, to: { node: 'deploy', port: 'model' } });
  return document;
}

it('lets a run retrain, register and roll out, once for each run', async () => {
  const { id } = await client.post<{ id: string }>('/pipelines', { document: retraining() });
  for (const version of [1, 2]) {
    const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
    expect(run.steps.filter((step) => step.error).map((step) => [step.node, step.error])).toEqual([]);
    expect(run.status).toBe('succeeded');
    const model = await client.get<{ versions: { version: number; runNumber: number }[] }>('/models/biopsy');
    expect(model.versions[0]).toMatchObject({ version, runNumber: run.number });
    const endpoint = await client.get<{
      state: string;
      sample: unknown;
      deployments: { name: string; weight: number; runNumber: number; proof: { equal: boolean } }[];
    }>('/endpoints/biopsy');
    expect(endpoint.state).toBe('serving');
    expect(endpoint.deployments).toHaveLength(version);
    expect(endpoint.deployments[0]).toMatchObject({ name: `v${version}`, weight: 100, runNumber: run.number, proof: { equal: true } });
    const answer = await client.post<{ deployment: string; results: unknown[] }>('/endpoints/biopsy/score', [endpoint.sample]);
    expect(answer).toMatchObject({ deployment: `v${version}`, results: [expect.objectContaining({ 'Scored Labels': expect.anything() })] });
  }
});

it('deploys as its parameters say, beside what answers', async () => {
  const deploy = async (name: string, params: Record<string, unknown>): Promise<{ name: string; weight: number; mode: string; settings: unknown }[]> => {
    const document = retraining();
    document.nodes.find((node) => node.id === 'deploy')!.params = { endpoint: name, ...params };
    const { id } = await client.post<{ id: string }>('/pipelines', { document });
    const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
    expect(run.status).toBe('succeeded');
    const { items } = await client.get<{ items: { type: string; by: string }[] }>(`/endpoints/${name}/events`);
    expect(items[0]).toMatchObject({ type: 'deployed', by: `run ${run.number}` });
    return (await client.get<{ deployments: { name: string; weight: number; mode: string; settings: unknown }[] }>(`/endpoints/${name}`)).deployments;
  };
  const limits = { workers: 2, queueLimit: 64, timeLimit: 500, idleMinutes: 30 };
  expect(await deploy('shadowed', { traffic: 'shadow', ...limits })).toMatchObject([
    { name: 'v1', weight: 100, mode: 'live', settings: { workers: 2, queueLimit: 64, timeLimitMilliseconds: 500, idleMinutes: 30 } },
  ]);
  expect(await deploy('shadowed', { traffic: 'shadow' })).toMatchObject([
    { name: 'v2', weight: 0, mode: 'shadow' },
    { name: 'v1', weight: 100 },
  ]);
  expect(await deploy('shadowed', { traffic: 'part', share: 25 })).toMatchObject([{ name: 'v3', weight: 25 }, {}, { name: 'v1', weight: 75 }]);
});

it('fails the step, and changes nothing, when what it should deploy cannot be served', async () => {
  const document = retraining();
  document.nodes = document.nodes.filter((node) => !['register', 'deploy'].includes(node.id));
  document.edges = document.edges.filter((edge) => !['register', 'deploy'].includes(edge.to.node));
  document.nodes.push({ id: 'deploy', type: 'deploy-to-endpoint', version: 1, params: { endpoint: 'Not A Name' } });
  const train = document.nodes.find((node) => node.type === 'train-model')!;
  document.edges.push({ from: document.edges.find((edge) => edge.from.node === train.id)!.from, to: { node: 'deploy', port: 'model' } });
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const refused = await client.request(`/pipelines/${id}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  expect(refused.status).toBe(422);
  expect((await client.get<{ items: { name: string }[] }>('/endpoints')).items.map(({ name }) => name)).toEqual(['biopsy', 'shadowed']);
});
