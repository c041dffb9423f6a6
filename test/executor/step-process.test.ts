import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactFile, FromProcess, StepSpec, TaskName, Tasks } from '#server/executor/messages.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-process-'));
let child: ChildProcess;
let messages: FromProcess[];
let waiting: (() => void)[];
let count = 0;

async function until<T extends FromProcess>(found: (message: FromProcess) => message is T): Promise<T> {
  for (;;) {
    const message = messages.find(found);
    if (message) return message;
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
}
const ended = (id: string) =>
  until(
    (message): message is Extract<FromProcess, { type: 'succeeded' | 'failed' | 'cancelled' | 'finished' }> =>
      'id' in message && message.id === id && ['succeeded', 'failed', 'cancelled', 'finished'].includes(message.type),
  );

async function begin(): Promise<void> {
  messages = [];
  waiting = [];
  child = fork(new URL('../../server/executor/step-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: [],
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message) => {
    messages.push(message as FromProcess);
    for (const wake of waiting.splice(0)) wake();
  });
  await until((message): message is Extract<FromProcess, { type: 'ready' }> => message.type === 'ready');
}

function specOf(type: string, params: Record<string, unknown>, more: Partial<StepSpec> = {}): StepSpec {
  const attemptId = `attempt-${++count}`;
  const [outputFolder, scratchFolder] = [join(folder, attemptId), join(folder, `${attemptId}-scratch`)];
  mkdirSync(outputFolder);
  mkdirSync(scratchFolder);
  return {
    attemptId,
    stepId: 'step',
    node: { id: 'node', type, version: 1 },
    params,
    inputs: {},
    datasets: {},
    files: {},
    outputFolder,
    scratchFolder,
    threads: 1,
    memoryBytes: 2 ** 29,
    allowedHosts: [],
    ...more,
  };
}
function run(spec: StepSpec) {
  child.send({ type: 'run', spec });
  return ended(spec.attemptId);
}
async function task<N extends TaskName>(name: N, args: Tasks[N]['args']): Promise<Tasks[N]['result']> {
  const id = `task-${++count}`;
  child.send({ type: 'task', id, task: name, args });
  const message = await ended(id);
  if (message.type !== 'finished') throw new Error(JSON.stringify(message));
  return message.result as Tasks[N]['result'];
}

beforeAll(begin);
afterAll(() => {
  child.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe('a step', () => {
  const params = { data: 'age,city\n31,Oslo\n,Rome\n' };

  it('leaves its outputs, and nothing else, as files with their hash', async () => {
    const spec = specOf('enter-data-manually', params);
    const message = await run(spec);
    if (message.type !== 'succeeded') throw new Error(JSON.stringify(message));
    const [output] = message.outputs;
    expect(output!.meta).toMatchObject({
      kind: 'table',
      rowCount: 2,
      schema: {
        columns: [
          { name: 'age', type: 'integer', nullable: true },
          { name: 'city', type: 'text', nullable: false },
        ],
      },
    });
    const bytes = readFileSync(output!.path);
    expect([createHash('sha256').update(bytes).digest('hex'), bytes.length]).toEqual([output!.hash, output!.bytes]);
    expect(readdirSync(spec.outputFolder)).toEqual([output!.path.split('/').at(-1)]);
    expect(message.peakBytes).toBeGreaterThan(2 ** 20);
    expect(message.cpuMilliseconds).toBeGreaterThan(0);
  });

  it('fails with the code of its error, and goes on to the next', async () => {
    expect(await run(specOf('enter-data-manually', { data: 'a\n"open' }))).toMatchObject({
      type: 'failed',
      code: 'data_unparsable',
      message: expect.stringContaining('line 2'),
    });
    expect(await run(specOf('no-such-node', {}))).toMatchObject({ type: 'failed', code: 'node_unknown_type' });
    expect(await run(specOf('enter-data-manually', { data: 5 }))).toMatchObject({ type: 'failed', code: 'parameter_invalid', param: 'data' });
    expect(await run(specOf('dataset', { dataset: { name: 'gone', version: 1 } }))).toMatchObject({ type: 'failed', code: 'data_missing' });
    expect(await run(specOf('enter-data-manually', params))).toMatchObject({ type: 'succeeded' });
  });

  it('hands a dataset on without writing it again', async () => {
    const made = await run(specOf('enter-data-manually', params));
    if (made.type !== 'succeeded') throw new Error('not made');
    const dataset: ArtifactFile = made.outputs[0]!;
    const spec = specOf('dataset', { dataset: { name: 'people', version: 1 } }, { datasets: { 'people@1': dataset } });
    const message = await run(spec);
    expect(message).toMatchObject({ type: 'succeeded', outputs: [{ hash: dataset.hash, path: dataset.path }] });
    expect(readdirSync(spec.outputFolder)).toEqual([]);
  });

  it('fails for want of memory when a query needs more than it may use, and goes on to the next', async () => {
    const made = await run(specOf('enter-data-manually', params));
    if (made.type !== 'succeeded') throw new Error('not made');
    const script = 'SELECT length(list(hash(range))) AS n FROM range(100000000)';
    const spec = specOf('apply-sql-transformation', { script }, { inputs: { t1: made.outputs[0]! }, memoryBytes: 2 ** 27 });
    const message = await run(spec);
    expect(message).toMatchObject({ type: 'failed', code: 'memory_exhausted' });
    expect(message.type === 'failed' && message.cpuMilliseconds).toBeGreaterThan(0);
    expect(await run(specOf('enter-data-manually', params))).toMatchObject({ type: 'succeeded' });
  });

  it('measures estimates by what the step may use, whoever sees to that', async () => {
    const made = await run(specOf('enter-data-manually', params));
    if (made.type !== 'succeeded') throw new Error('not made');
    const columns = Array.from({ length: 60 }, (_, index) => `(range * ${index + 7}) % 101 AS x${index}`);
    const script = `SELECT ${columns.join(', ')} FROM range(500000)`;
    const table = await run(specOf('apply-sql-transformation', { script }, { inputs: { t1: made.outputs[0]! } }));
    if (table.type !== 'succeeded') throw new Error('no table');
    const learner = await run(specOf('isolation-forest', { trees: 1 }));
    if (learner.type !== 'succeeded') throw new Error('no learner');
    const inputs = { learner: learner.outputs[0]!, data: table.outputs[0]! };
    const refused = await run(specOf('train-anomaly-detection-model', {}, { inputs, memoryBytes: 400 * 2 ** 20 }));
    expect(refused).toMatchObject({
      type: 'failed',
      code: 'memory_exhausted',
      message: expect.stringMatching(/^Training on 500,000 rows × 60 columns needs 343 MB, and \d+ MB are free/) as string,
    });
    expect(await run(specOf('train-anomaly-detection-model', {}, { inputs, memoryBytes: 2 ** 32 }))).toMatchObject({ type: 'succeeded' });
  });

  it('names no path when something unforeseen is thrown', async () => {
    const spec = specOf('import-data', { file: { id: 'f', name: 'f.csv' } }, { files: { f: { path: join(folder, 'not', 'there.csv'), name: 'f.csv' } } });
    const message = await run(spec);
    expect(message).toMatchObject({ type: 'failed', code: 'step_threw' });
    expect(JSON.stringify(messages.filter((each) => 'id' in each && each.id === spec.attemptId))).not.toContain(folder);
  });
});

describe('a task', () => {
  it('reads an upload, shows rows, and tells about columns', async () => {
    const path = join(folder, 'upload.csv');
    writeFileSync(
      path,
      ['name,score,day', ...Array.from({ length: 50 }, (_, row) => `${row % 2 ? 'odd' : 'even'},${row === 7 ? '' : row / 2},2024-01-0${1 + (row % 9)}`)].join(
        '\n',
      ),
    );
    const outputFolder = join(folder, 'ingested');
    mkdirSync(outputFolder);
    const { artifact } = await task('ingest', { path, name: 'upload.csv', outputFolder });
    expect(readdirSync(outputFolder)).toHaveLength(1);
    expect((await task('sniff', { path, name: 'upload.csv' })).schema).toEqual(artifact.meta.kind === 'table' && artifact.meta.schema);

    const found = await task('rows', { artifact, offset: 0, limit: 2, sort: { column: 'score', descending: true }, search: 'ODD' });
    expect(found).toEqual({
      rowCount: 25,
      rows: [
        ['odd', 24.5, '2024-01-05T00:00:00.000Z'],
        ['odd', 23.5, '2024-01-03T00:00:00.000Z'],
      ],
    });
    const last = await task('rows', { artifact, offset: 49, limit: 5, sort: { column: 'score', descending: false } });
    expect(last.rows).toEqual([['odd', null, '2024-01-08T00:00:00.000Z']]);

    const { columns, rowCount } = await task('profile', { artifact });
    expect(rowCount).toBe(50);
    expect(columns[0]).toMatchObject({
      missing: 0,
      distinct: 2,
      top: [
        { value: 'even', count: 25 },
        { value: 'odd', count: 25 },
      ],
    });
    const scores = Array.from({ length: 50 }, (_, row) => row / 2).filter((_, row) => row !== 7);
    const mean = scores.reduce((sum, each) => sum + each, 0) / 49;
    expect(columns[1]).toMatchObject({ missing: 1, distinct: 49, minimum: 0, maximum: 24.5, median: 12.5 });
    expect(columns[1]!.mean).toBeCloseTo(mean, 10);
    expect(columns[1]!.deviation).toBeCloseTo(Math.sqrt(scores.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 48), 10);
    expect(columns[1]!.histogram!.counts.reduce((sum, each) => sum + each, 0)).toBe(49);
    expect(columns[2]).toMatchObject({ minimum: '2024-01-01T00:00:00.000Z', maximum: '2024-01-09T00:00:00.000Z' });
  });

  it('fails on an upload that cannot be read', async () => {
    const path = join(folder, 'ragged.csv');
    writeFileSync(path, 'a,b\n1,2,3\n');
    await expect(task('sniff', { path, name: 'ragged.csv' })).rejects.toThrow('data_unparsable');
  });
});

describe('the process', () => {
  beforeEach(begin);
  afterEach(() => void child.kill());

  it('stops a step that is cancelled', async () => {
    const path = join(folder, 'large.csv');
    if (!existsSync(path)) writeFileSync(path, `a,b\n${'12.5,some text\n'.repeat(2_000_000)}`);
    const spec = specOf('import-data', { file: { id: 'f', name: 'large.csv' } }, { files: { f: { path, name: 'large.csv' } } });
    const done = run(spec);
    child.send({ type: 'cancel', id: spec.attemptId });
    expect(await done).toMatchObject({ type: 'cancelled' });
  });

  it('ends when its parent goes', async () => {
    child.disconnect();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });
});
