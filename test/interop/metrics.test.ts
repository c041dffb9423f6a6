import { beforeAll, describe, expect, it } from 'vitest';
import { calinskiHarabasz, daviesBouldin } from '#nodes/evaluate/metrics/clustering.ts';
import { multiclassModel } from '#nodes/evaluate/metrics/multiclass.ts';
import { ndcg } from '#nodes/evaluate/metrics/ndcg.ts';
import { calibrationCurve } from '#nodes/evaluate/metrics/probability.ts';
import { quantileLoss, regressionMetrics } from '#nodes/evaluate/metrics/regression.ts';
import { silhouetteSamples } from '#nodes/evaluate/metrics/silhouette.ts';
import { atThreshold, twoClassCurve } from '#nodes/evaluate/metrics/two-class.ts';
import { clusterTable, multiclassTable, rankingTable, regressionTable, TABLES, twoClassTable } from './metric-tables.ts';
import { python } from './python.ts';

type Figures = Readonly<Record<string, number | null>>;
interface Reference {
  twoClass: (Figures & { atHalf: Figures; calibration: { positive: number[]; predicted: number[] } })[];
  multiclass: { metrics: Figures; classes: Figures[] }[];
  regression: { metrics: Figures; quantileLoss: Figures }[];
  ranking: Figures[];
  clustering: (Figures & { silhouettes: number[] })[];
}

const each = Array.from({ length: TABLES }, (_, table) => table);
const tables = {
  twoClass: each.map(twoClassTable),
  multiclass: each.map(multiclassTable),
  regression: each.map(regressionTable),
  ranking: each.map(rankingTable),
  clustering: each.map(clusterTable),
};
let reference: Reference;
beforeAll(() => {
  reference = python<Reference>('metrics_reference.py', [], tables);
});

/** Each figure of `wanted` is found to 1e-9; null is NaN. */
function expectEqual(found: Readonly<Record<string, number>>, wanted: Figures, where: string): void {
  for (const [name, value] of Object.entries(wanted)) {
    const own = found[name]!;
    const equal = value === null ? Number.isNaN(own) : Math.abs(own - value) <= 1e-9 * Math.max(1, Math.abs(value));
    if (!equal) expect.fail(`${where}, ${name}: ${own}, expected ${value}`);
  }
}
const weightsOf = (weights: readonly number[] | null) => (weights ? { weights: Float64Array.from(weights) } : {});

describe(`the figures of ${TABLES} random tables, with ties, weights, single rows and single classes, are scikit-learn’s`, () => {
  it('two classes', () => {
    tables.twoClass.forEach(({ positive, scores, weights }, table) => {
      const { atHalf, calibration, averagePrecision, ...overall } = reference.twoClass[table]!;
      const rows = { scores: Float64Array.from(scores), positive: Uint8Array.from(positive), ...weightsOf(weights) };
      const { metrics } = twoClassCurve('', rows);
      expectEqual(metrics, overall as Figures, `table ${table}`);
      // Without a positive row there is nothing to be precise about; scikit-learn says 0 and warns.
      expectEqual(metrics, { averagePrecision: positive.includes(1) ? (averagePrecision as number) : null }, `table ${table}`);
      expectEqual(atThreshold(rows, 0.5), atHalf, `table ${table} at 0.5`);
      const bins = calibrationCurve({ scores: rows.scores, positive: rows.positive });
      expect(bins.length).toBe(calibration.positive.length);
      bins.forEach((bin, index) =>
        expectEqual({ ...bin }, { positive: calibration.positive[index]!, predicted: calibration.predicted[index]! }, `table ${table}, bin ${index}`),
      );
    });
  });

  it('several classes, over all and of each', () => {
    tables.multiclass.forEach(({ truth, predicted, probabilities, weights }, table) => {
      const rows = {
        levels: probabilities.map((_, level) => `level ${level}`),
        truth: Int32Array.from(truth),
        predicted: Int32Array.from(predicted),
        probabilities: probabilities.map((values) => Float64Array.from(values)),
        ...weightsOf(weights),
      };
      const { metrics, classes } = multiclassModel('', rows, []);
      expectEqual(metrics, reference.multiclass[table]!.metrics, `table ${table}`);
      classes.forEach((own, level) =>
        expectEqual({ ...own, level: 0, auc: 0 }, reference.multiclass[table]!.classes[level]!, `table ${table}, class ${level}`),
      );
    });
  });

  it('numbers, and the loss of quantiles', () => {
    tables.regression.forEach(({ truth, predicted, weights }, table) => {
      const rows = { truth: Float64Array.from(truth), predicted: Float64Array.from(predicted), ...weightsOf(weights) };
      expectEqual(regressionMetrics(rows), reference.regression[table]!.metrics, `table ${table}`);
      for (const [alpha, loss] of Object.entries(reference.regression[table]!.quantileLoss))
        expectEqual({ loss: quantileLoss(rows, Number(alpha)) }, { loss }, `table ${table}, quantile ${alpha}`);
    });
  });

  it('ranked lists', () => {
    tables.ranking.forEach(({ relevance, scores, weights, top }, table) => {
      const lists = relevance.map((own, list) => ({ relevance: own, scores: scores[list]!, ...(weights ? { weight: weights[list]! } : {}) }));
      expectEqual({ ndcg: ndcg(lists, top ?? Infinity) }, reference.ranking[table]!, `table ${table}`);
    });
  });

  it('clusters', () => {
    tables.clustering.forEach(({ rows, clusters }, table) => {
      const width = rows[0]!.length;
      const matrix = Float64Array.from(rows.flat());
      const { silhouettes, ...wanted } = reference.clustering[table]!;
      const all = { matrix, width, clusters };
      expectEqual({ daviesBouldin: daviesBouldin(all), calinskiHarabasz: calinskiHarabasz(all) }, wanted as Figures, `table ${table}`);
      silhouetteSamples(matrix, width, clusters).forEach((silhouette, row) =>
        expectEqual({ silhouette }, { silhouette: silhouettes[row]! }, `table ${table}, row ${row}`),
      );
    });
  });
});
