import { describe, expect, it } from 'vitest';
import { confusionMatrix, confusionMetrics } from './confusion.ts';
import { areaUnderCurve, averagePrecision, stepsOf } from './curve.ts';
import reference from './metrics.reference.json' with { type: 'json' };
import { multiclassMetrics, multiclassModel } from './multiclass.ts';
import { ndcg } from './ndcg.ts';
import { calibrationCurve } from './probability.ts';
import { principalProjection } from '../evaluate-model/projection.ts';
import { quantileLoss, regressionMetrics, regressionModel } from './regression.ts';
import { silhouetteSamples } from './silhouette.ts';
import { atThreshold, twoClassCurve } from './two-class.ts';

const WAYS = ['plain', 'weighted'] as const;

/** Each figure of `wanted` is found to 1e-9. */
function expectEqual(found: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(wanted))
    expect(Math.abs(found[name]! - value), `${name}: ${found[name]}, expected ${value}`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
}

describe('two-class metrics', () => {
  const { scores, positive, weights } = reference.twoClass;
  const plain = { scores: Float64Array.from(scores), positive: Uint8Array.from(positive) };
  const rowsOf = { plain, weighted: { ...plain, weights: Float64Array.from(weights) } };
  const curve = twoClassCurve('model', plain);

  it.each(WAYS)('are what scikit-learn computes: %s', (way) => {
    const { atHalf, ...overall } = reference.twoClass[way];
    expectEqual(twoClassCurve('model', rowsOf[way]).metrics, overall);
    expectEqual(atThreshold(rowsOf[way], 0.5), atHalf);
  });

  it('the calibration curve is what scikit-learn computes', () => {
    const bins = calibrationCurve(plain);
    expect(bins.length).toBe(reference.twoClass.calibration.positive.length);
    bins.forEach((bin, index) => {
      expectEqual({ ...bin }, { positive: reference.twoClass.calibration.positive[index]!, predicted: reference.twoClass.calibration.predicted[index]! });
    });
  });

  it('counts rise from no row to all rows while thresholds fall', () => {
    expect(curve.thresholds[0]).toBe(2);
    expect([curve.truePositives[0], curve.falsePositives[0]]).toEqual([0, 0]);
    expect(curve.truePositives.at(-1)).toBe(curve.positiveCount);
    expect(curve.truePositives.at(-1)! + curve.falsePositives.at(-1)!).toBe(curve.rowCount);
    for (let index = 1; index < curve.thresholds.length; index += 1) expect(curve.thresholds[index]).toBeLessThan(curve.thresholds[index - 1]!);
    const half = curve.thresholds.findLastIndex((each) => each >= 0.5);
    expect(curve.truePositives[half]! / curve.positiveCount).toBeCloseTo(reference.twoClass.plain.atHalf.recall, 12);
  });

  it('calibration error and lift, by hand', () => {
    // Bins: 0.05 (one row, negative), 0.15 (one row, positive), 0.95 (two rows, one positive): gaps 0.05, 0.85, 2 × 0.45.
    const { metrics } = twoClassCurve('hand', { scores: Float64Array.of(0.05, 0.15, 0.95, 0.95), positive: Uint8Array.of(0, 1, 0, 1) });
    expect(metrics.calibrationError).toBeCloseTo((0.05 + 0.85 + 0.9) / 4, 12);
    // The best tenth (one row) is half a positive, as two rows are tied; half of all rows are positive.
    expect(metrics.liftTop10).toBeCloseTo(1, 12);
    const twenty = twoClassCurve('lift', {
      scores: Float64Array.from({ length: 20 }, (_, row) => row / 20),
      positive: Uint8Array.from({ length: 20 }, (_, row) => Number(row >= 15)),
    });
    expect(twenty.metrics.liftTop10).toBeCloseTo(4, 12);
  });

  it('one class has no area, and no rows have no figures', () => {
    expect(areaUnderCurve(stepsOf({ scores: Float64Array.of(0.2, 0.7), positive: Uint8Array.of(1, 1) }))).toBeNaN();
    expect(averagePrecision(stepsOf({ scores: Float64Array.of(0.2, 0.7), positive: Uint8Array.of(0, 0) }))).toBeNaN();
    const none = stepsOf({ scores: new Float64Array(0), positive: new Uint8Array(0) });
    expect([areaUnderCurve(none), averagePrecision(none)]).toEqual([NaN, NaN]);
  });

  it('a row of weight 2 counts as the row twice', () => {
    const twice = twoClassCurve('twice', { scores: Float64Array.of(0.1, 0.6, 0.6, 0.8), positive: Uint8Array.of(0, 1, 1, 0) });
    const weighted = twoClassCurve('twice', { scores: Float64Array.of(0.1, 0.6, 0.8), positive: Uint8Array.of(0, 1, 0), weights: Float64Array.of(1, 2, 1) });
    expect({ ...weighted, metrics: {} }).toEqual({ ...twice, metrics: {} });
    const { liftTop10: _some, ...figures } = weighted.metrics;
    expectEqual(twice.metrics, figures);
  });

  it('puts each row into one bin of the histogram', () => {
    const { positive: hits, negative } = curve.histogram;
    expect(hits.reduce((sum, each) => sum + each, 0)).toBe(curve.positiveCount);
    expect(negative.reduce((sum, each) => sum + each, 0)).toBe(curve.rowCount - curve.positiveCount);
    expect(twoClassCurve('ends', { scores: Float64Array.of(0, 1), positive: Uint8Array.of(0, 1) }).histogram.positive[39]).toBe(1);
  });

  it('thins long curves, keeping the ends and the point at 0.5 exact', () => {
    const count = 50_000;
    const long = {
      scores: Float64Array.from({ length: count }, (_, row) => (row + 0.5) / count),
      positive: Uint8Array.from({ length: count }, (_, row) => Number((row * 7919) % count < row)),
    };
    const { thresholds, truePositives, falsePositives } = twoClassCurve('long', long);
    expect(thresholds.length).toBeLessThanOrEqual(1_001);
    expect(thresholds.length).toBeGreaterThan(900);
    const half = thresholds.findLastIndex((each) => each >= 0.5);
    expect(truePositives[half]! + falsePositives[half]!).toBe(count / 2);
    expect(truePositives.at(-1)! + falsePositives.at(-1)!).toBe(count);
  });
});

