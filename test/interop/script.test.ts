import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '#nodes/kit/reports.ts';
import { finishedRun } from '../support/client.ts';
import { startedServer } from '../support/server.ts';

/** Rows are drawn and models are fitted by other means, so that figures differ a little; more than this is another pipeline. */
const DISTANCE: Readonly<Record<string, number>> = { auc: 0.03, accuracy: 0.04, r2: 0.01 };
const node = (id: string, type: string, params: Record<string, unknown> = {}) => ({ id, type, version: 1, params });
const wire = (from: string, to: string, output = 'data', input = 'data') => ({ from: { node: from, port: output }, to: { node: to, port: input } });
let folder: string;

const { client } = await startedServer();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-script-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a script prints. Not the synchronous form: the server runs in this process. */
async function run(path: string): Promise<string> {
  const interpreter = process.env.MODELWRIGHT_PYTHON;
  if (!interpreter) throw new Error('MODELWRIGHT_PYTHON is not set: run these tests by `npm run test:interop`.');
  return (await promisify(execFile)(interpreter, [path, folder], { cwd: folder, encoding: 'utf8' })).stdout;
}

/** Runs a script alone in a folder with the data that it reads, and gives the JSON lines that it printed. */
async function runScript(id: string, name: string): Promise<Record<string, number>[]> {
  const path = join(folder, `${name}.py`);
  writeFileSync(path, await client.bytes(`/pipelines/${id}/script`));
  const stdout = await run(path);
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, number>);
}

describe.each(['telco-churn', 'breast-cancer', 'diamonds'])('the script of sample %s', (sample) => {
  it('runs without Modelwright and comes to the figures of the run', async () => {
    copyFileSync(fileURLToPath(new URL(`../../pipelines/samples/data/${sample}.csv`, import.meta.url)), join(folder, `${sample}.csv`));
    const { id } = await client.post<{ id: string }>(`/samples/${sample}/open`);
    const ended = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
    expect(ended.status).toBe('succeeded');
    const evaluated = ended.steps.find((step) => step.type === 'evaluate-model')!.outputs[0]!;
    const report = await client.get<Report>(`/artifacts/${evaluated.hash}/report`);
    if (report.type !== 'evaluation') throw new Error('Evaluate Model gave no evaluation.');

    const printed = await runScript(id, sample);
    expect(printed).toHaveLength(report.models.length);
    report.models.forEach(({ metrics }, index) => {
      for (const [name, distance] of Object.entries(DISTANCE)) {
        const ours = (metrics as Readonly<Record<string, number | undefined>>)[name];
        if (ours === undefined || printed[index]![name] === undefined) continue;
        console.log(`${sample} ${index}: ${name} ${ours.toFixed(4)}, script ${printed[index]![name]!.toFixed(4)}`);
        expect(Math.abs(ours - printed[index]![name]!)).toBeLessThanOrEqual(distance);
      }
      expect(Object.keys(DISTANCE).some((name) => printed[index]![name] !== undefined)).toBe(true);
    });
  });
});

it('a script of relational nodes gives the rows of the run', async () => {
  const document = {
    formatVersion: 1,
    name: 'Relational',
    nodes: [
      node('orders', 'enter-data-manually', { data: 'city,price,count\nOslo,10,1\nBergen,20,3\nOslo,5,4\n"Å, ""b""",7,1\n' }),
      node('cities', 'enter-data-manually', { data: 'city,country\nOslo,Norway\nBergen,Norway\n' }),
      node('total', 'derive-column', { name: 'total', expression: 'price * count' }),
      node('large', 'filter-rows', { mode: 'expression', expression: 'total >= 10' }),
      node('joined', 'join-data', {
        joinType: 'left',
        leftKeys: { mode: 'names', names: ['city'] },
        rightKeys: { mode: 'names', names: ['city'] },
        keepRightKeys: false,
      }),
      node('grouped', 'group-and-aggregate', {
        groupBy: { mode: 'names', names: ['country'] },
        aggregations: [
          { function: 'sum', column: 'total', name: 'sum' },
          { function: 'count', column: '', name: 'rows' },
        ],
      }),
      node('sql', 'apply-sql-transformation', { script: 'SELECT country,\n  sum, rows FROM t1\nWHERE country IS NOT NULL ORDER BY country' }),
    ],
    edges: [
      wire('orders', 'total'),
      wire('total', 'large'),
      wire('large', 'joined', 'data', 'left'),
      wire('cities', 'joined', 'data', 'right'),
      wire('joined', 'grouped'),
      wire('grouped', 'sql', 'data', 't1'),
    ],
  };
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const ended = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
  expect(ended.status).toBe('succeeded');
  const { rows } = await client.get<{ rows: unknown[][] }>(
    `/artifacts/${ended.steps.find((step) => step.node === 'sql')!.outputs[0]!.hash}/rows?offset=0&limit=10`,
  );
  const script = Buffer.from(await client.bytes(`/pipelines/${id}/script`)).toString('utf8');
  expect(script).not.toContain('NotImplementedError');
  const path = join(folder, 'relational.py');
  writeFileSync(path, `${script}\nprint(sql.to_json(orient="values"))\n`);
  expect(JSON.parse(await run(path))).toEqual(rows.map((row) => row.map((cell) => (typeof cell === 'string' && /^\d+$/.test(cell) ? Number(cell) : cell))));
});

