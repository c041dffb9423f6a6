import { count, figures, fixed, metricName } from '../format.ts';
import { bestOf, higherIsBetter } from './threshold.ts';

/** One metric of all models. */
export interface MetricRow {
  readonly name: string;
  readonly values: readonly string[];
  readonly numbers: readonly number[];
  readonly higherIsBetter: boolean;
  /** Which model is the best; −1 for none. */
  readonly best: number;
}

const UNITS = /^(mae|rmse|medianAbsoluteError|maximumError|quantileLoss.*|meanDistance)$/;
const COUNTS = /^(clusters|smallestCluster|largestCluster)$/;

export function metricRow(key: string, numbers: readonly number[], name = metricName(key)): MetricRow {
  const decimals = key.startsWith('lift') ? 2 : 3;
  const better = higherIsBetter(key);
  if (COUNTS.test(key)) return { name, numbers, higherIsBetter: better, values: numbers.map(count), best: -1 };
  if (UNITS.test(key)) return { name, numbers, higherIsBetter: better, values: figures(numbers), best: bestOf(numbers, better, 6) };
  return { name, numbers, higherIsBetter: better, values: numbers.map((value) => fixed(value, decimals)), best: bestOf(numbers, better, decimals) };
}

/** The order in which people look for them; reports are written with their keys sorted. */
const ORDER = [
  ...['auc', 'averagePrecision', 'logLoss', 'brier', 'calibrationError', 'liftTop10'],
  ...['accuracy', 'balancedAccuracy', 'top2Accuracy', 'top3Accuracy', 'top5Accuracy', 'aucMacro', 'aucWeighted'],
  ...['f1Macro', 'f1Weighted', 'f1Micro', 'precisionMacro', 'recallMacro', 'matthewsCorrelation', 'cohensKappa'],
  ...['r2', 'rmse', 'mae', 'medianAbsoluteError', 'maximumError', 'mape', 'rae', 'rse', 'explainedVariance'],
  ...['silhouette', 'clusters', 'smallestCluster', 'largestCluster', 'meanDistance'],
];
const placeOf = (key: string): number => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);

/** All metrics that any of the models has, in the usual order; others come last. */
export function metricRows(models: readonly { readonly metrics: Readonly<Record<string, number>> }[]): MetricRow[] {
  const keys = [...new Set(models.flatMap(({ metrics }) => Object.keys(metrics)))].sort((a, b) => placeOf(a) - placeOf(b));
  return keys.map((key) =>
    metricRow(
      key,
      models.map(({ metrics }) => metrics[key] ?? Number.NaN),
    ),
  );
}
