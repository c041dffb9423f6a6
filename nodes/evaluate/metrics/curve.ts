/** Scores of two classes: `positive` is 1 for rows of the positive class, otherwise 0. */
export interface ScoredRows {
  readonly scores: Float64Array;
  readonly positive: Uint8Array;
  /** Above zero; 1 for each row where there are none. */
  readonly weights?: Float64Array;
}

/** Rows with at least that score, at each distinct score, falling; sums of weights where there are any. */
export interface Steps {
  readonly thresholds: readonly number[];
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
}

export function stepsOf({ scores, positive, weights }: ScoredRows): Steps {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const thresholds: number[] = [];
  const truePositives: number[] = [];
  const falsePositives: number[] = [];
  let [hits, alarms] = [0, 0];
  for (let place = 0; place < order.length; place += 1) {
    const row = order[place]!;
    const weight = weights ? weights[row]! : 1;
    if (positive[row]) hits += weight;
    else alarms += weight;
    const next = order[place + 1];
    if (next !== undefined && scores[next] === scores[row]) continue;
    thresholds.push(scores[row]!);
    truePositives.push(hits);
    falsePositives.push(alarms);
  }
  return { thresholds, truePositives, falsePositives };
}

/** Area under the ROC curve by trapezoids: the chance that a positive row scores higher than a negative one, ties counting half. NaN for one class. */
export function areaUnderCurve({ truePositives, falsePositives }: Steps): number {
  let [area, hits, alarms] = [0, 0, 0];
  truePositives.forEach((count, index) => {
    area += ((falsePositives[index]! - alarms) * (count + hits)) / 2;
    hits = count;
    alarms = falsePositives[index]!;
  });
  return area / (hits * alarms);
}

/** Σ (recall − previous recall) × precision, as scikit-learn's average_precision_score; NaN without a positive row. */
export function averagePrecision({ truePositives, falsePositives }: Steps): number {
  const total = truePositives.at(-1) ?? 0;
  let [sum, hits] = [0, 0];
  truePositives.forEach((count, index) => {
    if (count > hits) sum += ((count - hits) / total) * (count / (count + falsePositives[index]!));
    hits = count;
  });
  return total > 0 ? sum : NaN;
}

/** How much more often the class is positive in the tenth of the rows with the highest scores than in all rows; ties count by their share. */
export function liftTop10({ truePositives, falsePositives }: Steps, whole = true): number {
  const rows = truePositives.at(-1)! + falsePositives.at(-1)!;
  const wanted = whole ? Math.max(1, Math.round(rows / 10)) : rows / 10;
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
