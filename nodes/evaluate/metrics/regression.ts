import type { Bins, RegressionModel } from '../../kit/evaluation.ts';
import { weightedMean } from './probability.ts';

/** Finite numbers, one of each a row. */
export interface RegressionRows {
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
  /** Above zero; 1 for each row where there are none. */
  readonly weights?: Float64Array;
}

const MAXIMUM_POINTS = 1_000;
const BIN_COUNT = 40;

export type RegressionMetric = 'mae' | 'rmse' | 'rae' | 'rse' | 'r2' | 'explainedVariance' | 'mape' | 'medianAbsoluteError' | 'maximumError';

/**
 * Mean absolute and root mean squared error; the same relative to always predicting the mean (rae, rse); r2 = 1 − rse. Where all true values
 * are equal the relative errors are 0 for a perfect prediction, otherwise 1, as in scikit-learn, whose definitions all of these are: mape is
 * relative to |true|, kept from 0 by the smallest step of a float64.
 */
export function regressionMetrics({ truth, predicted, weights }: RegressionRows): Record<RegressionMetric, number> {
  const mean = (value: (row: number) => number) => weightedMean(truth.length, weights, value);
  const error = (row: number) => predicted[row]! - truth[row]!;
  // From the first row on, so that the mean of equal numbers is that number to the last bit.
  const centreOf = (value: (row: number) => number) => value(0) + mean((row) => value(row) - value(0));
  const centre = centreOf((row) => truth[row]!);
  const bias = centreOf(error);
  const mae = mean((row) => Math.abs(error(row)));
  const squared = mean((row) => error(row) ** 2);
  const spread = mean((row) => (truth[row]! - centre) ** 2);
  const relative = (part: number, whole: number) => (whole > 0 ? part / whole : Number(part > 0));
  const rse = relative(squared, spread);
  let maximumError = 0;
  for (let row = 0; row < truth.length; row += 1) maximumError = Math.max(maximumError, Math.abs(error(row)));
  return {
    mae,
    rmse: Math.sqrt(squared),
    rae: relative(
      mae,
      mean((row) => Math.abs(truth[row]! - centre)),
    ),
    rse,
    r2: 1 - rse,
    explainedVariance:
      1 -
      relative(
        mean((row) => (error(row) - bias) ** 2),
        spread,
      ),
    mape: mean((row) => Math.abs(error(row)) / Math.max(Math.abs(truth[row]!), Number.EPSILON)),
    medianAbsoluteError: weightedMedian(
      Float64Array.from(truth, (_, row) => Math.abs(error(row))),
      weights,
    ),
    maximumError,
  };
}

/** Mean loss of a prediction of the quantile `alpha` (Koenker & Bassett 1978): alpha × what it is too low, 1 − alpha × what it is too high. */
export function quantileLoss({ truth, predicted, weights }: RegressionRows, alpha: number): number {
  return weightedMean(truth.length, weights, (row) => {
    const low = truth[row]! - predicted[row]!;
    return low >= 0 ? alpha * low : (alpha - 1) * low;
  });
}

/** The value below which half of the weight lies; the mean of the two around it where it falls between them. NaN without rows. */
function weightedMedian(values: Float64Array, weights: Float64Array | undefined): number {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const total = weights ? weights.reduce((sum, each) => sum + each, 0) : values.length;
  let sum = 0;
  for (let place = 0; place < order.length; place += 1) {
    sum += weights ? weights[order[place]!]! : 1;
    if (sum > total / 2) return values[order[place]!]!;
    if (sum === total / 2) return (values[order[place]!]! + values[order[place + 1]!]!) / 2;
  }
  return NaN;
}

/** Everything about one model's predictions of a number; there is at least one row. */
export function regressionModel(name: string, rows: RegressionRows): RegressionModel {
  const { truth, predicted } = rows;
  const count = Math.min(MAXIMUM_POINTS, truth.length);
  const points = Array.from({ length: count }, (_, index): [number, number] => {
    const row = Math.floor((index * truth.length) / count);
    return [truth[row]!, predicted[row]!];
  });
  const residuals = predicted.map((value, row) => value - truth[row]!);
  return {
    name,
    rowCount: truth.length,
    metrics: regressionMetrics(rows),
    points,
    residuals: binned(residuals),
    errors: binned(residuals.map(Math.abs), 0),
  };
}

/** Rows in 40 equal bins from `from`, or from the least value, to the greatest. */
function binned(values: Float64Array, from = Infinity): Bins {
  let [low, high] = [from, -Infinity];
  for (const each of values) {
    low = Math.min(low, each);
    high = Math.max(high, each);
  }
  if (low === high) [low, high] = from === Infinity ? [low - 0.5, high + 0.5] : [low, high + 1];
  const width = (high - low) / BIN_COUNT;
  const counts = new Array<number>(BIN_COUNT).fill(0);
  for (const each of values) counts[Math.min(BIN_COUNT - 1, Math.floor((each - low) / width))]! += 1;
  return { edges: Array.from({ length: BIN_COUNT + 1 }, (_, index) => low + index * width), counts };
}
