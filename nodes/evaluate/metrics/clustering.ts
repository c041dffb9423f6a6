/** Rows of `width` numbers one after the other, and the cluster of each, a whole number from 0. */
export interface ClusteredRows {
  readonly matrix: Float64Array | Float32Array;
  readonly width: number;
  readonly clusters: ArrayLike<number>;
}

interface Centres {
  readonly count: number;
  readonly sizes: Float64Array;
  readonly means: Float64Array;
}

function centresOf({ matrix, width, clusters }: ClusteredRows): Centres {
  let count = 0;
  for (let row = 0; row < clusters.length; row += 1) count = Math.max(count, clusters[row]! + 1);
  const sizes = new Float64Array(count);
  const means = new Float64Array(count * width);
  for (let row = 0; row < clusters.length; row += 1) {
    const own = clusters[row]!;
    sizes[own]! += 1;
    for (let at = 0; at < width; at += 1) means[own * width + at]! += matrix[row * width + at]!;
  }
  for (let index = 0; index < means.length; index += 1) means[index]! /= sizes[Math.floor(index / width)]! || 1;
  return { count, sizes, means };
}

/**
 * The mean over clusters of the worst (spread + other's spread) / distance of centres, where the spread is the mean distance from the own centre;
 * lower is better (Davies & Bouldin 1979). NaN for less than two clusters.
 */
export function daviesBouldin(rows: ClusteredRows): number {
  const { matrix, width, clusters } = rows;
  const { count, sizes, means } = centresOf(rows);
  const spreads = new Float64Array(count);
  for (let row = 0; row < clusters.length; row += 1) {
    const own = clusters[row]!;
    let squares = 0;
    for (let at = 0; at < width; at += 1) squares += (matrix[row * width + at]! - means[own * width + at]!) ** 2;
    spreads[own]! += Math.sqrt(squares) / sizes[own]!;
  }
  const present = Array.from(sizes.keys()).filter((cluster) => sizes[cluster]! > 0);
  if (present.length < 2) return NaN;
  let sum = 0;
  for (const one of present) {
    let worst = 0;
    for (const other of present) {
      if (other === one) continue;
      let squares = 0;
      for (let at = 0; at < width; at += 1) squares += (means[one * width + at]! - means[other * width + at]!) ** 2;
      // Centres at one place count as infinitely alike, as in scikit-learn.
      if (squares > 0) worst = Math.max(worst, (spreads[one]! + spreads[other]!) / Math.sqrt(squares));
    }
    sum += worst;
  }
  return sum / present.length;
}

/** The variance between clusters by the one within, each by its degrees of freedom; higher is better (Caliński & Harabasz 1974). NaN for less than two clusters. */
export function calinskiHarabasz(rows: ClusteredRows): number {
  const { matrix, width, clusters } = rows;
  const { count, sizes, means } = centresOf(rows);
  const rowCount = clusters.length;
  const groups = sizes.filter((size) => size > 0).length;
  if (groups < 2 || groups >= rowCount) return NaN;
  const mean = new Float64Array(width);
  for (let cluster = 0; cluster < count; cluster += 1)
    for (let at = 0; at < width; at += 1) mean[at]! += (sizes[cluster]! * means[cluster * width + at]!) / rowCount;
  let [between, within] = [0, 0];
  for (let cluster = 0; cluster < count; cluster += 1)
    for (let at = 0; at < width; at += 1) between += sizes[cluster]! * (means[cluster * width + at]! - mean[at]!) ** 2;
  for (let row = 0; row < rowCount; row += 1)
    for (let at = 0; at < width; at += 1) within += (matrix[row * width + at]! - means[clusters[row]! * width + at]!) ** 2;
  return within === 0 ? 1 : (between * (rowCount - groups)) / (within * (groups - 1));
}
