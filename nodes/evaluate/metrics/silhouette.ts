/**
 * How well each row lies in its cluster, from −1 to 1: (b − a) / max(a, b), where a is the mean distance to the others of its cluster and b
 * the least mean distance to the rows of another one; 0 where it is alone, NaN where there is only one cluster (Rousseeuw 1987; scikit-learn's
 * silhouette_samples). `matrix` holds rows of `width` numbers; `clusters` are whole numbers from 0. Time grows with the square of the rows.
 */
export function silhouetteSamples(matrix: Float64Array, width: number, clusters: ArrayLike<number>): Float64Array {
  const rowCount = clusters.length;
  let clusterCount = 0;
  for (let row = 0; row < rowCount; row += 1) clusterCount = Math.max(clusterCount, clusters[row]! + 1);
  const sizes = new Float64Array(clusterCount);
  for (let row = 0; row < rowCount; row += 1) sizes[clusters[row]!]! += 1;
  const sums = new Float64Array(rowCount * clusterCount);
  for (let row = 0; row < rowCount; row += 1)
    for (let other = 0; other < row; other += 1) {
      let squares = 0;
      for (let at = 0; at < width; at += 1) squares += (matrix[row * width + at]! - matrix[other * width + at]!) ** 2;
      const distance = Math.sqrt(squares);
      sums[row * clusterCount + clusters[other]!]! += distance;
      sums[other * clusterCount + clusters[row]!]! += distance;
    }
  return Float64Array.from({ length: rowCount }, (_, row) => {
    const own = clusters[row]!;
    let nearest = Infinity;
    for (let cluster = 0; cluster < clusterCount; cluster += 1)
      if (cluster !== own && sizes[cluster]! > 0) nearest = Math.min(nearest, sums[row * clusterCount + cluster]! / sizes[cluster]!);
    if (nearest === Infinity) return NaN;
    if (sizes[own] === 1) return 0;
    const inside = sums[row * clusterCount + own]! / (sizes[own]! - 1);
    return inside === nearest ? 0 : (nearest - inside) / Math.max(inside, nearest);
  });
}
