import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { brokenInvariants } from './invariants.ts';
import { statuses, stepOf, testServer, type TestServer } from './harness.ts';

let server: TestServer;
beforeEach(async () => {
  server = await testServer({ entry: 'real', catalog });
});
afterEach(() => server.close());

const rows = Array.from({ length: 300 }, (_, index) => `${index % 17},${(index * 7) % 23},${index % 17 > 8 ? 'yes' : 'no'}`);
const wire = (from: string, to: string) => {
  const [a, b] = [from.split('.'), to.split('.')];
  return { from: { node: a[0]!, port: a[1]! }, to: { node: b[0]!, port: b[1]! } };
};

/** Trains, scores, evaluates and registers a model of two classes. */
function training(): PipelineDocument {
  const nodes = {
    data: ['enter-data-manually', { data: `x,y,label\n${rows.join('\n')}\n` }],
    learner: ['two-class-logistic-regression', {}],
    train: ['train-model', { label: 'label' }],
    score: ['score-model', {}],
    evaluate: ['evaluate-model', {}],
    register: ['register-model', { name: 'labels' }],
  } as const;
  return {
    formatVersion: 1,
    name: 'Training',
    description: '',
    kind: 'training',
    parameters: [],
    nodes: Object.entries(nodes).map(([id, [type, params]]) => ({ id, type, version: 1, name: '', comment: '', params })),
    edges: [
      wire('learner.learner', 'train.learner'),
      wire('data.data', 'train.data'),
      wire('train.model', 'score.model'),
      wire('data.data', 'score.data'),
      wire('score.data', 'evaluate.scored'),
      wire('train.model', 'register.model'),
    ],
    notes: [],
    layout: {},
  };
}

test('real step processes train, evaluate and register a model; a second run takes over all but the registration', async () => {
  const id = server.save(training());
  const run = await server.run(id);
  expect([run.error, run.status]).toEqual([null, 'succeeded']);
  expect(run.headline).toMatch(/^AUC (0\.9\d\d|1\.000)$/);
  expect(stepOf(run, 'data').outputs[0]).toMatchObject({ kind: 'table', rowCount: 300, columnCount: 3 });
  const again = await server.run(id);
  expect(statuses(again)).toEqual({ data: 'reused', learner: 'reused', train: 'reused', score: 'reused', evaluate: 'reused', register: 'succeeded' });
  expect(again.headline).toBe(run.headline);
  const versions = server.db.$client.prepare('SELECT version, run_number AS run, headline, learner, hash FROM model_versions ORDER BY version').all();
  const model = { headline: run.headline, learner: 'two-class-logistic-regression', hash: stepOf(run, 'train').outputs[0]!.hash };
  expect(versions).toEqual([
    { version: 1, run: 1, ...model },
    { version: 2, run: 2, ...model },
  ]);
  const { signature } = server.db.$client.prepare('SELECT signature FROM model_versions LIMIT 1').get() as { signature: string };
  expect(JSON.parse(signature)).toMatchObject({ dataHash: stepOf(run, 'data').outputs[0]!.hash, rowCount: 300 });
  const { observed } = await server.runs.state('w', id);
  expect(Object.keys(observed).sort()).toEqual(['data', 'evaluate', 'learner', 'register', 'score', 'train']);
  expect((observed.score!.data as { columns: { name: string }[] }).columns.map((column) => column.name)).toContain('Scored Probabilities');
  expect(brokenInvariants(server)).toEqual([]);
});
