import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../kit/context.ts';
import { SCORED_LABELS, SCORED_PROBABILITIES } from '../kit/signature.ts';
import { regressionMetrics } from '../evaluate/metrics/regression.ts';
import { twoClassCurve } from '../evaluate/metrics/two-class.ts';
import { prepareFeatures } from './features.server.ts';
import reference from './linear.reference.json' with { type: 'json' };
import { apply, fit, madeData, madeRows, numbers, quiet, sample } from '#test/support/learners.ts';

const [CLASSES, NUMBERS] = ['k-nearest-neighbours-classification', 'k-nearest-neighbours-regression'] as const;

const accuracy = (found: readonly unknown[], truth: ArrayLike<unknown>) => found.filter((each, row) => each === truth[row]).length / found.length;

describe('on the samples, against scikit-learn', () => {
  it('two classes', async () => {
    const { train, test } = sample('breast-cancer', 'Class', ['Id']);
    const scored = await apply(await fit(CLASSES, train, { classes: 'two' }), test);
    const scores = scored.get(SCORED_PROBABILITIES) as Float64Array;
    const truth = test.label.values as readonly string[] | Float64Array;
    const [, last] = [...new Set<unknown>(truth)].sort();
    const positive = Uint8Array.from({ length: test.rowCount }, (_, row) => Number(truth[row] === last));
    const { auc } = twoClassCurve('', { scores, positive }).metrics;
    expect(accuracy([...scored.get(SCORED_LABELS)!], test.label.values)).toBeCloseTo(reference.neighbours.cancer.accuracy, 6);
    expect(auc).toBeCloseTo(reference.neighbours.cancer.auc, 6);
  });

  it('several classes', async () => {
    const { train, test } = sample('diamonds', 'cut');
    const scored = await apply(await fit(CLASSES, train), test);
    expect(Math.abs(accuracy([...scored.get(SCORED_LABELS)!], test.label.values) - reference.neighbours.cut.accuracy)).toBeLessThan(0.001);
  });

  it('numbers', async () => {
    const { train, test } = sample('diamonds', 'price');
    const predicted = (await apply(await fit(NUMBERS, train), test)).get(SCORED_LABELS) as Float64Array;
    const { r2, mae } = regressionMetrics({ truth: test.label.values as Float64Array, predicted });
    expect(r2).toBeCloseTo(reference.neighboursRegression.r2, 3);
    expect(Math.abs(mae / reference.neighboursRegression.mae - 1)).toBeLessThan(1e-3);
  });
});

/** The nearest rows by comparing each with each, as the help tells it: what each counts, by row number. */
function plainly(data: TrainingData, rows: Pick<TrainingData, 'features' | 'rowCount'>, neighbours: number, weighting: string): Map<number, number>[] {
  const features = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
  const stored = features.columns.map((_, index) => features.values(index));
  const other = features.columns.map((_, index) => features.of(rows)(index));
  return Array.from({ length: rows.rowCount }, (_, row) => {
    const distances = new Float64Array(data.rowCount);
    stored.forEach((column, index) => column.forEach((each, at) => (distances[at]! += (each - other[index]![row]!) ** 2)));
    const farthest = distances.slice().sort()[neighbours - 1]!;
    const near = [...distances.keys()].filter((at) => distances[at]! <= farthest);
    const order = near.sort((x, y) => distances[x]! - distances[y]! || x - y).slice(0, neighbours);
    const touching = distances[order[0]!] === 0;
    const count = (distance: number) => (weighting === 'uniform' ? 1 : touching ? Number(distance === 0) : 1 / Math.sqrt(distance));
    return new Map(order.map((at) => [at, count(distances[at]!) * (data.weights?.[at] ?? 1)]));
  });
}
const total = (counts: Map<number, number>) => [...counts.values()].reduce((sum, each) => sum + each, 0);

