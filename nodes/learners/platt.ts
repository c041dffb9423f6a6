/**
 * The slope a that makes sigmoid(a × margin) a probability of the positive class: Platt's scaling (1999) with his softened targets but without
 * an offset, so that the label changes where the margin changes its sign. Newton's method in one dimension.
 * @param targets 1 for the positive class, otherwise 0
 */
export function plattSlope(margins: Float64Array, targets: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let [positive, negative] = [0, 0];
  for (let row = 0; row < margins.length; row += 1) {
    if (targets[row] === 1) positive += 1;
    else negative += 1;
  }
  const [high, low] = [(positive + 1) / (positive + 2), 1 / (negative + 2)];
  let size = 0;
  for (let row = 0; row < margins.length; row += 1) size = Math.max(size, Math.abs(margins[row]!));
  if (size === 0) return 1;
  let slope = 0;
  for (let step = 0; step < 100; step += 1) {
    let [first, second] = [0, 0];
    for (let row = 0; row < margins.length; row += 1) {
      const m = margins[row]!;
      const w = weights?.[row] ?? 1;
      const p = 1 / (1 + Math.exp(-slope * m));
      first += w * (p - (targets[row] === 1 ? high : low)) * m;
      second += w * p * (1 - p) * m * m;
    }
    const change = first / (second + 1e-12);
    // No step beyond a hundredfold of what the largest margin needs, where the curve is flat.
    slope -= Math.sign(change) * Math.min(Math.abs(change), 10 / size + Math.abs(slope));
    if (Math.abs(change) <= 1e-9 * Math.max(Math.abs(slope), 1e-300)) break;
  }
  // A model that is wrong more often than right keeps its labels: the slope stays above zero.
  return Math.max(slope, 1e-6 / size);
}

/** matrix × coefficients + intercept in float64, by the columns of the matrix. */
export function marginsOf(values: (index: number) => Float32Array, coefficients: Float64Array, rowCount: number): Float64Array {
  const width = coefficients.length - 1;
  const margins = new Float64Array(rowCount).fill(coefficients[width]!);
  for (let index = 0; index < width; index += 1) {
    const weight = coefficients[index]!;
    if (weight === 0) continue;
    const column = values(index);
    for (let row = 0; row < rowCount; row += 1) margins[row]! += weight * column[row]!;
  }
  return margins;
}