describe('multiclass metrics', () => {
  const { truth, predicted, probabilities, weights } = reference.multiclass;
  const levels = ['a', 'b', 'c', 'd', 'e'];
  const plain = {
    levels,
    truth: Int32Array.from(truth),
    predicted: Int32Array.from(predicted),
    probabilities: probabilities.map((each) => Float64Array.from(each)),
  };
  const rowsOf = { plain, weighted: { ...plain, weights: Float64Array.from(weights) } };

  it.each(WAYS)('are what scikit-learn computes, over all and by class: %s', (way) => {
    const { metrics, classes } = multiclassModel('model', rowsOf[way], [0, 1, 2, 3, 4]);
    expectEqual(metrics, reference.multiclass[way].metrics);
    classes.forEach((each, own) => expectEqual({ ...each, level: 0, auc: 0 }, reference.multiclass[way].classes[own]!));
  });

  it('a class without rows has no area and does not count', () => {
    const rows = {
      levels: ['a', 'b', 'c'],
      truth: Int32Array.of(0, 1, 0, 1),
      predicted: Int32Array.of(0, 1, 1, 1),
      probabilities: [Float64Array.of(0.8, 0.1, 0.4, 0.2), Float64Array.of(0.1, 0.8, 0.5, 0.7), Float64Array.of(0.1, 0.1, 0.1, 0.1)],
    };
    const { classes, metrics } = multiclassModel('model', rows, [0, 1, 2]);
    expect(classes[2]).toEqual({ level: 'c', precision: 0, recall: 0, f1: 0, support: 0, auc: null });
    expectEqual(metrics, { aucMacro: 1, aucWeighted: 1, accuracy: 0.75, balancedAccuracy: 0.75, f1Macro: (2 / 3 + 0.8) / 2 });
  });

  it('classes beyond the drawn ones are merged, and no row is lost', () => {
    const { matrix } = multiclassModel('model', plain, [4, 1]);
    expect(matrix.map((row) => row.length)).toEqual([3, 3, 3]);
    expect(matrix.flat().reduce((sum, each) => sum + each, 0)).toBe(truth.length);
    expect(matrix[0]![0]).toBe(truth.filter((own, row) => own === 4 && predicted[row] === 4).length);
  });

  it('labels alone give the figures that need no probabilities', () => {
    expect(multiclassMetrics({ ...plain, probabilities: undefined })).not.toHaveProperty('logLoss');
  });

  it('one class only: everything right, and nothing beyond chance', () => {
    const metrics = confusionMetrics(confusionMatrix([1, 1], [1, 1], 2));
    expect(metrics).toMatchObject({ accuracy: 1, f1Macro: 1, balancedAccuracy: 1, matthewsCorrelation: 0, cohensKappa: NaN });
  });
});

