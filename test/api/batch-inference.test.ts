import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelUses } from '#server/models/uses.ts';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';

interface Pipeline {
  id: string;
  revision: number;
  document: {
    kind: string;
    parameters: { name: string; node: string; param: string }[];
    nodes: { id: string; type: string; version: number; params: Record<string, unknown> }[];
    edges: { from: { node: string; port: string }; to: { node: string; port: string } }[];
  };
}

let training: Pipeline;
let trained: Awaited<ReturnType<typeof finishedRun>>;

const run = async (id: string, body: unknown = {}) => finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, body)).id);
const good = (done: Awaited<ReturnType<typeof finishedRun>>): typeof done => {
  expect(done.steps.filter((step) => step.error).map((step) => [step.node, step.error])).toEqual([]);
  expect(done.status).toBe('succeeded');
  return done;
};
const scoresOf = async (done: Awaited<ReturnType<typeof finishedRun>>, type = 'score-model') => {
  const { hash } = done.steps.find((step) => step.type === type)!.outputs[0]!;
  const { columns, rows } = await client.get<{ columns: { name: string }[]; rows: unknown[][] }>(`/artifacts/${hash}/rows?limit=1000`);
  const at = columns.findIndex(({ name }) => name === 'Scored Probabilities');
  return rows.map((row) => row[at]);
};
const save = async ({ id, revision }: Pipeline, document: Pipeline['document']): Promise<void> => {
  const headers = { 'content-type': 'application/json', 'if-match': `"${revision}"` };
  expect((await client.request(`/pipelines/${id}`, { method: 'PUT', headers, body: JSON.stringify({ document }) })).status).toBe(200);
};

const { client } = await startedServer();
beforeAll(async () => {
  const { id } = await client.post<{ id: string }>('/samples/breast-cancer/open');
  training = await client.get<Pipeline>(`/pipelines/${id}`);
  trained = good(await run(training.id));
});

describe('a batch inference pipeline', () => {
  let batch: Pipeline;

  it('is drawn from the training pipeline, with its source and result as parameters', async () => {
    batch = await client.post<Pipeline>(`/pipelines/${training.id}/inference`, { as: 'batch' });
    const types = batch.document.nodes.map((node) => node.type);
    expect(batch.document.kind).toBe('batch');
    expect(types).toEqual(expect.arrayContaining(['dataset', 'trained-transform', 'apply-transformation', 'trained-model', 'score-model', 'save-as-dataset']));
    expect(types.some((type) => type.startsWith('train-') || type === 'split-data' || type === 'evaluate-model')).toBe(false);
    expect(batch.document.parameters.map(({ name }) => name)).toEqual(['dataset', 'result']);
  });

  it('scores a dataset as training did, and saves the scores under the name that is asked for', async () => {
    const done = good(await run(batch.id, { parameters: { dataset: { name: 'breast-cancer', version: null }, result: 'tumour scores' } }));
    const dataset = await client.get<{ latest: { rowCount: number; schema: { columns: { name: string }[] } } }>('/datasets/tumour%20scores');
    expect(dataset.latest.schema.columns.map(({ name }) => name)).toEqual(expect.arrayContaining(['Scored Labels', 'Scored Probabilities']));
    expect(dataset.latest.rowCount).toBeGreaterThan(600);
    // The test rows of the training run are among them, with the same scores.
    const all = new Set((await scoresOf(done)).map((score) => Number(score).toFixed(5)));
    for (const score of await scoresOf(trained)) expect(all.has(Number(score).toFixed(5))).toBe(true);
    const model = done.steps.find((step) => step.type === 'trained-model')!;
    expect(model).toMatchObject({ status: 'reused', outputs: [{ hash: trained.steps.find((step) => step.type === 'train-model')!.outputs[0]!.hash }] });
  });

  it('follows retraining, or stays with the run that it names', async () => {
    const pinned = await client.post<Pipeline>(`/pipelines/${training.id}/inference`, { as: 'batch' });
    const document = structuredClone(pinned.document);
    for (const node of document.nodes) if (node.type.startsWith('trained-')) node.params = { ...node.params, run: trained.number };
    await save(pinned, document);
    const changed = structuredClone(training.document);
    changed.nodes.find((node) => node.type === 'two-class-logistic-regression')!.params = { l2: 20 };
    await save(training, changed);
    const again = good(await run(training.id));
    const modelOf = (done: typeof again, type: string) => done.steps.find((step) => step.type === type)!.outputs[0]!.hash;
    expect(modelOf(again, 'train-model')).not.toBe(modelOf(trained, 'train-model'));
    expect(modelOf(good(await run(batch.id)), 'trained-model')).toBe(modelOf(again, 'train-model'));
    expect(modelOf(good(await run(pinned.id)), 'trained-model')).toBe(modelOf(trained, 'train-model'));

    await client.post('/models', { name: 'kept', hash: modelOf(trained, 'train-model') });
    const uses = await client.get<ModelUses>('/models/kept/versions/1/uses');
    expect(uses.pipelines).toEqual([expect.objectContaining({ id: pinned.id, by: `run ${trained.number}`, pinned: true })]);
    expect((await client.request('/models/kept', { method: 'DELETE' })).status).toBe(409);
  });

  it('says which result is missing', async () => {
    const wrong = await client.post<Pipeline>(`/pipelines/${training.id}/inference`, { as: 'batch' });
    const document = structuredClone(wrong.document);
    document.nodes.find((node) => node.type === 'trained-model')!.params.run = 99;
    await save(wrong, document);
    const refused = await client.request(`/pipelines/${wrong.id}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect([refused.status, await refused.json()]).toEqual([422, expect.objectContaining({ detail: expect.stringContaining('no result in run 99') })]);
  });
});

describe('a registered model on the canvas', () => {
  it('scores rows by the alias that it names when the run starts', async () => {
    const hash = trained.steps.find((step) => step.type === 'train-model')!.outputs[0]!.hash;
    await client.post('/models', { name: 'tumours', hash, aliases: ['champion'] });
    const batch = await client.post<Pipeline>(`/pipelines/${training.id}/inference`, { as: 'batch' });
    const document = structuredClone(batch.document);
    const model = document.nodes.find((node) => node.type === 'trained-model')!;
    model.type = 'registered-model';
    model.params = { model: { name: 'tumours', version: 'champion' } };
    await save(batch, document);
    const done = good(await run(batch.id));
    expect(done.steps.find((step) => step.type === 'registered-model')!.outputs[0]!.hash).toBe(hash);
    const uses = await client.get<ModelUses>('/models/tumours/versions/1/uses');
    expect(uses.pipelines).toContainEqual(expect.objectContaining({ id: batch.id, by: 'champion', pinned: true }));
    expect((await client.request('/models/tumours/aliases/champion', { method: 'DELETE' })).status).toBe(204);
    const refused = await client.request(`/pipelines/${batch.id}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(refused.status).toBe(422);
    expect(((await refused.json()) as { detail: string }).detail).toMatch(/alias “champion”/);
  });
});
