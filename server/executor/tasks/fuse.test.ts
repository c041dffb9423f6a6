import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import { readSignature } from '#nodes/kit/onnx/metadata.ts';
import { tableOf, tableSchema } from '#nodes/kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { produce } from '../runtime/values.ts';
import { Workbench } from '../runtime/workbench.ts';
import { runTask } from './run-task.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-fuse-test-'));
const signal = new AbortController().signal;
const workbench = new Workbench({ outputFolder: folder, scratchFolder: folder, memoryBytes: 2 ** 28, files: [], signal });
afterAll(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

const rowCount = 60;
const ages = Array.from({ length: rowCount }, (_, row) => (row * 37) % 70);
const data = tableOf(
  { years: ages, city: ages.map((_, row) => ['Oslo', 'Rome', 'Bern'][row % 3]!), churn: ages.map((age, row) => (age + (row % 3) * 15 > 45 ? 'Yes' : 'No')) },
  { churn: { role: 'label' } },
);

describe('the fuse task', () => {
  it('makes one ONNX file of renamed columns and a trained model, and proves it', async () => {
    const { outputs: learned } = await runNode(catalog['two-class-logistic-regression']);
    const renamed = tableOf(
      { age: ages, city: [...((await data.read()).get('city') as string[])], churn: [...((await data.read()).get('churn') as string[])] },
      { churn: { role: 'label' } },
    );
    const { outputs: trained } = await runNode(catalog['train-model'], { learner: Object.values(learned)[0], data: renamed }, { label: 'churn' });
    const model = await produce('model', 'model', trained.model, new Map(), workbench);
    const raw = await produce('data', 'table', data, new Map(), workbench);
    const prepared = await produce('prepared', 'table', renamed, new Map(), workbench);

    const request = {
      input: tableSchema(data.schema.columns.filter(({ name }) => name !== 'churn')),
      stages: [
        { node: 'rename', as: 'columns' as const, steps: [{ do: 'rename' as const, from: 'years', to: 'age' }] },
        { node: 'train', as: 'graph' as const, artifact: model },
      ],
      outputFolder: folder,
    };
    const { artifact, proof, sample } = await runTask('fuse', { ...request, proof: { raw, prepared, limit: 50 } }, signal);
    expect(proof).toMatchObject({ equal: true, rowCount: 50, differingLabels: 0, against: 'run' });
    expect(createHash('sha256').update(readFileSync(artifact.path)).digest('hex')).toBe(artifact.hash);
    expect(
      readSignature(readFileSync(artifact.path))
        ?.inputs.map(({ name }) => name)
        .toSorted(),
    ).toEqual(['city', 'years']);
    expect(sample[0]).toEqual({ years: 0, city: 'Oslo' });
  });

  it('refuses a path without a model', async () => {
    const raw = await produce('data', 'table', data, new Map(), workbench);
    const request = { input: data.schema, stages: [], proof: { raw, prepared: null, limit: 5 }, outputFolder: folder };
    await expect(runTask('fuse', request, signal)).rejects.toMatchObject({ code: 'model_mismatch' });
  });
});