it('a script scores a registered model from its ONNX file as the run does, and finds clusters', async () => {
  copyFileSync(fileURLToPath(new URL('../../pipelines/samples/data/breast-cancer.csv', import.meta.url)), join(folder, 'breast-cancer.csv'));
  const { id: trainer } = await client.post<{ id: string }>('/samples/breast-cancer/open');
  const trained = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${trainer}/runs`)).id);
  const hash = trained.steps.find(({ type }) => type === 'train-model')!.outputs[0]!.hash;
  await client.post('/models', { name: 'tumour', hash });
  writeFileSync(join(folder, 'tumour.onnx'), await client.bytes(`/artifacts/${hash}/content`));
  const document = {
    formatVersion: 1,
    name: 'Scores',
    nodes: [
      node('read', 'dataset', { dataset: { name: 'breast-cancer', version: null } }),
      node('model', 'registered-model', { model: { name: 'tumour', version: '1' } }),
      node('score', 'score-model', {}),
      node('evaluate', 'evaluate-model', {}),
      node('groups', 'k-means-clustering', { clusters: 2, starts: 5 }),
      node('train', 'train-clustering-model', {}),
    ],
    edges: [
      wire('model', 'score', 'model', 'model'),
      wire('read', 'score'),
      wire('score', 'evaluate', 'data', 'scored'),
      wire('groups', 'train', 'learner', 'learner'),
      wire('read', 'train'),
    ],
  };
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const ended = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
  expect(ended.status).toBe('succeeded');
  const report = await client.get<Report>(`/artifacts/${ended.steps.find(({ node }) => node === 'evaluate')!.outputs[0]!.hash}/report`);
  if (report.type !== 'evaluation') throw new Error('Evaluate Model gave no evaluation.');
  const [figures] = await runScript(id, 'scores');
  const ours = report.models[0]!.metrics as Readonly<Record<string, number>>;
  console.log(`registered model: auc ${ours.auc!.toFixed(6)}, script ${figures!.auc!.toFixed(6)}`);
  expect(Math.abs(ours.auc! - figures!.auc!)).toBeLessThanOrEqual(1e-4);
});

it('learners of each family come to the figures of the run', async () => {
  copyFileSync(fileURLToPath(new URL('../../pipelines/samples/data/breast-cancer.csv', import.meta.url)), join(folder, 'breast-cancer.csv'));
  await client.post('/samples/breast-cancer/open');
  const label = 'Class';
  const learners: Readonly<Record<string, ReturnType<typeof node>>> = {
    bayes: node('bayes', 'two-class-naive-bayes'),
    svm: node('svm', 'two-class-support-vector-machine'),
    curved: node('curved', 'two-class-support-vector-machine', { kernel: 'rbf', unitSphere: true }),
    perceptron: node('perceptron', 'two-class-averaged-perceptron'),
    network: node('network', 'two-class-neural-network', { hiddenNodes: [10], learningRate: 0.05, iterations: 30 }),
  };
  const chains = Object.values(learners).flatMap((learner) => [
    learner,
    node(`train-${learner.id}`, 'train-model', { label }),
    node(`score-${learner.id}`, 'score-model'),
    node(`evaluate-${learner.id}`, 'evaluate-model'),
  ]);
  const document = {
    formatVersion: 1,
    name: 'Learners',
    nodes: [node('read', 'dataset', { dataset: { name: 'breast-cancer', version: null } }), ...chains],
    edges: Object.keys(learners).flatMap((id) => [
      wire(id, `train-${id}`, 'learner', 'learner'),
      wire('read', `train-${id}`),
      wire(`train-${id}`, `score-${id}`, 'model', 'model'),
      wire('read', `score-${id}`),
      wire(`score-${id}`, `evaluate-${id}`, 'data', 'scored'),
    ]),
  };
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const ended = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
  expect(ended.status).toBe('succeeded');
  const printed = new Map((await runScript(id, 'learners')).map((figures) => [String(figures.model), figures]));
  for (const name of Object.keys(learners)) {
    const report = await client.get<Report>(`/artifacts/${ended.steps.find((step) => step.node === `evaluate-${name}`)!.outputs[0]!.hash}/report`);
    if (report.type !== 'evaluation') throw new Error('Evaluate Model gave no evaluation.');
    const ours = report.models[0]!.metrics as Readonly<Record<string, number>>;
    const theirs = printed.get(`score_${name}`)!;
    console.log(`${name}: auc ${ours.auc!.toFixed(4)}, script ${theirs.auc!.toFixed(4)}`);
    expect(Math.abs(ours.auc! - theirs.auc!)).toBeLessThanOrEqual(DISTANCE.auc!);
  }
});

it.each([
  ['words are counted', false],
  ['texts are cleaned and their words counted', true],
])('%s as the run does', async (_what, cleaned) => {
  const [source, text] = cleaned ? ['clean', 'Preprocessed review'] : ['typed', 'review'];
  const reviews = [
    'A GOOD film, see https://a.example',
    "I don't like it; not a good film!!",
    'sooooo good 10 of 10',
    '',
    'bad film; bad, bad actors',
    'Not good: bad Müller',
  ];
  const document = {
    formatVersion: 1,
    name: cleaned ? 'Cleaned texts' : 'Texts',
    nodes: [
      node('typed', 'enter-data-manually', { data: `review,label\n${reviews.map((review, at) => `"${review}",${at % 2 === 0 ? 'yes' : 'no'}`).join('\n')}\n` }),
      ...(cleaned ? [node('clean', 'preprocess-text', { column: 'review', contractions: true })] : []),
      node('words', 'extract-n-gram-features-from-text', { column: text, size: 2, documents: 2, normalize: true, overwrite: true }),
      node('again', 'extract-n-gram-features-from-text', { column: 'review', mode: 'read-only', weighting: 'tf' }),
      node('applied', 'apply-transformation'),
      node('hashed', 'feature-hashing', { columns: { mode: 'names', names: ['review'] }, bits: 4, overwrite: true }),
    ],
    edges: [
      ...(cleaned ? [wire('typed', 'clean')] : []),
      wire(source, 'words'),
      wire('typed', 'again'),
      wire('words', 'again', 'vocabulary', 'vocabulary'),
      wire('words', 'applied', 'transform', 'transform'),
      wire(source, 'applied'),
      wire('typed', 'hashed'),
    ],
  };
  const { id } = await client.post<{ id: string }>('/pipelines', { document });
  const ended = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
  expect(ended.status).toBe('succeeded');
  const script = Buffer.from(await client.bytes(`/pipelines/${id}/script`)).toString('utf8');
  expect(script).not.toContain('NotImplementedError');
  const variables = { ...(cleaned ? { clean: 'clean' } : {}), words: 'words_data', again: 'again_data', applied: 'applied', hashed: 'hashed' };
  const path = join(folder, 'texts.py');
  const print = Object.values(variables).map((name) => `print(${name}.fillna("").to_json(orient="split", index=False, double_precision=6))`);
  writeFileSync(path, `${script}\n${print.join('\n')}\n`);
  const lines = (await run(path)).trim().split('\n');
  for (const [index, name] of Object.keys(variables).entries()) {
    const { hash } = ended.steps.find((step) => step.node === name)!.outputs.find(({ port }) => port === 'data')!;
    const ours = await client.get<{ columns: { name: string }[]; rows: unknown[][] }>(`/artifacts/${hash}/rows?offset=0&limit=10`);
    const theirs = JSON.parse(lines[index]!) as { columns: string[]; data: unknown[][] };
    expect(theirs.columns).toEqual(ours.columns.map((column) => column.name));
    const rounded = (rows: unknown[][]) => rows.map((row) => row.map((cell) => (typeof cell === 'number' ? Math.round(cell * 1e4) / 1e4 : (cell ?? ''))));
    expect(rounded(theirs.data)).toEqual(rounded(ours.rows));
  }
});
