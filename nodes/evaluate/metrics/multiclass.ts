import type { ClassRow, MulticlassModel } from '../../kit/evaluation.ts';
import { classFigures, confusionMatrix, confusionMetrics, type ConfusionMatrix } from './confusion.ts';
import { areaUnderCurve, stepsOf } from './curve.ts';
import { classLogLoss, weightedMean } from './probability.ts';

/** Classes are numbers from 0 to the number of levels − 1. */
export interface MulticlassRows {
  readonly levels: readonly string[];
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** By class, each with one value per row. */
  readonly probabilities?: readonly Float64Array[];
  readonly weights?: Float64Array;
}

/** Area under the ROC curve of each class against all others; NaN where a class has all rows or none. */
export function oneVersusRest({ truth, probabilities = [], weights }: MulticlassRows): number[] {
  return probabilities.map((scores, own) => areaUnderCurve(stepsOf({ scores, positive: Uint8Array.from(truth, (each) => Number(each === own)), weights })));
}

/**
 * Share of rows whose true class is among the `top` most probable ones. Of equal probabilities the later class counts as more probable, as in
 * scikit-learn's top_k_accuracy_score.
 */
export function topAccuracy({ truth, probabilities = [], weights }: MulticlassRows, top: number): number {
  return weightedMean(truth.length, weights, (row) => {
    const own = truth[row]!;
    const score = probabilities[own]![row]!;
    let before = 0;
    for (let other = 0; other < probabilities.length; other += 1) {
      const value = probabilities[other]![row]!;
      if (value > score || (value === score && other > own)) before += 1;
    }
    return Number(before < top);
  });
}

/** The figures of several classes; those of probabilities only where there are some. */
export function multiclassMetrics(rows: MulticlassRows, matrix: ConfusionMatrix = matrixOf(rows), areas = oneVersusRest(rows)): Record<string, number> {
  const metrics: Record<string, number> = { ...confusionMetrics(matrix) };
  if (!rows.probabilities) return metrics;
  const support = classFigures(matrix).map((each) => each.support);
  const known = areas.map((area, own) => ({ area, support: support[own]! })).filter(({ area }) => !Number.isNaN(area));
  const total = known.reduce((sum, each) => sum + each.support, 0);
  metrics.logLoss = classLogLoss(rows.truth, rows.probabilities, rows.weights);
  metrics.aucMacro = known.reduce((sum, { area }) => sum + area, 0) / known.length;
  metrics.aucWeighted = known.reduce((sum, each) => sum + each.area * each.support, 0) / total;
  for (const top of [2, 3, 5]) if (top < rows.levels.length) metrics[`top${top}Accuracy`] = topAccuracy(rows, top);
  return metrics;
}

const matrixOf = ({ truth, predicted, levels, weights }: MulticlassRows): ConfusionMatrix => confusionMatrix(truth, predicted, levels.length, weights);

/** Everything about one model's predictions of several classes; `shown` are the classes of the matrix that is drawn, and others are merged. */
export function multiclassModel(name: string, rows: MulticlassRows, shown: readonly number[]): MulticlassModel {
  const matrix = matrixOf(rows);
  const areas = oneVersusRest(rows);
  const classes = classFigures(matrix).map(({ precision, recall, f1, support }, own): ClassRow => {
    const auc = areas[own];
    return { level: rows.levels[own]!, precision, recall, f1, support, auc: auc === undefined || Number.isNaN(auc) ? null : auc };
  });
  const all = classes.reduce((sum, { support }) => sum + support, 0);
  return { name, rowCount: all, metrics: multiclassMetrics(rows, matrix, areas), classes, matrix: mergedMatrix(matrix, shown) };
}

function mergedMatrix({ size, counts }: ConfusionMatrix, shown: readonly number[]): number[][] {
  const merged = shown.length < size;
  const places = new Int32Array(size).fill(shown.length);
  shown.forEach((own, place) => (places[own] = place));
  const side = shown.length + Number(merged);
  const matrix = Array.from({ length: side }, () => new Array<number>(side).fill(0));
  for (let truth = 0; truth < size; truth += 1)
    for (let predicted = 0; predicted < size; predicted += 1) matrix[places[truth]!]![places[predicted]!]! += counts[truth * size + predicted]!;
  return matrix;
}
