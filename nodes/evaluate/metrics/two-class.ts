import type { TwoClassCurve } from '../../kit/evaluation.ts';
import { classFigures, confusionMatrix, confusionMetrics } from './confusion.ts';
import { areaUnderCurve, averagePrecision, liftTop10, stepsOf, type ScoredRows, type Steps } from './curve.ts';
import { brierScore, calibrationCurve, calibrationError, logLoss } from './probability.ts';

/** Scores are probabilities of the positive class. Both classes must occur. */
export type TwoClassRows = ScoredRows;

const MAXIMUM_POINTS = 1_001;
const HISTOGRAM_BINS = 40;

function histogramOf({ scores, positive, weights }: TwoClassRows): TwoClassCurve['histogram'] {
  const bins = { positive: new Array<number>(HISTOGRAM_BINS).fill(0), negative: new Array<number>(HISTOGRAM_BINS).fill(0) };
  scores.forEach((score, row) => {
    const bin = Math.max(0, Math.min(HISTOGRAM_BINS - 1, Math.floor(score * HISTOGRAM_BINS)));
    bins[positive[row] ? 'positive' : 'negative'][bin]! += weights ? weights[row]! : 1;
  });
  return bins;
}

/** At most `MAXIMUM_POINTS` of the steps, evenly over the rows, with the one at a threshold and the last; before them no row at all. */
function thinned(steps: Steps, threshold: number): Steps {
  const count = steps.thresholds.length;
  const chosen = new Set<number>();
  const room = MAXIMUM_POINTS - 3;
  if (count <= room) for (let index = 0; index < count; index += 1) chosen.add(index);
  else {
    const rows = steps.truePositives.at(-1)! + steps.falsePositives.at(-1)!;
    let next = 0;
    for (let index = 0; index < count; index += 1) {
      const seen = steps.truePositives[index]! + steps.falsePositives[index]!;
      if (seen < (next * rows) / room) continue;
      chosen.add(index);
      next = Math.floor((seen * room) / rows) + 1;
    }
    chosen.add(count - 1);
    const place = steps.thresholds.findLastIndex((each) => each >= threshold);
    if (place >= 0) chosen.add(place);
  }
  const kept = [...chosen].sort((a, b) => a - b);
  return {
    thresholds: [2, ...kept.map((index) => steps.thresholds[index]!)],
    truePositives: [0, ...kept.map((index) => steps.truePositives[index]!)],
    falsePositives: [0, ...kept.map((index) => steps.falsePositives[index]!)],
  };
}

/** Everything about one model's scores for two classes; the counts are exact at `threshold`, however many scores there are. */
export function twoClassCurve(name: string, rows: TwoClassRows, threshold = 0.5): TwoClassCurve {
  const steps = stepsOf(rows);
  const calibration = calibrationCurve(rows);
  const positiveCount = steps.truePositives.at(-1)!;
  return {
    name,
    rowCount: positiveCount + steps.falsePositives.at(-1)!,
    positiveCount,
    metrics: {
      auc: areaUnderCurve(steps),
      averagePrecision: averagePrecision(steps),
      logLoss: logLoss(rows),
      brier: brierScore(rows),
      calibrationError: calibrationError(calibration),
      liftTop10: liftTop10(steps, !rows.weights),
    },
    ...thinned(steps, threshold),
    histogram: histogramOf(rows),
    calibration,
  };
}

export type ThresholdMetric =
  'accuracy' | 'balancedAccuracy' | 'precision' | 'recall' | 'specificity' | 'f1' | 'f1Macro' | 'f1Weighted' | 'matthewsCorrelation' | 'cohensKappa';

/** Figures of “positive from this score on”; a ratio without rows is 0. */
export function atThreshold({ scores, positive, weights }: TwoClassRows, threshold: number): Record<ThresholdMetric, number> {
  const predicted = Uint8Array.from(scores, (score) => Number(score >= threshold));
  const matrix = confusionMatrix(positive, predicted, 2, weights);
  const { accuracy, balancedAccuracy, f1Macro, f1Weighted, matthewsCorrelation, cohensKappa } = confusionMetrics(matrix);
  const [negatives, positives] = classFigures(matrix);
  return {
    accuracy,
    balancedAccuracy,
    precision: positives!.precision,
    recall: positives!.recall,
    specificity: negatives!.recall,
    f1: positives!.f1,
    f1Macro,
    f1Weighted,
    matthewsCorrelation,
    cohensKappa,
  };
}
