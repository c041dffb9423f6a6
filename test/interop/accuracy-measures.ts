import { quantileLoss, regressionMetrics } from '#nodes/evaluate/metrics/regression.ts';
import { twoClassCurve } from '#nodes/evaluate/metrics/two-class.ts';
import { clusterFeatures } from '#nodes/learners/clusters/fit.server.ts';
import { K_MEANS, kMeansParams } from '#nodes/learners/clusters/params.ts';
import { ASSIGNMENTS, distanceColumn, SCORED_LABELS, SCORED_PROBABILITIES } from '#nodes/kit/signature.ts';
import type { Columns } from '#nodes/kit/table.ts';
import type { Split } from './accuracy-data.ts';
import { datasets, type AccuracyRow } from './accuracy-rows.ts';

/** What each is measured by; all have 1 as the best value. D² is R² with another loss than the squared one (scikit-learn’s `d2_…_score`). */
export const MEASURES = {
  auc: 'AUC',
  accuracy: 'accuracy',
  r2: 'R²',
  absolute: 'D² of absolute errors',
  poisson: 'D² of Poisson deviances',
  quantile: 'D² of pinball losses',
  clusters: 'variance between clusters',
} as const;
export type Measure = keyof typeof MEASURES;

export function measureOf({ dataset, learner, params }: AccuracyRow): Measure {
  if (learner === K_MEANS.type) return 'clusters';
  const { task } = datasets[dataset]!;
  if (task === 'regression') return typeof params.loss === 'string' && params.loss in MEASURES ? (params.loss as Measure) : 'r2';
  return task === 'two-class' ? 'auc' : 'accuracy';
}

/** Of the rows held back. `params` are whole. */
export function scoreOf(row: AccuracyRow, params: Record<string, unknown>, { train, test }: Split, scored: Columns): number {
  const measure = measureOf(row);
  const truth = test.label.values as ArrayLike<unknown>;
  if (measure === 'clusters') return betweenShare(kMeansParams.parse(params), { train, test }, scored);
  if (measure === 'auc') {
    const last = lastLevel(train.label.values as ArrayLike<unknown>);
    const positive = Uint8Array.from(truth, (each) => Number(String(each) === last));
    return twoClassCurve('', { scores: scored.get(SCORED_PROBABILITIES) as Float64Array, positive }).metrics.auc!;
  }
  const found = scored.get(SCORED_LABELS)!;
  if (measure === 'accuracy') return Array.from<unknown>(found as ArrayLike<unknown>).filter((each, at) => each === truth[at]).length / test.rowCount;
  const predicted = found as Float64Array;
  const rows = { truth: truth as Float64Array, predicted };
  if (measure === 'r2') return regressionMetrics(rows).r2;
  const constant = (value: number) => ({ ...rows, predicted: new Float64Array(test.rowCount).fill(value) });
  if (measure === 'poisson') return 1 - poissonDeviance(rows) / poissonDeviance(constant(mean(rows.truth)));
  const alpha = measure === 'quantile' ? (params.quantile as number) : 0.5;
  return 1 - quantileLoss(rows, alpha) / quantileLoss(constant(quantile(rows.truth, alpha)), alpha);
}

const lastLevel = (labels: ArrayLike<unknown>): string => [...new Set(Array.from(labels, String))].sort().at(-1)!;

const mean = (values: Float64Array): number => values.reduce((sum, each) => sum + each, 0) / values.length;

/** The constant with the smallest pinball loss. */
const quantile = (values: Float64Array, alpha: number): number => Float64Array.from(values).sort()[Math.max(0, Math.ceil(alpha * values.length) - 1)]!;

/** Without the factor 2/rows. */
const poissonDeviance = ({ truth, predicted }: { truth: Float64Array; predicted: Float64Array }): number =>
  truth.reduce((sum, value, row) => sum + (value > 0 ? value * Math.log(value / predicted[row]!) : 0) - value + predicted[row]!, 0);

/** 1 − Σ squared distance from the nearest centre / Σ squared distance from the mean of the training rows. */
function betweenShare(params: ReturnType<typeof kMeansParams.parse>, { train, test }: Split, scored: Columns): number {
  const features = clusterFeatures(train, params);
  const held = features.of(test);
  const total = features.columns.reduce((sum, _, index) => {
    const middle = mean(Float64Array.from(features.values(index)));
    return sum + held(index).reduce((squares, each) => squares + (each - middle) ** 2, 0);
  }, 0);
  const within = (scored.get(ASSIGNMENTS) as Float64Array).reduce(
    (sum, centre, row) => sum + (scored.get(distanceColumn(centre)) as Float64Array)[row]! ** 2,
    0,
  );
  return 1 - within / total;
}
