import type { TwoClassCurve } from '../../kit/reports.ts';

/** Scores are probabilities of the positive class; `positive` is 1 for its rows, otherwise 0. Both classes must occur. */
export interface TwoClassRows {
  readonly scores: Float64Array;
  readonly positive: Uint8Array;
}

const MAXIMUM_POINTS = 1_001;
const HISTOGRAM_BINS = 40;
const CALIBRATION_BINS = 10;
/** Probabilities are kept this far from 0 and 1, so that one sure mistake does not make the loss infinite. */
const CLIP = 1e-15;

/** Counts at each distinct score, falling. */
interface Steps {
  readonly thresholds: number[];
  readonly truePositives: number[];
  readonly falsePositives: number[];
}

function stepsOf({ scores, positive }: TwoClassRows): Steps {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const steps: Steps = { thresholds: [], truePositives: [], falsePositives: [] };
  let [hits, alarms] = [0, 0];
  order.forEach((row, place) => {
    if (positive[row]) hits += 1;
    else alarms += 1;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === scores[row]) return;
    steps.thresholds.push(scores[row]!);
    steps.truePositives.push(hits);
    steps.falsePositives.push(alarms);
  });
  return steps;
}

/** Area under the ROC curve by trapezoids; equal to the probability that a positive row scores higher, ties counting half. */
function areaUnderCurve({ truePositives, falsePositives }: Steps): number {
  let [area, hits, alarms] = [0, 0, 0];
  truePositives.forEach((count, index) => {
    area += ((falsePositives[index]! - alarms) * (count + hits)) / 2;
    hits = count;
    alarms = falsePositives[index]!;
  });
  return area / (hits * alarms);
}

/** Σ (recall − previous recall) × precision, as scikit-learn's average_precision_score. */
function averagePrecision({ truePositives, falsePositives }: Steps): number {
  const total = truePositives.at(-1)!;
  let [sum, hits] = [0, 0];
  truePositives.forEach((count, index) => {
    sum += ((count - hits) / total) * (count / (count + falsePositives[index]!));
    hits = count;
  });
  return sum;
}

/** How much more often the class is positive in the tenth of the rows with the highest scores than in all rows; ties count by their share. */
function liftTop10({ truePositives, falsePositives }: Steps): number {
  const rows = truePositives.at(-1)! + falsePositives.at(-1)!;
  const wanted = Math.max(1, Math.round(rows / 10));
  let [hits, count] = [0, 0];
  for (const [index, positives] of truePositives.entries()) {
    const here = positives + falsePositives[index]!;
    if (here >= wanted) {
      hits += ((positives - hits) * (wanted - count)) / (here - count);
      break;
    }
    hits = positives;
    count = here;
  }
  return hits / wanted / (truePositives.at(-1)! / rows);
}

/** Expected calibration error: ten equal bins over 0..1, Σ share of rows × |mean score − share of positives| (Guo et al. 2017). */
function calibrationError({ scores, positive }: TwoClassRows): number {
  const sums = new Float64Array(CALIBRATION_BINS);
  scores.forEach((score, row) => (sums[Math.min(CALIBRATION_BINS - 1, Math.floor(score * CALIBRATION_BINS))]! += score - positive[row]!));
  return sums.reduce((sum, each) => sum + Math.abs(each), 0) / scores.length;
}

function histogramOf({ scores, positive }: TwoClassRows): TwoClassCurve['histogram'] {
  const bins = { positive: new Array<number>(HISTOGRAM_BINS).fill(0), negative: new Array<number>(HISTOGRAM_BINS).fill(0) };
  scores.forEach((score, row) => {
    const bin = Math.max(0, Math.min(HISTOGRAM_BINS - 1, Math.floor(score * HISTOGRAM_BINS)));
    bins[positive[row] ? 'positive' : 'negative'][bin]! += 1;
  });
  return bins;
}

/** At most `MAXIMUM_POINTS` of the steps, evenly over the rows, with the one at 0.5 and the last; before them no row at all. */
function thinned(steps: Steps): Steps {
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
    const half = steps.thresholds.findLastIndex((each) => each >= 0.5);
    if (half >= 0) chosen.add(half);
  }
  const kept = [...chosen].sort((a, b) => a - b);
  return {
    thresholds: [2, ...kept.map((index) => steps.thresholds[index]!)],
    truePositives: [0, ...kept.map((index) => steps.truePositives[index]!)],
    falsePositives: [0, ...kept.map((index) => steps.falsePositives[index]!)],
  };
}

/** Everything about one model's scores for two classes. */
export function twoClassCurve(name: string, rows: TwoClassRows): TwoClassCurve {
  const { scores, positive } = rows;
  const steps = stepsOf(rows);
  let [logLoss, brier] = [0, 0];
  scores.forEach((score, row) => {
    const likelihood = positive[row] ? score : 1 - score;
    logLoss -= Math.log(Math.min(1 - CLIP, Math.max(CLIP, likelihood)));
    brier += (score - positive[row]!) ** 2;
  });
  return {
    name,
    rowCount: scores.length,
    positiveCount: steps.truePositives.at(-1)!,
    metrics: {
      auc: areaUnderCurve(steps),
      averagePrecision: averagePrecision(steps),
      logLoss: logLoss / scores.length,
      brier: brier / scores.length,
      calibrationError: calibrationError(rows),
      liftTop10: liftTop10(steps),
    },
    ...thinned(steps),
    histogram: histogramOf(rows),
  };
}

/** accuracy, precision, recall and f1 of “positive from this score on”; a ratio without rows is 0. */
export function atThreshold({ scores, positive }: TwoClassRows, threshold: number): Record<'accuracy' | 'precision' | 'recall' | 'f1', number> {
  let [hits, alarms, misses, rejections] = [0, 0, 0, 0];
  scores.forEach((score, row) => {
    const predicted = score >= threshold;
    if (predicted && positive[row]) hits += 1;
    else if (predicted) alarms += 1;
    else if (positive[row]) misses += 1;
    else rejections += 1;
  });
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    accuracy: share(hits + rejections, scores.length),
    precision: share(hits, hits + alarms),
    recall: share(hits, hits + misses),
    f1: share(2 * hits, 2 * hits + alarms + misses),
  };
}
