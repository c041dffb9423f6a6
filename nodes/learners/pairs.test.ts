import { describe, expect, it } from 'vitest';
import { SCORED_LABELS, SCORED_PROBABILITIES } from '../kit/signature.ts';
import reference from './linear.reference.json' with { type: 'json' };
import { apply, fit, madeData, madeRows, quiet, sample } from '#test/support/learners.ts';

const logistic = { learner: 'two-class-logistic-regression', task: 'two-class', params: { l1: 0, l2: 1 } };

it('one against all gives the accuracy of scikit-learn’s OneVsRestClassifier on diamonds', async () => {
  const { train, test } = sample('diamonds', 'cut');
  const found = (await apply(await fit('one-vs-all-multiclass', train, { learner: logistic }), test)).get(SCORED_LABELS)!;
  let right = 0;
  for (let row = 0; row < test.rowCount; row += 1) right += Number(found[row] === test.label.values[row]);
  expect(Math.abs(right / test.rowCount - reference.oneVsAll.accuracy)).toBeLessThan(0.002);
});

describe.each(['one-vs-all-multiclass', 'one-vs-one-multiclass'])('%s', (learner) => {
  it('says what the two-class models say together, each trained by itself', async () => {
    const data = madeData('multiclass', 900, 2);
    const rows = madeRows(1_000, 77, true);
    const model = await fit(learner, data, { learner: logistic });
    const levels = model.signature.label!.levels!;
    expect(levels).toEqual(['a', 'b', 'c']);
    // What the models that know a class give it.
    const found = levels.map(() => Array.from({ length: rows.rowCount }, () => [] as number[]));
    const duels = learner.startsWith('one-vs-all') ? levels.map((level) => [level, null] as const) : ([['a', 'b'], ['a', 'c'], ['b', 'c']] as const); // prettier-ignore
    const labels = data.label.values as readonly string[];
    for (const [own, other] of duels) {
      const kept = labels.flatMap((label, row) => (other === null || label === own || label === other ? [row] : []));
      const pick = <T>(values: Float64Array | readonly T[]) =>
        values instanceof Float64Array ? Float64Array.from(kept, (row) => values[row]!) : kept.map((row) => values[row]!);
      const part = {
        features: data.features.map((each) => ({ ...each, values: pick(each.values) })),
        label: { ...data.label, values: kept.map((row) => (labels[row] === own ? 'yes' : 'no')) },
        rowCount: kept.length,
      };
      const scores = (await apply(await fit(logistic.learner, part, logistic.params), rows)).get(SCORED_PROBABILITIES) as Float64Array;
      scores.forEach((value, row) => {
        found[levels.indexOf(own)]![row]!.push(value);
        if (other !== null) found[levels.indexOf(other)]![row]!.push(1 - value);
      });
    }
    const scored = await apply(model, rows);
    for (let row = 0; row < rows.rowCount; row += 1) {
      const shares = found.map((each) => {
        const said = each[row]!;
        return said.length === 1 ? said[0]! : 1 / (said.reduce((sum, share) => sum + 1 / share, 0) - (levels.length - 2));
      });
      const total = shares.reduce((sum, each) => sum + each, 0);
      levels.forEach((level, k) =>
        expect(Math.abs((scored.get(`${SCORED_PROBABILITIES}_${level}`) as Float64Array)[row]! - shares[k]! / total)).toBeLessThan(1e-5),
      );
    }
  });

  it('works with any two-class learner, gives the same bytes for any number of threads, and stops at an abort', async () => {
    const data = madeData('multiclass', 300, 3);
    for (const inner of ['two-class-naive-bayes', 'two-class-support-vector-machine']) {
      const params = { learner: { learner: inner, task: 'two-class', params: {} } };
      expect(Buffer.compare((await fit(learner, data, params)).onnx, (await fit(learner, data, params, quiet(undefined, 3))).onnx)).toBe(0);
    }
    await expect(fit(learner, data, { learner: logistic }, quiet(AbortSignal.abort(new Error('enough'))))).rejects.toThrow('enough');
  });

  it('refuses one class', async () => {
    const data = madeData('multiclass', 30, 3);
    const label = { ...data.label, values: Array<string>(30).fill('a') };
    await expect(fit(learner, { ...data, label }, { learner: logistic })).rejects.toMatchObject({ code: 'label_one_class' });
  });
});
