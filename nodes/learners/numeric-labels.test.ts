import { expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import type { Model } from '../kit/kinds.ts';
import { fuse } from '../kit/onnx/fuse.ts';
import { createOnnxRunner } from '../kit/onnx/session.server.ts';
import { probabilityColumn, SCORED_LABELS } from '../kit/signature.ts';
import { column, memoryTable, tableSchema, type Table } from '../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';

const ROWS = 90;
const x = Float64Array.from({ length: ROWS }, (_, row) => row);
const tableOf = (classes: readonly number[]): Table =>
  memoryTable(
    tableSchema([column('x', 'number'), column('y', 'number')]),
    new Map([
      ['x', x],
      ['y', Float64Array.from(x, (row) => classes[Math.floor((row * classes.length) / ROWS)]!)],
    ]),
  );

async function trained(learner: string, task: 'two-class' | 'multiclass', data: Table): Promise<Model> {
  return (await runNode(catalog['train-model'], { learner: { learner, task, params: {} }, data }, { label: 'y' })).outputs.model as Model;
}

it.each([
  ['two-class-boosted-decision-tree', 'two-class', [0.1, 0.7]],
  ['multiclass-boosted-decision-tree', 'multiclass', [0.1, 2.3, 123_456_789]],
  ['multiclass-boosted-decision-tree', 'multiclass', [16_777_216, 16_777_217, 16_777_218]],
] as const)('%s, %s: classes that float32 does not hold keep their digits to the evaluation and in a fused graph', async (learner, task, classes) => {
  const data = tableOf(classes);
  const model = await trained(learner, task, data);
  expect(model.signature.label!.levels).toEqual(classes.map(String));
  if (task === 'multiclass') expect(model.signature.outputs.map(({ name }) => name)).toContain(probabilityColumn(String(classes[1])));

  const { outputs } = await runNode(catalog['score-model'], { model, data });
  const labels = (await (outputs.data as Table).read([SCORED_LABELS])).get(SCORED_LABELS)!;
  expect(new Set<unknown>(labels)).toEqual(new Set(classes));
  const { report } = (await runNode(catalog['evaluate-model'], { scored: outputs.data })).outputs;
  expect(report.summary.accuracy).toBeGreaterThan(0.9);

  const fused = fuse(
    [
      { as: 'columns', steps: [] },
      { as: 'graph', ...model },
    ],
    tableSchema([column('x', 'number')]),
  );
  const served = await createOnnxRunner({ threads: 1 }).apply(fused.onnx, fused.signature, new Map([['x', x]]), ROWS);
  expect(served.get(SCORED_LABELS)).toEqual(labels);
});
