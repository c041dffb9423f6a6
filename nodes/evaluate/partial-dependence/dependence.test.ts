import { describe, expect, it } from 'vitest';
import type { Model } from '../../kit/kinds.ts';
import { GraphBuilder } from '../../kit/onnx/builder.ts';
import { metadataOf } from '../../kit/onnx/metadata.ts';
import type { PartialDependenceReport } from '../../kit/partial-dependence.ts';
import { SCORED_LABELS, type Signature } from '../../kit/signature.ts';
import { memoryTable, tableOf, tableSchema } from '../../kit/table.ts';
import { fit, sample } from '#test/support/learners.ts';
import { runNode } from '#test/support/run-node.ts';
import { gridOf } from './grid.ts';
import { partialDependence } from './node.ts';
import reference from './dependence.reference.json' with { type: 'json' };

/** x z + z² */
function formula(): Model {
  const inputs = ['x', 'z'].map((name) => ({ name, type: 'number' as const, required: true }));
  const outputs = [{ name: SCORED_LABELS, type: 'number' as const, role: 'score' as const }];
  const signature: Signature = {
    kind: 'model',
    inputs,
    outputs,
    drops: [],
    task: 'regression',
    label: { name: 'y', type: 'number' },
    learner: 'linear-regression',
  };
  const summary = {
    learner: 'linear-regression',
    title: 'Formula',
    task: 'regression' as const,
    params: {},
    rowCount: 2,
    importance: [],
    history: [],
    notes: [],
  };
  const builder = new GraphBuilder();
  const [x, z] = [builder.input('x', 'float'), builder.input('z', 'float')];
  builder.output(SCORED_LABELS, builder.node('Add', [builder.node('Mul', [x, z]), builder.node('Mul', [z, z])]), 'float');
  return { onnx: builder.toBytes(metadataOf(signature, summary)), signature, summary };
}
const run = async (inputs: Record<string, unknown>, params: Record<string, unknown>) =>
  (await runNode(partialDependence, inputs, params)).outputs.report as PartialDependenceReport;

describe('partial dependence', () => {
  it('has scikit-learn’s means and single rows', async () => {
    const data = tableOf({ x: reference.rows.map(([x]) => x!), z: reference.rows.map(([, z]) => z!) });
    const report = await run({ model: formula(), data }, { points: reference.points, curves: 150 });
    const near = (found: number, wanted: number) => expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(wanted)));
    ['x', 'z'].forEach((name, at) => {
      const [curve, theirs] = [report.curves.find(({ column }) => column === name)!, reference.curves[at]!];
      expect(curve.grid.length).toBe(theirs.grid.length);
      curve.grid.forEach((value, place) => near(value, theirs.grid[place]!));
      curve.means[0]!.forEach((value, place) => near(value, theirs.mean[place]!));
      curve.rows.forEach((values, row) => values.forEach((value, place) => near(value, theirs.rows[row]![place]!)));
    });
  });

  it('gives classes a curve each, levels their names, and the same for a seed', async () => {
    const { train } = sample('diamonds', 'cut', ['color', 'depth', 'x', 'y', 'z']);
    const few = {
      ...train,
      rowCount: 2_000,
      features: train.features.map((each) => ({ ...each, values: each.values.slice(0, 2_000) })),
      label: { ...train.label, values: train.label.values.slice(0, 2_000) },
    };
    const model = await fit('multiclass-logistic-regression', few);
    const data = memoryTable(tableSchema(few.features.map(({ schema }) => schema)), new Map(few.features.map(({ schema, values }) => [schema.name, values])));
    const report = await run({ model, data }, { rows: 300, points: 5 });
    expect(report).toEqual(await run({ model, data }, { rows: 300, points: 5 }));
    expect(report).toMatchObject({ probability: true, rowCount: 300, outputs: model.signature.label!.levels });
    const clarity = report.curves.find(({ column }) => column === 'clarity')!;
    expect(clarity.levels).toHaveLength(5);
    expect(clarity.rows).toEqual([]);
    for (const { grid, means } of report.curves) grid.forEach((_, place) => expect(means.reduce((sum, each) => sum + each[place]!, 0)).toBeCloseTo(1, 5));
  });
});

it('a grid takes all of few values, else quantiles; nothing that is missing', () => {
  const values = Float64Array.from({ length: 101 }, (_, row) => (row === 100 ? NaN : row));
  expect(gridOf({ type: 'number' }, values, 4)).toMatchObject({ values: [4, 34, 64, 94], deciles: [9, 19, 29, 39, 49, 59, 69, 79, 89] });
  expect(gridOf({ type: 'integer' }, Float64Array.of(3, 1, NaN, 3, Infinity), 4).values).toEqual([1, 3]);
  expect(gridOf({ type: 'boolean' }, Float64Array.of(1, 0, NaN), 4).levels).toEqual(['false', 'true']);
  expect(gridOf({ type: 'category' }, ['b', 'a', 'b', null, 'c', 'c', ''], 2).levels).toEqual(['b', 'c']);
  expect(gridOf({ type: 'number' }, Float64Array.of(NaN), 4)).toMatchObject({ values: [], deciles: [] });
});
