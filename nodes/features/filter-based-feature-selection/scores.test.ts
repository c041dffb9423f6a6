import { describe, expect, it } from 'vitest';
import { fuse } from '../../kit/onnx/fuse.ts';
import { createOnnxRunner } from '../../kit/onnx/session.server.ts';
import type { Model, Transform } from '../../kit/kinds.ts';
import { memoryTable, tableSchema, type Table } from '../../kit/table.ts';
import { fit, sample } from '#test/support/learners.ts';
import { SCORED_PROBABILITIES } from '../../kit/signature.ts';
import { runNode } from '#test/support/run-node.ts';
import { filterBasedFeatureSelection } from './node.ts';
import { binned, chiSquared, fisherScore, levelled, mutualInformation, pearson, spearman } from './scores.ts';
import reference from './scores.reference.json' with { type: 'json' };

const near = (found: number, wanted: number) => expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));

describe('scores', () => {
  const target = Float64Array.from(reference.target);
  const classes = { codes: Int32Array.from(reference.classes), size: 3 };

  it('equal those of SciPy and scikit-learn', () => {
    for (const each of reference.numbers) {
      const values = Float64Array.from(each.values);
      near(pearson(values, target), each.pearson);
      near(spearman(values, target), each.spearman);
      near(fisherScore(values, classes), each.fisher);
      near(mutualInformation(binned(values, 10, 'level'), classes), each.mutualInformation);
      near(chiSquared(binned(values, 10, 'level'), classes), each.chiSquared);
    }
    near(mutualInformation(levelled(reference.letters, 'level'), classes), reference.lettersScores.mutualInformation);
    near(chiSquared(levelled(reference.letters, 'level'), classes), reference.lettersScores.chiSquared);
  });

  it('leave out missing and infinite numbers, and are 0 where nothing varies', () => {
    const gaps = Float64Array.of(1, NaN, 2, Infinity, 3);
    near(pearson(gaps, Float64Array.of(2, 9, 4, 9, 6)), 1);
    near(spearman(gaps, Float64Array.of(8, 9, 4, 9, 1)), 1);
    const constant = new Float64Array(5).fill(0.1);
    for (const found of [pearson(constant, gaps), spearman(constant, gaps), fisherScore(constant, { codes: Int32Array.of(0, 1, 0, 1, 0), size: 2 })])
      expect(found).toBe(0);
    expect([...binned(gaps, 2, 'level').codes]).toEqual([0, 2, 0, 2, 1]);
    expect([...binned(gaps, 2, 'ignore').codes]).toEqual([0, -1, 0, -1, 1]);
    expect([...levelled(['x', null, '', 'x'], 'level').codes]).toEqual([0, 1, 1, 0]);
  });
});

it('a model behind the selection asks a request only for the columns that stay', async () => {
  const { train } = sample('telco-churn', 'churn');
  const columns = [...train.features, train.label];
  const schema = tableSchema(columns.map((each) => ({ ...each.schema, role: each === train.label ? 'label' : 'feature' })));
  const data = memoryTable(schema, new Map(columns.map(({ schema: { name }, values }) => [name, values])));
  const { outputs } = await runNode(filterBasedFeatureSelection, { data }, { method: 'mutual-information', count: 3 });
  const kept = outputs.data as Table;
  const names = kept.schema.columns.filter(({ role }) => role === 'feature').map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['contract', 'tenure']));
  const model: Model = await fit('two-class-logistic-regression', { ...train, features: train.features.filter((each) => names.includes(each.schema.name)) });
  const transform = outputs.transform as Transform;
  const input = tableSchema(schema.columns.filter(({ role }) => role === 'feature'));
  const fused = fuse(
    [
      { as: 'graph', ...transform },
      { as: 'graph', onnx: model.onnx, signature: model.signature },
    ],
    input,
  );
  expect(fused.signature.inputs.map(({ name }) => name).sort()).toEqual(names.toSorted());
  const runner = createOnnxRunner({ threads: 1 });
  const [own, through] = [
    await runner.apply(model.onnx, model.signature, await kept.read(), 200),
    await runner.apply(fused.onnx, fused.signature, await kept.read(names), 200),
  ];
  expect(through.get(SCORED_PROBABILITIES)).toEqual(own.get(SCORED_PROBABILITIES));
});