describe('regression metrics', () => {
  const { truth, predicted, weights } = reference.regression;
  const plain = { truth: Float64Array.from(truth), predicted: Float64Array.from(predicted) };
  const rowsOf = { plain, weighted: { ...plain, weights: Float64Array.from(weights) } };

  it.each(WAYS)('are what scikit-learn computes: %s', (way) => {
    expectEqual(regressionMetrics(rowsOf[way]), reference.regression[way].metrics);
    for (const [alpha, loss] of Object.entries(reference.regression[way].quantileLoss))
      expectEqual({ loss: quantileLoss(rowsOf[way], Number(alpha)) }, { loss });
  });

  it('relative errors, by hand', () => {
    // Mean 2: deviations 1, 0, 1; errors 0, 0, 1.
    const { rae, rse } = regressionMetrics({ truth: Float64Array.of(1, 2, 3), predicted: Float64Array.of(1, 2, 4) });
    expectEqual({ rae, rse }, { rae: 0.5, rse: 0.5 });
    const constant = Float64Array.of(5, 5);
    expect(regressionMetrics({ truth: constant, predicted: constant })).toMatchObject({ r2: 1, rse: 0, rae: 0, explainedVariance: 1 });
    expect(regressionMetrics({ truth: constant, predicted: Float64Array.of(5, 6) })).toMatchObject({ r2: 0, rse: 1, rae: 1, explainedVariance: 0 });
  });

  it('equal true values have no spread, whatever the weights', () => {
    const rowCount = 30;
    const rows = {
      truth: new Float64Array(rowCount).fill(5.1),
      predicted: Float64Array.from({ length: rowCount }, (_, row) => 5.1 + (row % 3)),
      weights: Float64Array.from({ length: rowCount }, (_, row) => 0.1 + 0.37 * (row % 7)),
    };
    expect(regressionMetrics(rows)).toMatchObject({ r2: 0, rse: 1, rae: 1, explainedVariance: 0 });
  });

  it('no rows have no figures', () => {
    expect(regressionMetrics({ truth: new Float64Array(0), predicted: new Float64Array(0) })).toMatchObject({ mae: NaN, medianAbsoluteError: NaN });
  });

  it('puts each residual into one bin', () => {
    const total = (counts: readonly number[] | undefined) => counts?.reduce((sum, each) => sum + each, 0);
    const { residuals, errors, points } = regressionModel('model', plain);
    expect([total(residuals.counts), total(errors?.counts), points.length]).toEqual([61, 61, 61]);
    expect(residuals.edges.length).toBe(residuals.counts.length + 1);
    expect(errors?.edges[0]).toBe(0);
    const perfect = regressionModel('perfect', { truth: plain.truth, predicted: plain.truth });
    expect([total(perfect.residuals.counts), total(perfect.errors?.counts)]).toEqual([61, 61]);
  });
});

describe('ranking metrics', () => {
  const { relevance, scores, weights, ...wanted } = reference.ranking;
  const lists = relevance.map((each, list) => ({ relevance: each, scores: scores[list]! }));

  it('NDCG is what scikit-learn computes, ties and lists without anything relevant included', () => {
    const weighted = ndcg(lists.map((list, index) => ({ ...list, weight: weights[index]! })));
    expectEqual({ ndcg: ndcg(lists), ndcgAt5: ndcg(lists, 5), weighted }, wanted);
    expect(ndcg([])).toBeNaN();
  });
});

describe('clustering', () => {
  const { rows, clusters, silhouettes, explained, projection } = reference.clustering;
  const matrix = Float64Array.from(rows.flat());

  it('silhouettes are what scikit-learn computes; a row that is alone has 0', () => {
    const found = silhouetteSamples(matrix, 3, clusters);
    silhouettes.forEach((value, row) => expectEqual({ silhouette: found[row]! }, { silhouette: value }));
    expect(found[7]).toBe(0);
    expect([...silhouetteSamples(matrix.subarray(0, 6), 3, [0, 0])]).toEqual([NaN, NaN]);
    expect([...silhouetteSamples(Float64Array.of(1, 1, 1), 1, [0, 0, 1])]).toEqual([0, 0, 0]);
  });

  it('the projection is scikit-learn’s PCA, but for the direction of the axes', () => {
    const found = principalProjection(matrix, 3, rows.length);
    expectEqual({ first: found.explained[0], second: found.explained[1] }, { first: explained[0]!, second: explained[1]! });
    projection.forEach(([first, second], row) =>
      expectEqual({ first: Math.abs(found.first[row]!), second: Math.abs(found.second[row]!) }, { first: first!, second: second! }),
    );
    expect(principalProjection(Float64Array.of(1, 2, 3), 1, 3)).toMatchObject({ explained: [1, 0], second: new Float64Array(3) });
  });
});
