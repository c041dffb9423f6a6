import type { ScoredRows } from './curve.ts';

/** Probabilities are kept this far from 0 and 1, as scikit-learn does, so that one sure mistake does not make the loss infinite. */
const CLIP = Number.EPSILON;
const CALIBRATION_BINS = 10;

const surprise = (likelihood: number): number => -Math.log(Math.min(1 - CLIP, Math.max(CLIP, likelihood)));

/** Mean −ln p(true class) of two classes; NaN without rows. */
export function logLoss({ scores, positive, weights }: ScoredRows): number {
  return weightedMean(scores.length, weights, (row) => surprise(positive[row] ? scores[row]! : 1 - scores[row]!));
}

/** Mean −ln p(true class); `probabilities` by class, each with one value per row; `truth` are numbers of classes. */
export function classLogLoss(truth: ArrayLike<number>, probabilities: readonly Float64Array[], weights?: Float64Array): number {
  return weightedMean(truth.length, weights, (row) => surprise(probabilities[truth[row]!]![row]!));
}

/** Mean squared difference of probability and outcome. */
export function brierScore({ scores, positive, weights }: ScoredRows): number {
  return weightedMean(scores.length, weights, (row) => (scores[row]! - positive[row]!) ** 2);
}

export interface CalibrationBin {
  /** Mean probability of the rows in the bin. */
  readonly predicted: number;
  /** Share of them that are positive. */
  readonly positive: number;
  /** Rows, or the sum of their weights. */
  readonly count: number;
}

/** Ten equal bins over 0..1 without the empty ones, each with its upper end, as scikit-learn's calibration_curve. */
export function calibrationCurve({ scores, positive, weights }: ScoredRows): CalibrationBin[] {
  const sums = Array.from({ length: CALIBRATION_BINS }, () => ({ predicted: 0, positive: 0, count: 0 }));
  for (let row = 0; row < scores.length; row += 1) {
    let bin = 0;
    while (bin < CALIBRATION_BINS - 1 && scores[row]! > (bin + 1) * (1 / CALIBRATION_BINS)) bin += 1;
    const weight = weights ? weights[row]! : 1;
    sums[bin]!.predicted += weight * scores[row]!;
    sums[bin]!.positive += weight * positive[row]!;
    sums[bin]!.count += weight;
  }
  return sums.filter(({ count }) => count > 0).map(({ predicted, positive: hits, count }) => ({ predicted: predicted / count, positive: hits / count, count }));
}

/** Expected calibration error: Σ share of rows × |mean score − share of positives| over the bins (Guo et al. 2017). */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, { predicted, positive, count }) => sum + (count / total) * Math.abs(predicted - positive), 0);
}

/** Σ weight × value / Σ weight; NaN without rows. */
export function weightedMean(count: number, weights: Float64Array | undefined, value: (row: number) => number): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < count; row += 1) {
    const weight = weights ? weights[row]! : 1;
    sum += weight * value(row);
    total += weight;
  }
  return sum / total;
}
