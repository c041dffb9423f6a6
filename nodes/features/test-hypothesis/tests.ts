import { ranks } from '../correlation.ts';
import { chiSquaredUpper, normalUpper, studentQuantile, studentUpper } from '../distributions.ts';

export type Alternative = 'two-sided' | 'greater' | 'less';

/** What a test finds; NaN where there is no such figure, such as without any variance. */
export interface Finding {
  readonly statistic: number;
  readonly freedom: number;
  readonly p: number;
  readonly effect: number;
  /** Of the mean or the difference of means; an open end is infinite. */
  readonly low: number;
  readonly high: number;
}

export interface Asked {
  readonly alternative: Alternative;
  readonly confidence: number;
}

interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Of the sample: divided by count − 1. */
  readonly variance: number;
}

/** Mean and variance in two passes; infinite numbers must have been left out. */
export function momentsOf(values: Float64Array): Moments {
  const count = values.length;
  const mean = values.reduce((sum, each) => sum + each / count, 0);
  const varies = values.some((each) => each !== values[0]);
  const squares = varies ? values.reduce((sum, each) => sum + (each - mean) ** 2, 0) : 0;
  return { count, mean: varies || count === 0 ? mean : values[0]!, variance: count > 1 ? squares / (count - 1) : NaN };
}

/** Student's t of an estimate: p-value and the interval around the estimate. */
function judge(estimate: number, against: number, error: number, freedom: number, effect: number, { alternative, confidence }: Asked): Finding {
  if (!(error > 0) || !(freedom > 0)) return { statistic: NaN, freedom, p: NaN, effect: NaN, low: NaN, high: NaN };
  const t = (estimate - against) / error;
  const p = alternative === 'two-sided' ? Math.min(1, 2 * studentUpper(Math.abs(t), freedom)) : studentUpper(alternative === 'greater' ? t : -t, freedom);
  const tail = (1 - confidence) / (alternative === 'two-sided' ? 2 : 1);
  const reach = error * (tail <= 0.5 ? studentQuantile(tail, freedom) : -studentQuantile(1 - tail, freedom));
  return {
    statistic: t,
    freedom,
    p,
    effect,
    low: alternative === 'less' ? -Infinity : estimate - reach,
    high: alternative === 'greater' ? Infinity : estimate + reach,
  };
}

/** Whether the mean of a sample is `mean` (Student 1908); the effect is Cohen's d. */
export function oneSample(values: Float64Array, mean: number, asked: Asked): Finding {
  const own = momentsOf(values);
  return judge(own.mean, mean, Math.sqrt(own.variance / own.count), own.count - 1, (own.mean - mean) / Math.sqrt(own.variance), asked);
}

/** Whether pairs differ: the one-sample test of their differences. */
export const paired = (x: Float64Array, y: Float64Array, asked: Asked): Finding =>
  oneSample(
    Float64Array.from(x, (value, row) => value - y[row]!),
    0,
    asked,
  );

/** Whether two means differ; `equalVariances`: Student's with pooled variance, else Welch's (1947). The effect is Cohen's d of the pooled deviation. */
export function twoSamples(x: Float64Array, y: Float64Array, equalVariances: boolean, asked: Asked): Finding {
  const [a, b] = [momentsOf(x), momentsOf(y)];
  const pooled = ((a.count - 1) * a.variance + (b.count - 1) * b.variance) / (a.count + b.count - 2);
  const difference = a.mean - b.mean;
  const effect = difference / Math.sqrt(pooled);
  if (equalVariances) return judge(difference, 0, Math.sqrt(pooled * (1 / a.count + 1 / b.count)), a.count + b.count - 2, effect, asked);
  const [partA, partB] = [a.variance / a.count, b.variance / b.count];
  const freedom = (partA + partB) ** 2 / (partA ** 2 / (a.count - 1) + partB ** 2 / (b.count - 1));
  return judge(difference, 0, Math.sqrt(partA + partB), freedom, effect, asked);
}

/** Mann and Whitney (1947): by the normal distribution, corrected for ties and continuity. The statistic is U of the first; the effect the rank-biserial correlation. */
export function mannWhitney(x: Float64Array, y: Float64Array, alternative: Alternative): Finding {
  const [m, n] = [x.length, y.length];
  const all = new Float64Array(m + n);
  all.set(x);
  all.set(y, m);
  const placed = ranks(all);
  const u = placed.subarray(0, m).reduce((sum, each) => sum + each, 0) - (m * (m + 1)) / 2;
  const total = m + n;
  const ties = tiesOf(all);
  const deviation = Math.sqrt(((m * n) / 12) * (total + 1 - ties / (total * (total - 1))));
  const far = alternative === 'two-sided' ? Math.max(u, m * n - u) : alternative === 'greater' ? u : m * n - u;
  const tail = normalUpper((far - (m * n) / 2 - 0.5) / deviation);
  const p = deviation > 0 ? Math.min(1, alternative === 'two-sided' ? 2 * tail : tail) : NaN;
  return { statistic: u, freedom: NaN, p, effect: (2 * u) / (m * n) - 1, low: NaN, high: NaN };
}

/** Σ t³ − t over groups of t equal values. */
function tiesOf(values: Float64Array): number {
  const sorted = values.toSorted();
  let sum = 0;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1;
    sum += (to - from) ** 3 - (to - from);
  }
  return sum;
}

/** Pearson's χ² (1900) of a table of counts, without a correction; the effect is Cramér's V. */
export function chiSquared(counts: readonly (readonly number[])[]): Finding {
  const rows = counts.map((row) => row.reduce((sum, each) => sum + each, 0));
  const columns = (counts[0] ?? []).map((_, at) => counts.reduce((sum, row) => sum + row[at]!, 0));
  const total = rows.reduce((sum, each) => sum + each, 0);
  const statistic = counts.reduce(
    (sum, row, own) =>
      sum +
      row.reduce((inner, count, at) => {
        const expected = (rows[own]! * columns[at]!) / total;
        return inner + (count - expected) ** 2 / expected;
      }, 0),
    0,
  );
  const freedom = (rows.length - 1) * (columns.length - 1);
  const least = Math.min(rows.length, columns.length) - 1;
  return { statistic, freedom, p: chiSquaredUpper(statistic, freedom), effect: Math.sqrt(statistic / total / least), low: NaN, high: NaN };
}
