import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '#nodes/kit/reports.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import { finishedRun } from '../support/client.ts';
import { startedServer } from '../support/server.ts';
import { expectEqualColumns, type Cell } from './compare.ts';
import { python } from './python.ts';

type Step = Awaited<ReturnType<typeof finishedRun>>['steps'][number];
interface Document {
  nodes: { id: string; type: string; params: Record<string, unknown> }[];
  edges: { from: { node: string; port: string }; to: { node: string; port: string } }[];
}

let folder: string;

const { client } = await startedServer();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modelwright-interop-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function columnsOf(hash: string, limit: number): Promise<Record<string, Cell[]>> {
  const page = await client.get<{ columns: { name: string }[]; rows: Cell[][] }>(`/artifacts/${hash}/rows?offset=0&limit=${limit}`);
  return Object.fromEntries(page.columns.map((column, index) => [column.name, page.rows.map((row) => row[index] ?? null)]));
}

describe.each(['telco-churn', 'breast-cancer', 'diamonds'])('sample %s', (sample) => {
  let document: Document;
  let steps: Map<string, Step>;
  let pipelineId: string;

  const output = (node: string, port: string) => steps.get(node)!.outputs.find((each) => each.port === port)!;
  const source = (node: string, port: string) => document.edges.find(({ to }) => to.node === node && to.port === port)?.from;
  const ofType = (type: string) => document.nodes.filter((node) => node.type === type);

  beforeAll(async () => {
    const pipeline = await client.post<{ id: string; document: Document }>(`/samples/${sample}/open`);
    document = pipeline.document;
    pipelineId = pipeline.id;
    const started = await client.post<{ id: string }>(`/pipelines/${pipeline.id}/runs`);
    const run = await finishedRun(client, started.id);
    expect(run.status).toBe('succeeded');
    steps = new Map(run.steps.map((step) => [step.node, step]));
  });

  async function download(hash: string, name: string, query = ''): Promise<string> {
    const path = join(folder, name);
    writeFileSync(path, await client.bytes(`/artifacts/${hash}/content${query}`));
    return path;
  }

  it('has ONNX files that onnx.checker accepts and that score the same in Python', async () => {
    const scores = ofType('score-model');
    expect(scores.length).toBeGreaterThan(0);
    for (const { id } of scores) {
      const model = source(id, 'model')!;
      const rows = source(id, 'data')!;
      const path = await download(output(model.node, model.port).hash, `${sample}-${id}.onnx`);
      const columns = await columnsOf(output(rows.node, rows.port).hash, 1_000);
      const { outputs, signature } = python<{ outputs: Record<string, Cell[]>; signature: Signature }>('check_onnx.py', [path], { columns });
      expect(signature.kind).toBe('model');
      expectEqualColumns(
        await columnsOf(output(id, 'data').hash, 1_000),
        outputs,
        signature.outputs.map((each) => each.name),
      );
    }
  });

  it('has fitted transforms that Python applies with the same result', async () => {
    for (const step of steps.values()) {
      const transform = step.outputs.find((each) => each.kind === 'transform');
      if (!transform) continue;
      const rows = source(step.node, 'data')!;
      const path = await download(transform.hash, `${sample}-${step.node}.onnx`);
      const columns = await columnsOf(output(rows.node, rows.port).hash, 1_000);
      const { outputs, signature } = python<{ outputs: Record<string, Cell[]>; signature: Signature }>('check_onnx.py', [path], { columns });
      expect(signature.kind).toBe('transform');
      expectEqualColumns(
        await columnsOf(output(step.node, 'data').hash, 1_000),
        outputs,
        signature.outputs.map((each) => each.name),
      );
    }
  });

  it('predicts as well as scikit-learn on the same rows', async () => {
    for (const train of ofType('train-model')) {
      const learner = document.nodes.find((node) => node.id === source(train.id, 'learner')!.node)!;
      const rows = source(train.id, 'data')!;
      const score = ofType('score-model').find((node) => source(node.id, 'model')!.node === train.id)!;
      const held = source(score.id, 'data')!;
      const [trainPath, testPath] = [
        await download(output(rows.node, rows.port).hash, `${sample}-${train.id}-train.csv`, '?format=csv'),
        await download(output(held.node, held.port).hash, `${sample}-${train.id}-test.csv`, '?format=csv'),
      ];
      const theirs = python<Record<string, number>>('reference.py', [learner.type, String(train.params.label), trainPath, testPath]);
      const evaluate = document.edges.find(({ from }) => from.node === score.id)!.to;
      const report = await client.get<Report>(`/artifacts/${output(evaluate.node, 'report').hash}/report`);
      if (report.type !== 'evaluation') throw new Error('Evaluate Model gave no evaluation.');
      const ours = report.models[evaluate.port === 'compare' ? 1 : 0]!.metrics;
      const name = report.task === 'two-class' ? 'auc' : 'r2';
      console.log(`${sample} ${learner.type}: ${name} ${ours[name]!.toFixed(4)}, scikit-learn ${theirs[name]!.toFixed(4)}`);
      expect(ours[name]).toBeGreaterThanOrEqual(theirs[name]! - 0.005);
    }
  });

  it('becomes one ONNX file that Python scores like the endpoint', async () => {
    const inference = await client.post<{ id: string }>(`/pipelines/${pipelineId}/inference`, { model: ofType('train-model')[0]!.id });
    const { endpoint } = await client.post<{ endpoint: string }>(`/pipelines/${inference.id}/deploy`, { endpoint: `interop-${sample}` });
    const view = await client.get<{ deployments: { hash: string; proof: { equal: boolean; rowCount: number } }[] }>(`/endpoints/${endpoint}`);
    const deployment = view.deployments[0]!;
    expect(deployment.proof.equal).toBe(true);
    expect(deployment.proof.rowCount).toBeGreaterThan(100);

    const path = await download(deployment.hash, `${sample}-fused.onnx`);
    const data = document.nodes.find((node) => node.type === 'dataset')!;
    const raw = await columnsOf(output(data.id, 'data').hash, 200);
    const { outputs, signature } = python<{ outputs: Record<string, Cell[]>; signature: Signature }>('check_onnx.py', [path], { columns: raw });
    const inputs = signature.inputs.map((each) => each.name);
    const rows = Array.from({ length: 200 }, (_, row) => Object.fromEntries(inputs.map((name) => [name, raw[name]![row] ?? null])));
    const { results } = await client.post<{ results: Record<string, Cell>[] }>(`/endpoints/${endpoint}/score`, rows);
    const ours = Object.fromEntries(signature.outputs.map(({ name }) => [name, results.map((result) => result[name] ?? null)]));
    expectEqualColumns(
      ours,
      outputs,
      signature.outputs.map((each) => each.name),
    );
  });
});
