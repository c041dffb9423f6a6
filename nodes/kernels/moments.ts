/** Of some values: their number, their sum, or that of their distances from some origin, and the sums of powers of their distances from their mean. */
export interface Moments {
  readonly count: number;
  readonly sum: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

export const NO_MOMENTS: Moments = { count: 0, sum: 0, second: 0, third: 0, fourth: 0 };

/** The moments of two groups of values together. Source: P. Pébay (2008), "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments". */
export function addMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const delta = b.sum / b.count - a.sum / a.count;
  const share = delta / count;
  const second = a.second + b.second + delta * share * a.count * b.count;
  const third = a.third + b.third + delta * share ** 2 * a.count * b.count * (a.count - b.count) + 3 * share * (a.count * b.second - b.count * a.second);
  const fourth =
    a.fourth +
    b.fourth +
    delta * share ** 3 * a.count * b.count * (a.count ** 2 - a.count * b.count + b.count ** 2) +
    6 * share ** 2 * (a.count ** 2 * b.second + b.count ** 2 * a.second) +
    4 * share * (a.count * b.third - b.count * a.third);
  return { count, sum: a.sum + b.sum, second, third, fourth };
}

/** The sample standard deviation (n − 1). */
export const deviationOf = ({ count, second }: Moments): number | null => (count < 2 ? null : finite(Math.sqrt(second / (count - 1))));

/** The skewness with the sample's correction (G1); null for fewer than three values or one value only. */
export function skewnessOf({ count, second, third }: Moments): number | null {
  if (count < 3 || !(second > 0)) return null;
  return finite(((Math.sqrt(count * (count - 1)) / (count - 2)) * (third / count)) / (second / count) ** 1.5);
}

/** The excess kurtosis with the sample's correction (G2); null for fewer than four values or one value only. */
export function kurtosisOf({ count, second, fourth }: Moments): number | null {
  if (count < 4 || !(second > 0)) return null;
  return finite(((count - 1) / ((count - 2) * (count - 3))) * (((count + 1) * (fourth / count)) / (second / count) ** 2 - 3 * (count - 1)));
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
