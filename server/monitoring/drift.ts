/** A share of 0 would make the index infinite; it counts as this. */
const LEAST_SHARE = 1e-4;

const sharesOf = (counts: readonly number[]): number[] => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
};
const isEmpty = (counts: readonly number[]): boolean => counts.every((count) => count === 0);

/**
 * Population stability index of two distributions over the same bins: Σ (now − then) · ln(now / then) over shares. Below 0.1 nothing moved, above
 * 0.2 (some say 0.25) it did (Siddiqi, Credit Risk Scorecards, 2006). Shares below 0.0001 count as that. Null when either has no rows.
 */
export function stabilityIndex(then: readonly number[], now: readonly number[]): number | null {
  if (isEmpty(then) || isEmpty(now)) return null;
  const [before, after] = [sharesOf(then), sharesOf(now)];
  return before.reduce((sum, share, bin) => {
    const [a, b] = [Math.max(share, LEAST_SHARE), Math.max(after[bin]!, LEAST_SHARE)];
    return sum + (b - a) * Math.log(b / a);
  }, 0);
}

/**
 * Jensen-Shannon distance of two distributions over the same bins, from 0 (equal) to 1 (nothing in common): the square root of the divergence to
 * base 2, as scipy.spatial.distance.jensenshannon(p, q, base=2) gives it (Endres and Schindelin, 2003). Null when either has no rows.
 */
export function jensenShannon(then: readonly number[], now: readonly number[]): number | null {
  if (isEmpty(then) || isEmpty(now)) return null;
  const [p, q] = [sharesOf(then), sharesOf(now)];
  const part = (share: number, mean: number): number => (share === 0 ? 0 : share * Math.log2(share / mean));
  const divergence = p.reduce((sum, share, bin) => {
    const mean = (share + q[bin]!) / 2;
    return sum + part(share, mean) / 2 + part(q[bin]!, mean) / 2;
  }, 0);
  return Math.sqrt(Math.max(0, divergence));
}

/**
 * Kolmogorov-Smirnov statistic of two distributions of numbers, at the bounds of their bins: the greatest difference of the shares below a bound.
 * It never exceeds scipy.stats.ks_2samp on the values themselves, and equals it when the greatest difference is at a bound. Null when either has no rows.
 */
export function kolmogorovSmirnov(then: readonly number[], now: readonly number[]): number | null {
  if (isEmpty(then) || isEmpty(now)) return null;
  const [p, q] = [sharesOf(then), sharesOf(now)];
  let [below, greatest] = [0, 0];
  for (let bin = 0; bin < p.length; bin++) {
    below += q[bin]! - p[bin]!;
    greatest = Math.max(greatest, Math.abs(below));
  }
  return greatest;
}
