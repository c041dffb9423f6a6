import type { RegressionEvaluation } from '../../kit/reports.ts';

export interface RegressionRows {
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
}
type RegressionModel = RegressionEvaluation['models'][number];

const MAXIMUM_POINTS = 1_000;
const RESIDUAL_BINS = 40;

/**
 * Mean absolute and root mean squared error; the same relative to always predicting the mean (rae, rse); r2 = 1 − rse. Where all true values
 * are equal the relative errors are 0 for a perfect prediction, otherwise 1, as scikit-learn's r2_score has it.
 */
export function regressionMetrics({ truth, predicted }: RegressionRows): Record<'mae' | 'rmse' | 'rae' | 'rse' | 'r2', number> {
  const mean = truth.reduce((sum, each) => sum + each, 0) / truth.length;
  let [absolute, squared, spread, squaredSpread] = [0, 0, 0, 0];
  truth.forEach((value, row) => {
    absolute += Math.abs(predicted[row]! - value);
    squared += (predicted[row]! - value) ** 2;
    spread += Math.abs(value - mean);
    squaredSpread += (value - mean) ** 2;
  });
  const relative = (part: number, whole: number) => (whole > 0 ? part / whole : Number(part > 0));
  const rse = relative(squared, squaredSpread);
  return { mae: absolute / truth.length, rmse: Math.sqrt(squared / truth.length), rae: relative(absolute, spread), rse, r2: 1 - rse };
}

/** Everything about one model's predictions of a number. */
export function regressionModel(name: string, rows: RegressionRows): RegressionModel {
  const { truth, predicted } = rows;
  const count = Math.min(MAXIMUM_POINTS, truth.length);
  const points = Array.from({ length: count }, (_, index): [number, number] => {
    const row = Math.floor((index * truth.length) / count);
    return [truth[row]!, predicted[row]!];
  });
  return { name, rowCount: truth.length, metrics: regressionMetrics(rows), points, residuals: residualsOf(rows) };
}

/** Predicted − true in 40 equal bins. */
function residualsOf({ truth, predicted }: RegressionRows): RegressionModel['residuals'] {
  const residuals = predicted.map((value, row) => value - truth[row]!);
  let [low, high] = [Infinity, -Infinity];
  for (const each of residuals) {
    low = Math.min(low, each);
    high = Math.max(high, each);
  }
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const width = (high - low) / RESIDUAL_BINS;
  const counts = new Array<number>(RESIDUAL_BINS).fill(0);
  for (const each of residuals) counts[Math.min(RESIDUAL_BINS - 1, Math.floor((each - low) / width))]! += 1;
  return { edges: Array.from({ length: RESIDUAL_BINS + 1 }, (_, index) => low + index * width), counts };
}
