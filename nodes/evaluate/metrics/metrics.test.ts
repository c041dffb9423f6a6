import { describe, expect, it } from 'vitest';
import { regressionMetrics, regressionModel } from './regression.ts';
import reference from './metrics.reference.json' with { type: 'json' };
import { atThreshold, twoClassCurve } from './two-class.ts';

describe('two-class metrics', () => {
  const rows = { scores: Float64Array.from(reference.twoClass.scores), positive: Uint8Array.from(reference.twoClass.positive) };
  const curve = twoClassCurve('model', rows);

  it.each(['auc', 'averagePrecision', 'logLoss', 'brier'] as const)('%s is what scikit-learn computes', (name) => {
    expect(curve.metrics[name]).toBeCloseTo(reference.twoClass[name], 12);
  });

  it.each(['accuracy', 'precision', 'recall', 'f1'] as const)('%s at 0.5 is what scikit-learn computes', (name) => {
    expect(atThreshold(rows, 0.5)[name]).toBeCloseTo(reference.twoClass[name], 12);
  });

  it('counts rise from no row to all rows while thresholds fall', () => {
    expect(curve.thresholds[0]).toBe(2);
    expect([curve.truePositives[0], curve.falsePositives[0]]).toEqual([0, 0]);
    expect(curve.truePositives.at(-1)).toBe(curve.positiveCount);
    expect(curve.truePositives.at(-1)! + curve.falsePositives.at(-1)!).toBe(curve.rowCount);
    for (let index = 1; index < curve.thresholds.length; index += 1) expect(curve.thresholds[index]).toBeLessThan(curve.thresholds[index - 1]!);
    const half = curve.thresholds.findLastIndex((each) => each >= 0.5);
    expect(curve.truePositives[half]! / curve.positiveCount).toBeCloseTo(reference.twoClass.recall, 12);
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

  it('puts each row into one bin of the histogram', () => {
    const { positive, negative } = curve.histogram;
    expect(positive.reduce((sum, each) => sum + each, 0)).toBe(curve.positiveCount);
    expect(negative.reduce((sum, each) => sum + each, 0)).toBe(curve.rowCount - curve.positiveCount);
    expect(twoClassCurve('ends', { scores: Float64Array.of(0, 1), positive: Uint8Array.of(0, 1) }).histogram.positive[39]).toBe(1);
  });

  it('thins long curves, keeping the ends and the point at 0.5 exact', () => {
    const count = 50_000;
    const scores = Float64Array.from({ length: count }, (_, row) => (row + 0.5) / count);
    const positive = Uint8Array.from({ length: count }, (_, row) => Number((row * 7919) % count < row));
    const { thresholds, truePositives, falsePositives } = twoClassCurve('long', { scores, positive });
    expect(thresholds.length).toBeLessThanOrEqual(1_001);
    expect(thresholds.length).toBeGreaterThan(900);
    const half = thresholds.findLastIndex((each) => each >= 0.5);
    expect(truePositives[half]! + falsePositives[half]!).toBe(count / 2);
    expect(truePositives.at(-1)! + falsePositives.at(-1)!).toBe(count);
  });
});

describe('regression metrics', () => {
  const rows = { truth: Float64Array.from(reference.regression.truth), predicted: Float64Array.from(reference.regression.predicted) };

  it.each(['mae', 'rmse', 'r2'] as const)('%s is what scikit-learn computes', (name) => {
    expect(regressionMetrics(rows)[name]).toBeCloseTo(reference.regression[name], 10);
  });

  it('relative errors, by hand', () => {
    // Mean 2: deviations 1, 0, 1; errors 0, 0, 1.
    const { rae, rse } = regressionMetrics({ truth: Float64Array.of(1, 2, 3), predicted: Float64Array.of(1, 2, 4) });
    expect([rae, rse]).toEqual([0.5, 0.5]);
    expect(regressionMetrics({ truth: Float64Array.of(5, 5), predicted: Float64Array.of(5, 5) })).toMatchObject({ r2: 1, rse: 0, rae: 0 });
    expect(regressionMetrics({ truth: Float64Array.of(5, 5), predicted: Float64Array.of(5, 6) })).toMatchObject({ r2: 0, rse: 1, rae: 1 });
  });

  it('puts each residual into one bin', () => {
    const { residuals, points } = regressionModel('model', rows);
    expect(residuals.counts.reduce((sum, each) => sum + each, 0)).toBe(60);
    expect(residuals.edges.length).toBe(residuals.counts.length + 1);
    expect(points.length).toBe(60);
    expect(regressionModel('perfect', { truth: rows.truth, predicted: rows.truth }).residuals.counts.reduce((sum, each) => sum + each, 0)).toBe(60);
  });
});
