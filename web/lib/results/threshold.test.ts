import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TwoClassCurve } from '#nodes/kit/reports.ts';
import { bestOf, cheapest, confusionAt, costOf, figuresOf, precisionRecallPoints, rocPoints } from './threshold.ts';

/** The curve of scored rows, as the evaluation step counts it. */
function curveOf(rows: readonly { score: number; positive: boolean }[]): TwoClassCurve {
  const thresholds = [2, ...new Set(rows.map((row) => row.score).sort((a, b) => b - a))];
  const above = (threshold: number, positive: boolean): number => rows.filter((row) => row.score >= threshold && row.positive === positive).length;
  return {
    name: 'model',
    rowCount: rows.length,
    positiveCount: rows.filter((row) => row.positive).length,
    metrics: {},
    thresholds,
    truePositives: thresholds.map((threshold) => above(threshold, true)),
    falsePositives: thresholds.map((threshold) => above(threshold, false)),
    histogram: { positive: [], negative: [] },
  };
}

const rows = [
  { score: 0.9, positive: true },
  { score: 0.8, positive: false },
  { score: 0.6, positive: true },
  { score: 0.3, positive: false },
  { score: 0.1, positive: false },
];
const curve = curveOf(rows);

describe('confusionAt', () => {
  it('counts the rows on both sides of a threshold, a score equal to it included', () => {
    expect(confusionAt(curve, 0.6)).toEqual({ truePositives: 2, falsePositives: 1, falseNegatives: 0, trueNegatives: 2 });
    expect(confusionAt(curve, 0.61)).toEqual({ truePositives: 1, falsePositives: 1, falseNegatives: 1, trueNegatives: 2 });
    expect(confusionAt(curve, 1)).toEqual({ truePositives: 0, falsePositives: 0, falseNegatives: 2, trueNegatives: 3 });
    expect(confusionAt(curve, 0)).toEqual({ truePositives: 2, falsePositives: 3, falseNegatives: 0, trueNegatives: 0 });
  });

  it('equals counting the rows one by one, for any scores and threshold', () => {
    const scored = fc.array(fc.record({ score: fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000), positive: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(scored, fc.integer({ min: 0, max: 1000 }), (sample, at) => {
        const threshold = at / 1000;
        const found = confusionAt(curveOf(sample), threshold);
        expect(found.truePositives).toBe(sample.filter((row) => row.positive && row.score >= threshold).length);
        expect(found.falsePositives).toBe(sample.filter((row) => !row.positive && row.score >= threshold).length);
        expect(found.truePositives + found.falsePositives + found.falseNegatives + found.trueNegatives).toBe(sample.length);
      }),
    );
  });
});

describe('figuresOf', () => {
  it('gives the usual figures', () => {
    const figures = figuresOf(confusionAt(curve, 0.6));
    expect(figures.accuracy).toBeCloseTo(4 / 5);
    expect(figures.precision).toBeCloseTo(2 / 3);
    expect(figures.recall).toBe(1);
    expect(figures.specificity).toBeCloseTo(2 / 3);
    expect(figures.f1).toBeCloseTo(0.8);
    expect(figures.predictedPositive).toBe(3);
  });

  it('has no precision where nothing is predicted positive', () => {
    expect(figuresOf(confusionAt(curve, 1)).precision).toBeNaN();
  });
});

describe('cheapest', () => {
  it('is the least cost over all thresholds, and the highest of equals', () => {
    const costs = { missed: 9, needless: 1 };
    const best = cheapest(curve, costs);
    expect(best).toEqual({ threshold: 0.6, cost: 1 });
    for (let step = 0; step <= 100; step += 1) expect(costOf(confusionAt(curve, step / 100), costs)).toBeGreaterThanOrEqual(best.cost);
  });

  it('calls nobody when a needless call costs too much', () => {
    expect(cheapest(curve, { missed: 0, needless: 5 })).toEqual({ threshold: 1, cost: 0 });
  });
});

describe('curves', () => {
  it('goes from corner to corner', () => {
    const roc = rocPoints(curve);
    expect(roc[0]).toEqual([0, 0]);
    expect(roc.at(-1)).toEqual([1, 1]);
    expect(precisionRecallPoints(curve)[0]).toEqual([0.5, 1]);
    expect(precisionRecallPoints(curve).at(-1)).toEqual([1, 0.4]);
  });
});

describe('bestOf', () => {
  it('marks the better one, and none when they look equal', () => {
    expect(bestOf([0.851, 0.847], true, 3)).toBe(0);
    expect(bestOf([0.41, 0.402], false, 3)).toBe(1);
    expect(bestOf([0.8512, 0.8514], true, 3)).toBe(-1);
    expect(bestOf([0.9], true, 3)).toBe(-1);
  });
});
