/** Rows on the two directions in which they differ most, and the shares of the variance that these hold. */
export interface Projection {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly explained: readonly [number, number];
}

const SWEEPS = 60;

/**
 * The two first principal components of rows of `width` numbers: eigenvectors of the covariance by Jacobi's rotations (Golub & Van Loan, §8.5);
 * each points where its largest part is positive.
 */
export function principalProjection(matrix: Float64Array, width: number, rowCount: number): Projection {
  const means = new Float64Array(width);
  for (let row = 0; row < rowCount; row += 1) for (let at = 0; at < width; at += 1) means[at]! += matrix[row * width + at]! / rowCount;
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < rowCount; row += 1)
    for (let a = 0; a < width; a += 1) {
      const deviation = matrix[row * width + a]! - means[a]!;
      for (let b = a; b < width; b += 1) covariance[a * width + b]! += (deviation * (matrix[row * width + b]! - means[b]!)) / rowCount;
    }
  for (let a = 0; a < width; a += 1) for (let b = 0; b < a; b += 1) covariance[a * width + b] = covariance[b * width + a]!;
  const { values, vectors } = jacobi(covariance, width);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  const total = values.reduce((sum, each) => sum + Math.max(0, each), 0);
  const along = (place: number): Float64Array => {
    const axis = order[place];
    if (axis === undefined) return new Float64Array(rowCount);
    let largest = 0;
    for (let at = 1; at < width; at += 1) if (Math.abs(vectors[at * width + axis]!) > Math.abs(vectors[largest * width + axis]!) + 1e-12) largest = at;
    const sign = vectors[largest * width + axis]! < 0 ? -1 : 1;
    return Float64Array.from({ length: rowCount }, (_, row) => {
      let sum = 0;
      for (let at = 0; at < width; at += 1) sum += (matrix[row * width + at]! - means[at]!) * vectors[at * width + axis]!;
      return sum * sign;
    });
  };
  const share = (place: number) => (total > 0 && order[place] !== undefined ? Math.max(0, values[order[place]]!) / total : 0);
  return { first: along(0), second: along(1), explained: [share(0), share(1)] };
}

/** Eigenvalues, and eigenvectors as columns, of a symmetric matrix, which is overwritten. */
function jacobi(matrix: Float64Array, width: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = Float64Array.from({ length: width * width }, (_, index) => Number(index % (width + 1) === 0));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let rest = 0;
    for (let a = 0; a < width; a += 1) for (let b = a + 1; b < width; b += 1) rest += matrix[a * width + b]! ** 2;
    if (rest < 1e-22) break;
    for (let a = 0; a < width; a += 1)
      for (let b = a + 1; b < width; b += 1) {
        const beside = matrix[a * width + b]!;
        if (beside === 0) continue;
        const slope = (matrix[b * width + b]! - matrix[a * width + a]!) / (2 * beside);
        const tangent = (slope >= 0 ? 1 : -1) / (Math.abs(slope) + Math.sqrt(slope * slope + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        rotate(matrix, width, a, b, cosine, tangent * cosine, true);
        rotate(matrix, width, a, b, cosine, tangent * cosine, false);
        rotate(vectors, width, a, b, cosine, tangent * cosine, true);
      }
  }
  return { values: Float64Array.from({ length: width }, (_, at) => matrix[at * width + at]!), vectors };
}

/** Turns columns a and b, or rows, against each other. */
function rotate(matrix: Float64Array, width: number, a: number, b: number, cosine: number, sine: number, columns: boolean): void {
  for (let at = 0; at < width; at += 1) {
    const [one, other] = columns ? [at * width + a, at * width + b] : [a * width + at, b * width + at];
    const [before, beside] = [matrix[one]!, matrix[other]!];
    matrix[one] = cosine * before - sine * beside;
    matrix[other] = sine * before + cosine * beside;
  }
}
