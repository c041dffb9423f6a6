import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModelVersion } from '#server/models/views.ts';
import { finishedRun } from '#test/support/client.ts';
import { deployTable } from '#test/support/endpoint.ts';
import { startedServer } from '#test/support/server.ts';
import { python } from './python.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-mlflow-'));

const { client } = await startedServer();
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('MLflow', () => {
  it('loads the folder of a registered model, and predicts what we predict', async () => {
    const { id } = await client.post<{ id: string }>('/samples/breast-cancer/open');
    const run = await finishedRun(client, (await client.post<{ id: string }>(`/pipelines/${id}/runs`)).id);
    const { hash } = run.steps.find((step) => step.type === 'train-model')!.outputs[0]!;
    await client.post('/models', { name: 'tumours', hash });
    const { signature } = await client.get<ModelVersion>('/models/tumours/versions/1');
    writeFileSync(join(folder, 'tumours.zip'), await client.bytes('/models/tumours/versions/1/mlmodel'));
    execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, 'tumours.zip'), join(folder, 'tumours')]);
    const scored = run.steps.find((step) => step.type === 'score-model')!.outputs[0]!.hash;
    const { columns, rows } = await client.get<{ columns: { name: string }[]; rows: (number | string | null)[][] }>(`/artifacts/${scored}/rows?limit=50`);
    const of = (name: string) => rows.map((row) => row[columns.findIndex((column) => column.name === name)] ?? null);
    const wanted = Object.fromEntries(signature.inputs.map(({ name }) => [name, of(name)]));
    const told = python<{ probabilities: number[]; inputs: string[] }>('mlflow_model.py', [join(folder, 'tumours')], { columns: wanted });
    expect(told.inputs).toEqual(signature.inputs.map(({ name }) => name));
    const ours = of('Scored Probabilities').map(Number);
    expect(told.probabilities).toHaveLength(ours.length);
    for (const [row, probability] of told.probabilities.entries()) expect(probability).toBeCloseTo(ours[row]!, 5);
  });
});

/** Rows of numbers and texts, some of them missing. */
const VISITORS = [
  'age,visits,member,city,bought',
  ...Array.from(
    { length: 300 },
    (_, row) =>
      `${row % 11 === 0 ? '' : 20 + ((row * 7) % 50)},${row % 9},${row % 3 === 0},${row % 13 === 0 ? '' : ['Oslo', 'Rome', 'São Paulo'][row % 3]!},${(row * 7) % 50 > 20 + (row % 9) ? 'yes' : 'no'}`,
  ),
].join('\n');

describe('mlflow.pyfunc', () => {
  it('predicts a data frame of plain columns, numbers and texts, as the endpoint does', async () => {
    const { model } = await deployTable(client, 'visitors', VISITORS, { label: 'bought', learner: 'two-class-boosted-decision-tree' });
    await client.post('/models', { name: 'visitors', hash: model });
    const { signature } = await client.get<ModelVersion>('/models/visitors/versions/1');
    writeFileSync(join(folder, 'visitors.zip'), await client.bytes('/models/visitors/versions/1/mlmodel'));
    execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, 'visitors.zip'), join(folder, 'visitors')]);
    const rows = Array.from({ length: 40 }, (_, row) => ({
      age: row % 11 === 0 ? null : 20 + ((row * 7) % 50) + 0.5,
      visits: row % 9,
      member: row % 3 === 0,
      city: row % 13 === 0 ? null : ['Oslo', 'Rome', 'São Paulo'][row % 3]!,
    }));
    const { results } = await client.post<{ results: Record<string, unknown>[] }>('/endpoints/visitors/score', { rows });
    const told = python<{ inputs: string[]; predictions: Record<string, unknown>[] }>('mlflow_pyfunc.py', [join(folder, 'visitors')], { rows });
    expect(told.inputs).toEqual(signature.inputs.map(({ name }) => name));
    expect(told.predictions).toHaveLength(rows.length);
    for (const [row, prediction] of told.predictions.entries()) {
      expect(prediction['Scored Labels']).toBe(results[row]!['Scored Labels']);
      expect(prediction['Scored Probabilities']).toBeCloseTo(results[row]!['Scored Probabilities'] as number, 5);
    }
  });
});

describe('scikit-learn', () => {
  it.each(['logistic', 'forest', 'regression', 'columns'])('a model that skl2onnx wrote (%s) scores as scikit-learn does', async (kind) => {
    const file = join(folder, `${kind}.onnx`);
    const { rows, labels, scores } = python<{ rows: Record<string, number | string>[]; labels: (string | number)[]; scores: number[] }>('sklearn_export.py', [
      kind,
      file,
    ]);
    const { readFileSync } = await import('node:fs');
    const sent = await client.request('/files', {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'x-file-name': `${kind}.onnx` },
      body: readFileSync(file),
    });
    const { id } = (await sent.json()) as { id: string };
    const seen = await client.post<{ why: string | null; trial: { inputs: string[]; outputs: string[]; rows: (number | string)[][] } }>(
      `/files/${id}/inspect-model`,
      { rows },
    );
    expect(seen.why).toBeNull();
    const at = (name: string) => seen.trial.inputs.length + seen.trial.outputs.indexOf(name);
    for (const [row, cells] of seen.trial.rows.entries()) {
      if (kind === 'regression') expect(cells[at('Scored Labels')]).toBeCloseTo(scores[row]!, 2);
      else {
        expect(String(cells[at('Scored Labels')])).toBe(String(labels[row]));
        expect(cells[at('Scored Probabilities')]).toBeCloseTo(scores[row]!, 4);
      }
    }
    expect(seen.trial.rows.length).toBeGreaterThan(5);
    expect(await client.post(`/files/${id}/register-model`, { name: `sk-${kind}`, rows })).toEqual({ name: `sk-${kind}`, version: 1 });
  });
});
