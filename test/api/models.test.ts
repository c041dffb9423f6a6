import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelComparison } from '#server/models/compare.ts';
import type { ModelUses } from '#server/models/uses.ts';
import type { ModelDetail, ModelListed, ModelVersion } from '#server/models/views.ts';
import { finishedRun, signIn, type Client } from '#test/support/client.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

interface Node {
  id: string;
  type: string;
  version: number;
  name?: string;
  params: Record<string, unknown>;
}
interface Document {
  name: string;
  nodes: Node[];
  edges: { from: { node: string; port: string }; to: { node: string; port: string } }[];
}

let server: TestServer;
let client: Client;
let pipeline: string;
let document: Document;
/** The hash of the model of each run. */
const hashes: string[] = [];

const send = (method: string, path: string, body?: unknown) =>
  client.request(path, { method, headers: { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
const change = async <T>(method: string, path: string, body: unknown): Promise<T> => {
  const answer = await send(method, path, body);
  if (!answer.ok) throw new Error(`${path} gave ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
};
const learner = () => document.nodes.find((node) => node.type.startsWith('two-class-'))!;

/** The sample, which registers its model; the second run trains with other parameters. */
async function runOnce(): Promise<{ id: string; number: number }> {
  const started = await client.post<{ id: string; number: number }>(`/pipelines/${pipeline}/runs`);
  const run = await finishedRun(client, started.id);
  expect(run.steps.filter((step) => step.error).map((step) => [step.node, step.error])).toEqual([]);
  hashes.push(run.steps.find((step) => step.type === 'train-model')!.outputs.find((output) => output.kind === 'model')!.hash);
  return started;
}

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  await client.post('/samples/breast-cancer/open');
  document = JSON.parse(readFileSync(new URL('../../pipelines/samples/breast-cancer.pipeline.json', import.meta.url), 'utf8')) as Document;
  const train = document.nodes.find((node) => node.type === 'train-model')!;
  const { from } = document.edges.find((edge) => edge.from.node === train.id)!;
  document.nodes.push({ id: 'register', type: 'register-model', version: 1, params: { name: 'biopsy', aliases: 'challenger', tags: 'team=care' } });
  document.edges.push({ from, to: { node: 'register', port: 'model' } });
  pipeline = (await client.post<{ id: string }>('/pipelines', { document })).id;
  await runOnce();
  learner().params = { l2: 5 };
  const { revision } = await client.get<{ revision: number }>(`/pipelines/${pipeline}`);
  const saved = await client.request(`/pipelines/${pipeline}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': `"${revision}"` },
    body: JSON.stringify({ document }),
  });
  expect(saved.status).toBe(200);
  await runOnce();
});
afterAll(() => server.stop());

describe('the registry', () => {
  it('keeps where a version comes from: run, node, pipeline version, data and all figures', async () => {
    const model = await client.get<ModelDetail>('/models/biopsy');
    expect(model.versions.map(({ version, aliases, tags }) => ({ version, aliases, tags }))).toEqual([
      { version: 2, aliases: ['challenger'], tags: { team: 'care' } },
      { version: 1, aliases: [], tags: { team: 'care' } },
    ]);
    const [newest] = model.versions;
    expect(newest).toMatchObject({ source: 'run', runNumber: 2, pipelineId: pipeline, pipelineName: document.name, archived: false, hash: hashes[1] });
    expect(newest!.pipelineVersionId).not.toBe(model.versions[1]!.pipelineVersionId);
    expect(newest!.datasets).toEqual([{ name: 'breast-cancer', version: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(newest!.evaluations).toHaveLength(1);
    expect(newest!.evaluations[0]!.metrics).toMatchObject({ auc: expect.any(Number), accuracy: expect.any(Number), f1: expect.any(Number) });
    expect(newest!.headline).toBe(`AUC ${newest!.evaluations[0]!.metrics.auc!.toFixed(3)}`);
  });

  it('moves an alias, finds versions by it, and takes it away', async () => {
    expect((await client.get<ModelVersion>('/models/biopsy/versions/challenger')).version).toBe(2);
    expect((await change<ModelVersion>('PUT', '/models/biopsy/aliases/champion', { version: 2 })).aliases).toEqual(['challenger', 'champion']);
    expect((await change<ModelVersion>('PUT', '/models/biopsy/aliases/champion', { version: 1 })).aliases).toEqual(['champion']);
    expect((await client.get<ModelVersion>('/models/biopsy/versions/2')).aliases).toEqual(['challenger']);
    expect((await client.get<ModelVersion>('/models/biopsy/versions/latest')).version).toBe(2);
    expect((await send('PUT', '/models/biopsy/aliases/latest', { version: 1 })).status).toBe(400);
    expect((await send('PUT', '/models/biopsy/aliases/champion', { version: 9 })).status).toBe(404);
    expect((await send('DELETE', '/models/biopsy/aliases/champion')).status).toBe(204);
    expect((await client.request('/models/biopsy/versions/champion')).status).toBe(404);
  });

  it('keeps descriptions, intended use and tags as text', async () => {
    const text = '# Tumours\n<script>alert(1)</script>';
    const model = await change<ModelDetail>('PATCH', '/models/biopsy', { description: text, intendedUse: 'Second opinion.', tags: { risk: 'high' } });
    expect(model).toMatchObject({ description: text, intendedUse: 'Second opinion.', tags: { risk: 'high' } });
    const version = await change<ModelVersion>('PATCH', '/models/biopsy/versions/1', { description: 'The first.', tags: {} });
    expect(version).toMatchObject({ description: 'The first.', tags: {}, version: 1 });
    const listed = await client.get<{ items: ModelListed[] }>('/models?search=HIGH');
    expect(listed.items.map(({ name, tags, aliases }) => ({ name, tags, aliases }))).toEqual([
      { name: 'biopsy', tags: { risk: 'high' }, aliases: [{ alias: 'challenger', version: 2 }] },
    ]);
    expect((await client.get<{ items: ModelListed[] }>('/models?search=none')).items).toEqual([]);
    expect((await client.get<{ items: ModelListed[] }>('/models?task=regression')).items).toEqual([]);
    expect((await send('PATCH', '/models/biopsy', { tags: { '': 'x' } })).status).toBe(422);
  });

  it('lays versions beside each other', async () => {
    const compared = await client.get<ModelComparison>('/models/biopsy/compare?versions=challenger,1');
    expect(compared.versions.map((each) => each.version)).toEqual([2, 1]);
    expect(compared.metrics.find((line) => line.name === 'auc')!.values).toEqual([expect.any(Number), expect.any(Number)]);
    expect(compared.parameters.some((line) => line.differs)).toBe(true);
    expect(compared.inputs.every((line) => !line.differs)).toBe(true);
    expect(compared.datasets).toEqual([{ name: 'breast-cancer', values: [1, 1], differs: false }]);
    for (const versions of ['1', '1,two words', '1,99'])
      expect((await client.request(`/models/biopsy/compare?versions=${versions}`)).status).toBeGreaterThanOrEqual(400);
  });

  it('registers a result by its hash under another name, with its origin', async () => {
    const made = await client.post<{ version: number }>('/models', { name: 'copy', hash: hashes[0], aliases: ['champion'], tags: { by: 'hand' } });
    expect(made).toEqual({ name: 'copy', version: 1 });
    const [version] = (await client.get<ModelDetail>('/models/copy')).versions;
    expect(version).toMatchObject({ runNumber: 1, aliases: ['champion'], tags: { by: 'hand' }, datasets: [{ name: 'breast-cancer' }] });
    expect(version!.evaluations).toHaveLength(1);
  });

  it('describes a new model with what is said of it, and then its versions: the model’s own description stays', async () => {
    const { hash } = (await client.get<ModelDetail>('/models/biopsy')).versions[0]!;
    const register = (description: string) => client.post('/models', { name: 'described', hash, description });
    await register('What it is.');
    await register('Trained anew.');
    await register('');
    const { description, versions } = await client.get<ModelDetail>('/models/described');
    expect([description, ...versions.map((each) => each.description)]).toEqual(['What it is.', '', 'Trained anew.', '']);
    expect((await client.request('/models/described', { method: 'DELETE' })).status).toBe(204);
  });

  it('names who uses a version, and refuses to archive or delete it meanwhile', async () => {
    const inference = await client.post<{ id: string }>(`/pipelines/${pipeline}/inference`);
    await client.post(`/pipelines/${inference.id}/deploy`, { endpoint: 'biopsy' });
    const uses = await client.get<ModelUses>('/models/biopsy/versions/2/uses');
    expect(uses.deployments).toEqual([{ endpoint: 'biopsy', deployment: 'v1', state: 'serving', serving: true }]);
    for (const [method, path, body] of [
      ['DELETE', '/models/biopsy/versions/2', undefined],
      ['DELETE', '/models/biopsy', undefined],
      ['PATCH', '/models/biopsy/versions/2', { archived: true }],
    ] as const) {
      const refused = await send(method, path, body);
      expect([path, refused.status]).toEqual([path, 409]);
      expect(await refused.json()).toMatchObject({ code: 'model_used', detail: expect.stringContaining('endpoint “biopsy”') });
    }
    expect((await send('DELETE', '/endpoints/biopsy')).status).toBe(204);
  });

  it('hides what is archived, and brings it back', async () => {
    await change('PATCH', '/models/copy', { archived: true });
    expect((await client.get<{ items: ModelListed[] }>('/models')).items.map((each) => each.name)).toEqual(['biopsy']);
    expect((await client.get<{ items: ModelListed[] }>('/models?archived=true')).items.map((each) => each.name)).toEqual(['copy']);
    await change('PATCH', '/models/biopsy/versions/2', { archived: true });
    const refused = await send('POST', '/endpoints/archive/deployments', { source: { type: 'model', name: 'biopsy', version: '2' } });
    expect([refused.status, await refused.json()]).toEqual([409, expect.objectContaining({ code: 'model_archived' })]);
    expect((await client.get<ModelVersion>('/models/biopsy/versions/latest')).version).toBe(1);
    await change('PATCH', '/models/biopsy/versions/2', { archived: false });
    await change('PATCH', '/models/copy', { archived: false });
    expect((await client.get<{ items: ModelListed[] }>('/models')).items).toHaveLength(2);
  });

  it('deletes for real, and gives no number twice', async () => {
    for (const run of (await client.get<{ items: { id: string }[] }>('/runs')).items) expect((await send('DELETE', `/runs/${run.id}`)).status).toBe(204);
    const kept = await client.get<ModelDetail>('/models/biopsy');
    expect(kept.versions[0]).toMatchObject({ runId: null, runNumber: 2, pipelineName: document.name });
    expect(kept.versions[0]!.evaluations).toHaveLength(1);
    expect((await send('DELETE', '/models/biopsy/versions/2')).status).toBe(204);
    expect((await client.request(`/artifacts/${hashes[1]}`)).status).toBe(404);
    expect((await client.request(`/artifacts/${hashes[0]}`)).status).toBe(200);
    expect((await client.post<{ version: number }>('/models', { name: 'biopsy', hash: hashes[0] })).version).toBe(3);
    for (const name of ['biopsy', 'copy']) expect((await send('DELETE', `/models/${name}`)).status).toBe(204);
    expect((await client.request(`/artifacts/${hashes[0]}`)).status).toBe(404);
  });
});
