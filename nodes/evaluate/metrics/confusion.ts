/** Rows by true and predicted class: `counts[truth * size + predicted]`, sums of the rows' weights where there are any. */
export interface ConfusionMatrix {
  readonly size: number;
  readonly counts: Float64Array;
}

/** Classes are numbers from 0 to size − 1. */
export function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, size: number, weights?: Float64Array): ConfusionMatrix {
  const counts = new Float64Array(size * size);
  for (let row = 0; row < truth.length; row += 1) counts[truth[row]! * size + predicted[row]!]! += weights ? weights[row]! : 1;
  return { size, counts };
}

export interface ClassFigures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows of the class, or the sum of their weights. */
  readonly support: number;
  /** Rows that are predicted to be of it. */
  readonly predicted: number;
}

/** 0 where there are no rows, as scikit-learn's `zero_division=0`. */
const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

export function classFigures({ size, counts }: ConfusionMatrix): ClassFigures[] {
  return Array.from({ length: size }, (_, own) => {
    let [support, predicted] = [0, 0];
    for (let other = 0; other < size; other += 1) {
      support += counts[own * size + other]!;
      predicted += counts[other * size + own]!;
    }
    const hits = counts[own * size + own]!;
    return { precision: share(hits, predicted), recall: share(hits, support), f1: share(2 * hits, support + predicted), support, predicted };
  });
}

export type ConfusionMetric =
  'accuracy' | 'balancedAccuracy' | 'precisionMacro' | 'recallMacro' | 'f1Micro' | 'f1Macro' | 'f1Weighted' | 'matthewsCorrelation' | 'cohensKappa';

/**
 * Figures over all classes that occur, as scikit-learn defines them: macro is the plain mean over classes, weighted the mean by support, micro
 * counts all rows alike. Balanced accuracy is the mean recall of the classes that have rows. Matthews' correlation for several classes after
 * Gorodkin 2004, 0 where it is not defined; Cohen's kappa is NaN where only one class occurs at all.
 */
export function confusionMetrics(matrix: ConfusionMatrix): Record<ConfusionMetric, number> {
  const all = classFigures(matrix);
  const seen = all.filter(({ support, predicted }) => support > 0 || predicted > 0);
  const total = all.reduce((sum, each) => sum + each.support, 0);
  const mean = (pick: (each: ClassFigures) => number, over = seen) =>
    share(
      over.reduce((sum, each) => sum + pick(each), 0),
      over.length,
    );
  let [hits, byChance, trueSquares, predictedSquares] = [0, 0, 0, 0];
  all.forEach(({ support, predicted }, own) => {
    hits += matrix.counts[own * matrix.size + own]!;
    byChance += support * predicted;
    trueSquares += support * support;
    predictedSquares += predicted * predicted;
  });
  const spread = (total * total - predictedSquares) * (total * total - trueSquares);
  const accuracy = share(hits, total);
  return {
    accuracy,
    balancedAccuracy: mean(
      ({ recall }) => recall,
      seen.filter(({ support }) => support > 0),
    ),
    precisionMacro: mean(({ precision }) => precision),
    recallMacro: mean(({ recall }) => recall),
    f1Micro: accuracy,
    f1Macro: mean(({ f1 }) => f1),
    f1Weighted: share(
      seen.reduce((sum, each) => sum + each.f1 * each.support, 0),
      total,
    ),
    matthewsCorrelation: spread > 0 ? (hits * total - byChance) / Math.sqrt(spread) : 0,
    cohensKappa: 1 - (total - hits) / (total - byChance / total),
  };
}
