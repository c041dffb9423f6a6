import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '#nodes/kit/reports.ts';
import { finishedRun, signIn, type Client } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Rows are drawn and models are fitted by other means, so that figures differ a little; more than this is another pipeline. */
const DISTANCE: Readonly<Record<string, number>> = { auc: 0.03, accuracy: 0.04, r2: 0.01 };
let server: TestServer;
let client: Client;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  client = await signIn(server.url, server.signInLink);
  folder = mkdtempSync(join(tmpdir(), 'modelwright-script-'));
});
afterAll(async () => {
  await server?.stop();
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
  const node = (id: string, type: string, params: Record<string, unknown>) => ({ id, type, version: 1, params });
  const wire = (from: string, to: string, port = 'data') => ({ from: { node: from, port: 'data' }, to: { node: to, port } });
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
      wire('large', 'joined', 'left'),
      wire('cities', 'joined', 'right'),
      wire('joined', 'grouped'),
      wire('grouped', 'sql', 't1'),
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
  const node = (id: string, type: string, params: Record<string, unknown>) => ({ id, type, version: 1, params });
  const wire = (from: string, to: string, output = 'data', input = 'data') => ({ from: { node: from, port: output }, to: { node: to, port: input } });
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
