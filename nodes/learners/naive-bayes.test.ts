import { describe, expect, it } from 'vitest';
import { SCORED_LABELS, SCORED_PROBABILITIES } from '../kit/signature.ts';
import reference from './linear.reference.json' with { type: 'json' };
import { twoClassCurve } from '../evaluate/metrics/two-class.ts';
import { apply, fit, madeData, madeRows, numbers, quiet, sample, words } from '#test/support/learners.ts';

it('on breast cancer it gives the figures of scikit-learn’s GaussianNB', async () => {
  const { train, test } = sample('breast-cancer', 'Class', ['Id']);
  // The reference fills missing numbers with the mean; here they leave their column out, in a few rows.
  const scores = (await apply(await fit('two-class-naive-bayes', train), test)).get(SCORED_PROBABILITIES) as Float64Array;
  const positive = Uint8Array.from({ length: test.rowCount }, (_, row) =>
    Number(test.label.values[row] === [...new Set<unknown>(train.label.values)].sort().at(-1)),
  );
  expect(Math.abs(twoClassCurve('', { scores, positive }).metrics.auc! - reference.gaussianBayes.auc)).toBeLessThan(0.005);
});

/** Bayes' rule row by row, as the help tells it. */
function plainly(data: ReturnType<typeof madeData>, rows: ReturnType<typeof madeRows>): number[][] {
  const labels = data.label.values as readonly string[];
  const levels = [...new Set(labels)].sort();
  const variances = data.features.map(({ values }) => {
    if (!(values instanceof Float64Array)) return 0;
    const known = values.filter((each) => !Number.isNaN(each));
    const mean = known.reduce((sum, each) => sum + each, 0) / known.length;
    return known.reduce((sum, each) => sum + (each - mean) ** 2, 0) / known.length;
  });
  const largest = Math.max(...variances);
  const terms = levels.map((level) => {
    const own = labels.map((each) => each === level);
    return data.features.map(({ values }) => {
      if (values instanceof Float64Array) {
        const known = [...values].filter((each, row) => own[row] && !Number.isNaN(each));
        const mean = known.reduce((sum, each) => sum + each, 0) / known.length;
        const variance = known.reduce((sum, each) => sum + (each - mean) ** 2, 0) / known.length + 1e-9 * largest;
        return (cell: unknown) => (Number.isNaN(cell) ? 0 : -(((cell as number) - mean) ** 2) / (2 * variance) - Math.log(2 * Math.PI * variance) / 2);
      }
      const known = [...new Set(values)].filter((each) => each !== '');
      const seen = values.filter((each, row) => own[row] && each !== '');
      return (cell: unknown) =>
        known.includes(cell as string) ? Math.log((seen.filter((each) => each === cell).length + 1) / (seen.length + known.length)) : 0;
    });
  });
  return Array.from({ length: rows.rowCount }, (_, row) => {
    const logs = levels.map(
      (level, k) =>
        Math.log(labels.filter((each) => each === level).length / labels.length) +
        rows.features.reduce((sum, { values }, column) => sum + terms[k]![column]!(values[row]), 0),
    );
    const top = Math.max(...logs);
    const total = logs.reduce((sum, each) => sum + Math.exp(each - top), 0);
    return logs.map((each) => Math.exp(each - top) / total);
  });
}

describe.each([
  ['two-class-naive-bayes', 'two-class'],
  ['multiclass-naive-bayes', 'multiclass'],
] as const)('%s', (learner, task) => {
  it('own prediction is what ONNX Runtime gives, with missing values and unknown categories', async () => {
    const data = madeData(task, 1_500, 1);
    const rows = madeRows(1_000, 77, true);
    const model = await fit(learner, data);
    const scored = await apply(model, rows);
    const levels = model.signature.label!.levels!;
    const names = task === 'two-class' ? [undefined, SCORED_PROBABILITIES] : levels.map((level) => `${SCORED_PROBABILITIES}_${level}`);
    plainly(data, rows).forEach((own, row) => {
      names.forEach((name, k) => name && expect(Math.abs((scored.get(name) as Float64Array)[row]! - own[k]!)).toBeLessThan(1e-5));
      const [first, second] = [...own].sort((a, b) => b - a);
      if (first! - second! > 1e-4) expect(scored.get(SCORED_LABELS)![row]).toBe(levels[own.indexOf(first!)]);
    });
  });

  it('gives the same bytes for any number of threads, and counts a weight of two as two rows', async () => {
    const data = madeData(task, 300, 4);
    expect(Buffer.compare((await fit(learner, data)).onnx, (await fit(learner, data, {}, quiet(undefined, 3))).onnx)).toBe(0);
    const weighted = await fit(learner, { ...data, weights: new Float64Array(300).fill(2) }, { pseudoCount: 2 });
    const [a, b] = [await apply(await fit(learner, data, { pseudoCount: 1 }), data), await apply(weighted, data)];
    const last = (columns: typeof a) => [...columns.values()].at(-1) as Float64Array;
    last(a).forEach((value, row) => expect(Math.abs(value - last(b)[row]!)).toBeLessThan(1e-5));
  });

  it('tells what missing numbers do, and nothing else of them', async () => {
    const { notes } = (await fit(learner, madeData(task, 100, 3))).summary;
    expect(notes.filter((note) => /missing (number|value)/i.test(note))).toEqual(['Missing values and unknown categories leave their column out.']);
  });

  it('says what is wrong with its data', async () => {
    const { label } = madeData(task, 50, 8);
    const x = numbers(
      'x',
      Array.from({ length: 50 }, (_, row) => row),
    );
    const infinite = numbers(
      'x',
      Array.from({ length: 50 }, (_, row) => (row === 3 ? Infinity : row)),
    );
    await expect(fit(learner, { features: [infinite], label, rowCount: 50 })).rejects.toMatchObject({ code: 'values_not_finite' });
    await expect(fit(learner, { features: [numbers('c', Array<number>(50).fill(1))], label, rowCount: 50 })).rejects.toMatchObject({ code: 'features_none' });
    await expect(fit(learner, { features: [x], label: words('y', Array<string>(50).fill('a')), rowCount: 50 })).rejects.toMatchObject({
      code: 'label_one_class',
    });
  });
});
