import type { TreeOptions, TreeRows } from './boosted-trees.ts';

/** The smallest value that weighs at least the share `quantile` together with all below it. */
export function weightedQuantile(values: Float64Array, weights: Float64Array | undefined, quantile: number): number {
  if (!weights) {
    const sorted = values.slice().sort();
    return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? 0;
  }
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const wanted = quantile * weights.reduce((sum, each) => sum + each, 0);
  let sum = 0;
  for (const row of order) {
    sum += weights[row]!;
    if (sum >= wanted) return values[row]!;
  }
  return values[order.at(-1) ?? 0] ?? 0;
}

/** The constant scores with the least loss, one a class, as float32. */
export function startScores({ targets, weights }: TreeRows, { loss, classes = 1, quantile = 0.5 }: TreeOptions): number[] {
  if (loss === 'absolute' || loss === 'quantile') return [Math.fround(weightedQuantile(targets, weights, loss === 'absolute' ? 0.5 : quantile))];
  const sums = new Float64Array(loss === 'softmax' ? classes : 1);
  let total = 0;
  for (let row = 0; row < targets.length; row += 1) {
    const weight = weights ? weights[row]! : 1;
    if (loss === 'softmax') sums[targets[row]!]! += weight;
    else sums[0]! += weight * targets[row]!;
    total += weight;
  }
  return Array.from(sums, (sum) => {
    if (loss === 'squared') return Math.fround(sum / total);
    if (loss === 'logistic') return Math.fround(Math.log(sum / (total - sum)));
    // A class without rows, or only zeros for Poisson: no less than one row in a million of one more.
    return Math.fround(Math.log(Math.max(sum, 1e-6) / total));
  });
}
