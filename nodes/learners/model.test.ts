import { describe, expect, it } from 'vitest';
import type { FeatureData, LabelledData } from '../kit/context.ts';
import { createOnnxRunner } from '../kit/onnx/session.server.ts';
import type { Task } from '../kit/signature.ts';
import { column, type ColumnType, type ColumnValues } from '../kit/table.ts';
import { prepareFeatures } from './features.server.ts';
import { classesOf, targetsOf } from './labels.server.ts';
import { linearScore } from './linear.server.ts';
import { modelOf, type ModelParts } from './model.server.ts';

const runner = createOnnxRunner({ threads: 1 });
const x = { schema: column('x', 'number'), values: Float64Array.of(-2, 0, 2, 5) };
const features: FeatureData = { features: [x], rowCount: 4 };
const labelled = (values: ColumnValues, type: ColumnType): LabelledData => ({ ...features, label: { schema: column('y', type), values } });

async function outputs(task: Task, data: ModelParts['data'], rows: readonly (readonly number[])[], more: Partial<ModelParts> = {}) {
  const model = modelOf({
    learner: 'some-learner',
    title: 'Some Learner',
    task,
    params: {},
    data,
    features: prepareFeatures(data, { missing: 'impute', scaling: 'none' }),
    score: linearScore(rows.map((row) => Float64Array.from(row))),
    importance: new Map(),
    history: [],
    notes: [],
    ...more,
  });
  const applied = await runner.apply(model.onnx, model.signature, new Map([['x', x.values]]), 4);
  return Object.fromEntries([...applied].map(([name, values]) => [name, [...values]]));
}

const near = (actual: readonly unknown[] | undefined, expected: readonly number[]) =>
  expected.forEach((value, row) => expect(actual![row] as number).toBeCloseTo(value, 6));

describe('the outputs of a model', () => {
  it('of several classes: the likeliest level, and a probability for each', async () => {
    const data = labelled(['b', 'a', 'c', 'a'], 'category');
    const classes = classesOf(data.label);
    expect([...classes.targets]).toEqual([1, 0, 2, 0]);
    const found = await outputs('multiclass', data, [[0, 0], [-1, 0], [1, -1]], { classes }); // prettier-ignore
    expect(Object.keys(found)).toEqual(['Scored Labels', 'Scored Probabilities_a', 'Scored Probabilities_b', 'Scored Probabilities_c']);
    expect(found['Scored Labels']).toEqual(['b', 'a', 'c', 'c']);
    const softmax = (logits: number[], place: number) => Math.exp(logits[place]!) / logits.reduce((sum, each) => sum + Math.exp(each), 0);
    ['a', 'b', 'c'].forEach((level, place) =>
      near(
        found[`Scored Probabilities_${level}`],
        [...x.values].map((value) => softmax([0, -value, value - 1], place)),
      ),
    );
  });

  it('of several classes that are numbers, from probabilities', async () => {
    const data = labelled(Float64Array.of(10, 2, 30, 2), 'integer');
    const classes = classesOf(data.label);
    expect(classes.levels).toEqual(['2', '10', '30']);
    const found = await outputs('multiclass', data, [[0, 0.2], [0, 0.7], [0, 0.1]], { classes, gives: 'probabilities' }); // prettier-ignore
    expect(found['Scored Labels']).toEqual([10, 10, 10, 10]);
    near(found['Scored Probabilities_10'], [0.7, 0.7, 0.7, 0.7]);
  });

  it('of two classes that are true and false, from probabilities', async () => {
    const data = labelled(Float64Array.of(0, 1, 1, 0), 'boolean');
    const found = await outputs('two-class', data, [[0.1, 0.4]], { classes: classesOf(data.label), gives: 'probabilities' });
    expect(found['Scored Labels']).toEqual([0, 0, 1, 1]);
    near(found['Scored Probabilities'], [0.2, 0.4, 0.6, 0.9]);
  });

  it('of quantile regression: the one nearest to the median is the label', async () => {
    const data = labelled(Float64Array.of(1, 2, 3, 4), 'number');
    const found = await outputs('regression', data, [[1, -1], [1, 0], [1, 1]], { quantiles: [0.1, 0.6, 0.9] }); // prettier-ignore
    expect(found).toEqual({
      'Scored Labels': [-2, 0, 2, 5],
      'Quantile 0.1': [-3, -1, 1, 4],
      'Quantile 0.6': [-2, 0, 2, 5],
      'Quantile 0.9': [-1, 1, 3, 6],
    });
  });

  it('of clustering: the nearest centre, and the distances', async () => {
    const found = await outputs('clustering', features, [[1, 3], [-1, 6]], { centres: 2 }); // prettier-ignore
    expect(found).toEqual({ Assignments: [0, 0, 1, 1], 'DistancesToClusterCenter no.0': [1, 3, 5, 8], 'DistancesToClusterCenter no.1': [8, 6, 4, 1] });
  });

  it('of anomaly detection: 1 from the threshold on', async () => {
    const found = await outputs('anomaly', features, [[0.125, 0.25]], { threshold: 0.5 });
    expect(found).toEqual({ 'Scored Labels': [0, 0, 1, 1], 'Scored Probabilities': [0, 0.25, 0.5, 0.875] });
  });
});

describe('classes', () => {
  it('are refused where there is one, or too many', () => {
    expect(() => classesOf(labelled(['a', 'a', 'a', 'a'], 'category').label)).toThrow(expect.objectContaining({ code: 'label_one_class' }));
    expect(() => classesOf(labelled(Float64Array.of(1, 2, 3, 4), 'number').label, { most: 3 })).toThrow(
      expect.objectContaining({ code: 'label_too_many_classes' }),
    );
  });

  it('that training did not see have no place', () => {
    expect([...targetsOf(labelled(['b', 'z', 'a', 'b'], 'category').label, ['a', 'b'])]).toEqual([1, -1, 0, 1]);
  });
});

it('other rows are encoded as the training rows were', () => {
  const city = { schema: column('city', 'category'), values: ['Oslo', 'Rome', 'Oslo', ''] };
  const data: FeatureData = { features: [x, city], rowCount: 4 };
  const prepared = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
  const of = prepared.of({
    features: [
      { ...city, values: ['Rome', 'Atlantis'] },
      { ...x, values: Float64Array.of(5, NaN) },
    ],
    rowCount: 2,
  });
  const own = (index: number) => prepared.values(index);
  expect(of(0)[0]).toBe(own(0)[3]);
  expect(of(0)[1]).toBeCloseTo(0, 6);
  expect(of(2)[0]).toBe(own(2)[1]);
  expect(of(2)[1]).toBe(own(2)[0]);
});