describe.each(['uniform', 'distance'])('weights %s', (weighting) => {
  // More stored rows than a block holds, and some of them are asked for again: at the very place.
  const rows = madeRows(300, 77, true);
  const params = { weighting, neighbours: 7 };
  const weights = Float64Array.from({ length: 2_100 }, (_, row) => 1 + (row % 3));

  it.each(['two-class', 'multiclass'] as const)('%s: own prediction is what ONNX Runtime gives, with missing values and unknown categories', async (task) => {
    const data = { ...madeData(task, 2_100, 77), weights };
    const model = await fit(CLASSES, data, { ...params, classes: task === 'two-class' ? 'two' : 'several' });
    const scored = await apply(model, rows);
    const levels = model.signature.label!.levels!;
    const names = task === 'two-class' ? [undefined, SCORED_PROBABILITIES] : levels.map((level) => `${SCORED_PROBABILITIES}_${level}`);
    plainly(data, rows, 7, weighting).forEach((counts, row) => {
      const own = levels.map((level) => [...counts].reduce((sum, [at, count]) => sum + (data.label.values[at] === level ? count : 0), 0) / total(counts));
      names.forEach((name, k) => name && expect(Math.abs((scored.get(name) as Float64Array)[row]! - own[k]!)).toBeLessThan(1e-5));
      const [first, second] = [...own].sort((a, b) => b - a);
      if (first! - second! > 1e-6) expect(scored.get(SCORED_LABELS)![row]).toBe(levels[own.indexOf(first!)]);
    });
  });

  it('numbers: own prediction is what ONNX Runtime gives', async () => {
    const data = { ...madeData('regression', 2_100, 77), weights };
    const found = (await apply(await fit(NUMBERS, data, params), rows)).get(SCORED_LABELS) as Float64Array;
    plainly(data, rows, 7, weighting).forEach((counts, row) => {
      const own = [...counts].reduce((sum, [at, count]) => sum + count * (data.label.values[at] as number), 0) / total(counts);
      expect(Math.abs(found[row]! - own)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(own)));
    });
  });
});

it.each([
  [CLASSES, 'multiclass'],
  [NUMBERS, 'regression'],
] as const)('%s gives the same bytes again, takes a thousand columns, and stops at an abort', async (learner, task) => {
  const data = madeData(task, 200, 4);
  expect(Buffer.compare((await fit(learner, data)).onnx, (await fit(learner, data, {}, quiet(undefined, 3))).onnx)).toBe(0);
  const wide = { ...data, features: Array.from({ length: 1_000 }, (_, index) => numbers(`x${index}`, Array.from({ length: 200 }, (__, row) => (row * 7919 + index) % 1_009))) }; // prettier-ignore
  const scored = await apply(await fit(learner, wide, { neighbours: 1 }), wide);
  expect([...scored.get(SCORED_LABELS)!]).toEqual([...data.label.values]);
  await expect(fit(learner, data, {}, quiet(AbortSignal.abort(new Error('enough'))))).rejects.toThrow('enough');
});

describe('refuses', () => {
  const made = madeData('multiclass', 20, 3);
  it('more neighbours than rows', async () => {
    await expect(fit(CLASSES, made, { neighbours: 21 })).rejects.toMatchObject({ code: 'parameter_invalid' });
  });
  it('one class, constant columns, infinite values', async () => {
    await expect(fit(CLASSES, { ...made, label: { ...made.label, values: Array<string>(20).fill('a') } })).rejects.toMatchObject({ code: 'label_one_class' });
    await expect(fit(CLASSES, { ...made, features: [numbers('x', Array<number>(20).fill(1))] })).rejects.toMatchObject({ code: 'features_none' });
    const infinite = numbers(
      'x',
      Array.from({ length: 20 }, (_, row) => (row === 3 ? Infinity : row)),
    );
    await expect(fit(NUMBERS, { ...madeData('regression', 20, 3), features: [infinite] })).rejects.toMatchObject({ code: 'values_not_finite' });
  });
  it('more than a model may keep, before it is made', async () => {
    const values = Float64Array.from({ length: 100_000 }, (_, row) => row % 7);
    const features = Array.from({ length: 251 }, (_, index) => ({ ...numbers(`x${index}`, []), values }));
    const error: unknown = await fit(NUMBERS, { features, label: { ...numbers('y', []), values }, rowCount: 100_000 }).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: 'memory_exhausted' });
    expect((error as Error).message).toContain('at most 99,601 rows');
  });
});
