import { confusionMetrics } from '#nodes/evaluate/metrics/confusion.ts';
import type { TwoClassCurve } from '#nodes/kit/reports.ts';

/** Rows by true class and by what is predicted at one threshold. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export interface ThresholdFigures {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** NaN when nothing is predicted positive. */
  readonly precision: number;
  readonly recall: number;
  readonly specificity: number;
  readonly f1: number;
  readonly matthewsCorrelation: number;
  readonly cohensKappa: number;
  readonly predictedPositive: number;
}

export interface Costs {
  /** Of a positive row that is not found. */
  readonly missed: number;
  /** Of a negative row that is taken for a positive one. */
  readonly needless: number;
}

/** Counts of rows with score ≥ threshold: the last point of the curve whose threshold is not below it. */
export function confusionAt(curve: TwoClassCurve, threshold: number): Confusion {
  let low = 0;
  let high = curve.thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve.thresholds[middle]! >= threshold - 1e-12) low = middle + 1;
    else high = middle;
  }
  const at = low - 1;
  const truePositives = at < 0 ? 0 : curve.truePositives[at]!;
  const falsePositives = at < 0 ? 0 : curve.falsePositives[at]!;
  const negatives = curve.rowCount - curve.positiveCount;
  return { truePositives, falsePositives, falseNegatives: curve.positiveCount - truePositives, trueNegatives: negatives - falsePositives };
}

/** The usual figures of a confusion matrix. */
export function figuresOf({ truePositives, falsePositives, falseNegatives, trueNegatives }: Confusion): ThresholdFigures {
  const precision = truePositives / (truePositives + falsePositives);
  const recall = truePositives / (truePositives + falseNegatives);
  const counts = Float64Array.of(trueNegatives, falsePositives, falseNegatives, truePositives);
  const { balancedAccuracy, matthewsCorrelation, cohensKappa } = confusionMetrics({ size: 2, counts });
  return {
    balancedAccuracy,
    matthewsCorrelation,
    cohensKappa,
    accuracy: (truePositives + trueNegatives) / (truePositives + falsePositives + falseNegatives + trueNegatives),
    precision,
    recall,
    specificity: trueNegatives / (trueNegatives + falsePositives),
    f1: (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives),
    predictedPositive: truePositives + falsePositives,
  };
}

export const costOf = (confusion: Confusion, costs: Costs): number => confusion.falseNegatives * costs.missed + confusion.falsePositives * costs.needless;

/** The threshold from 0 to 1, in steps of 0.01, at which the mistakes cost least; the highest of equals, so that fewer rows are bothered. */
export function cheapest(curve: TwoClassCurve, costs: Costs): { threshold: number; cost: number } {
  let best = { threshold: 1, cost: Number.POSITIVE_INFINITY };
  for (let step = 100; step >= 0; step -= 1) {
    const threshold = step / 100;
    const cost = costOf(confusionAt(curve, threshold), costs);
    if (cost < best.cost) best = { threshold, cost };
  }
  return best;
}

/** ROC points [false positive rate, true positive rate], from (0, 0) to (1, 1). */
export function rocPoints(curve: TwoClassCurve): [number, number][] {
  const negatives = curve.rowCount - curve.positiveCount;
  const points = curve.thresholds.map((_, at): [number, number] => [curve.falsePositives[at]! / negatives, curve.truePositives[at]! / curve.positiveCount]);
  const [first] = points;
  if (!first || first[0] !== 0 || first[1] !== 0) points.unshift([0, 0]);
  const last = points.at(-1)!;
  if (last[0] !== 1 || last[1] !== 1) points.push([1, 1]);
  return points;
}

/** [recall, precision] where anything is predicted positive. */
export function precisionRecallPoints(curve: TwoClassCurve): [number, number][] {
  const points: [number, number][] = [];
  curve.thresholds.forEach((_, at) => {
    const found = curve.truePositives[at]!;
    const all = found + curve.falsePositives[at]!;
    if (all > 0) points.push([found / curve.positiveCount, found / all]);
  });
  return points;
}

/** [share of all rows, share of the positive ones] with the highest scores: what is found by acting on so many. */
export function gainPoints(curve: TwoClassCurve): [number, number][] {
  return curve.thresholds.map((_, at) => gainOf(curve, curve.truePositives[at]!, curve.falsePositives[at]!));
}

export const gainOf = ({ rowCount, positiveCount }: TwoClassCurve, truePositives: number, falsePositives: number): [number, number] => [
  (truePositives + falsePositives) / rowCount,
  truePositives / positiveCount,
];

/** Below this share of the rows lift is mostly chance. */
const LEAST_SHARE = 0.01;

/** [share of all rows, how many times as many positive ones as in a random share of that size]. */
export const liftPoints = (curve: TwoClassCurve): [number, number][] =>
  gainPoints(curve)
    .filter(([share]) => share >= LEAST_SHARE)
    .map(([share, found]) => [share, found / share]);

/** The short letter of a model in a comparison: A, B, … */
export const letter = (at: number): string => String.fromCharCode(65 + at);

/** Which of the values is best, or −1 when they look equal at that precision. */
export function bestOf(values: readonly number[], higherIsBetter: boolean, decimals: number): number {
  if (values.length < 2) return -1;
  const shown = values.map((value) =>
    Number.isFinite(value) ? Number(value.toFixed(decimals)) : higherIsBetter ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
  );
  const best = higherIsBetter ? Math.max(...shown) : Math.min(...shown);
  const at = shown.indexOf(best);
  return shown.filter((value) => value === best).length === 1 ? at : -1;
}

/** Whether more is better, by the metric's key. */
export const higherIsBetter = (key: string): boolean =>
  !/^(logLoss|brier|calibrationError|mae|mape|rmse|rae|rse|cost|medianAbsoluteError|maximumError|meanDistance|quantileLoss.*)$/.test(key);
