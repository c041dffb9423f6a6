import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { finishedRun } from '#test/support/client.ts';
import { startedServer } from '#test/support/server.ts';
import { ASSIGNMENTS, probabilityColumn, SCORED_LABELS, SCORED_PROBABILITIES } from '#nodes/kit/signature.ts';

const csv = readFileSync(new URL('../interop/data/penguins.csv', import.meta.url), 'utf8');
const BIRD = { island: 'Torgersen', bill_length_mm: 39.1, bill_depth_mm: 18.7, flipper_length_mm: 181, body_mass_g: 3750, sex: 'male', year: 2007 };

interface Placed {
  readonly id: string;
  readonly type: string;
  readonly params?: Record<string, unknown>;
}
const wire = (from: string, port: string, to: string, into: string) => ({ from: { node: from, port }, to: { node: to, port: into } });

/** Penguins, a learner, its training and the scoring of the same rows. */
const documentOf = (learner: Placed, train: Placed, score: Placed) => ({
  formatVersion: 1,
  kind: 'training',
  name: learner.type,
  description: '',
  parameters: [],
  nodes: [{ id: 'data', type: 'enter-data-manually', params: { data: csv } }, learner, train, score].map((node) => ({ version: 1, params: {}, ...node })),
  edges: [
    wire('learner', 'learner', 'train', 'learner'),
    wire('data', 'data', 'train', 'data'),
    wire('train', 'model', 'score', 'model'),
    wire('data', 'data', 'score', 'data'),
  ],
  notes: [],
  layout: {},
});
const supervised = { id: 'train', type: 'train-model', params: { label: 'species' } };
const clusters = { id: 'train', type: 'train-clustering-model' };
const anomalies = { id: 'train', type: 'train-anomaly-detection-model' };
const scoring = { id: 'score', type: 'score-model' };

const { server, client } = await startedServer();

/** Runs the pipeline, deploys it, and gives what scores a request. */
async function deployed(endpoint: string, document: unknown): Promise<(rows: unknown) => Promise<Response>> {
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`, {})).id);
  expect(run.steps.map(({ error }) => error).filter(Boolean)).toEqual([]);
  const inference = await client.post<{ id: string }>(`/pipelines/${id}/inference`);
  await client.post(`/pipelines/${inference.id}/deploy`, { endpoint });
  const { primary } = await client.get<{ primary: string }>(`/endpoints/${endpoint}/key`);
  return (rows) =>
    fetch(`${server.url}/api/v1/endpoints/${endpoint}/score`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${primary}` },
      body: JSON.stringify({ rows }),
    });
}

const rowOf = async (answer: Response): Promise<Record<string, unknown>> => {
  expect(answer.status, answer.ok ? '' : await answer.clone().text()).toBe(200);
  return ((await answer.json()) as { results: Record<string, unknown>[] }).results[0]!;
};

describe('an endpoint answers for', () => {
  it.each(['multiclass-boosted-decision-tree', 'multiclass-logistic-regression', 'multiclass-decision-forest'])('%s', async (type) => {
    const score = await deployed(`species-${type}`, documentOf({ id: 'learner', type }, supervised, scoring));
    const row = await rowOf(await score([BIRD]));
    expect(row[SCORED_LABELS]).toBe('Adelie');
    const shares = ['Adelie', 'Chinstrap', 'Gentoo'].map((level) => row[probabilityColumn(level)] as number);
    expect(shares[0]).toBeGreaterThan(0.5);
    expect(shares.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 5);
    const wrong = await score([{ ...BIRD, body_mass_g: 'heavy' }]);
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('body_mass_g');
  });

  it('clusters', async () => {
    const score = await deployed('groups', documentOf({ id: 'learner', type: 'k-means-clustering', params: { clusters: 3 } }, clusters, scoring));
    expect([0, 1, 2]).toContain((await rowOf(await score([{ ...BIRD, species: 'Adelie' }])))[ASSIGNMENTS]);
  });

  it('anomalies', async () => {
    const score = await deployed('strange', documentOf({ id: 'learner', type: 'isolation-forest' }, anomalies, scoring));
    const bird = { ...BIRD, species: 'Adelie' };
    const usual = await rowOf(await score([bird]));
    const strange = await rowOf(await score([{ ...bird, body_mass_g: 60_000, bill_length_mm: 400, bill_depth_mm: 1, flipper_length_mm: 2 }]));
    expect(strange[SCORED_PROBABILITIES]).toBeGreaterThan(usual[SCORED_PROBABILITIES] as number);
  });
});
