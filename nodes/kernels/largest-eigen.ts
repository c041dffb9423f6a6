import { dot } from './dot.ts';
import { symmetricEigen, turnedUp, type Eigen } from './eigen.ts';
import { randomNumbers } from './random.ts';
import { someEigen } from './some-eigen.ts';

/** Below this size the whole decomposition is as quick. */
const SMALL = 160;
/** Of the largest eigenvalue: how far a vector may be from being one. */
const TOLERANCE = 1e-8;

/**
 * The `count` largest eigenvalues of a symmetric matrix without negative ones, falling, and their vectors, one a row. For few of many a block
 * Krylov subspace (Golub & Underwood 1977) with full reorthogonalisation grows until their residuals vanish: some n² operations for each of its
 * vectors instead of n³ for all. Where they do not vanish soon, or for more, the matrix is brought to tridiagonal form. Deterministic. `breathe` is
 * awaited between blocks.
 */
export async function largestEigen(matrix: Float64Array, size: number, count: number, breathe: () => Promise<void>): Promise<Eigen> {
  const few = size >= SMALL && count * 20 <= size ? await krylov(matrix, size, count, breathe) : null;
  const found = few ?? (size >= SMALL && count * 2 <= size ? await someEigen(matrix, size, count, breathe) : null);
  if (found) return found;
  const { values, vectors } = symmetricEigen(matrix, size);
  return { values: values.slice(0, count), vectors: vectors.slice(0, count * size) };
}

/** Null where an eighth of all directions does not suffice. */
async function krylov(matrix: Float64Array, size: number, count: number, breathe: () => Promise<void>): Promise<Eigen | null> {
  // A block no smaller than what is looked for finds equal eigenvalues too.
  const block = Math.max(8, count + 2);
  const random = randomNumbers(1);
  const basis: Float64Array[] = [];
  const images: Float64Array[] = [];
  let next = Array.from({ length: block }, () => Float64Array.from({ length: size }, () => random() - 0.5));
  let looked = 0;
  while (basis.length + block <= size / 8) {
    for (const vector of next) if (orthonormalise(vector, basis)) basis.push(vector);
    const fresh = basis.slice(images.length);
    const made = fresh.map(() => new Float64Array(size));
    for (let row = 0; row < size; row += 1) {
      const own = matrix.subarray(row * size, (row + 1) * size);
      for (let each = 0; each < fresh.length; each += 1) made[each]![row] = dot(own, fresh[each]!);
      if ((row & 63) === 0) await breathe();
    }
    images.push(...made);
    // Nothing new: what is spanned leads nowhere else.
    const ended = fresh.length === 0;
    if (ended || basis.length >= Math.max(4 * block, looked * 1.25)) {
      looked = basis.length;
      const found = ritz(basis, images, size, count);
      if (found || ended) return found;
    }
    next = made.map((each) => each.slice());
    await breathe();
  }
  return null;
}

/** Makes a vector orthogonal to all others and of length 1; false where nothing of it is left. */
function orthonormalise(vector: Float64Array, others: readonly Float64Array[]): boolean {
  const length = Math.sqrt(dot(vector, vector));
  if (length === 0) return false;
  for (let time = 0; time < 2; time += 1)
    for (const other of others) {
      const along = dot(vector, other);
      for (let at = 0; at < vector.length; at += 1) vector[at]! -= along * other[at]!;
    }
  const left = Math.sqrt(dot(vector, vector));
  if (left <= 1e-12 * length) return false;
  for (let at = 0; at < vector.length; at += 1) vector[at]! /= left;
  return true;
}

/** The best vectors within a subspace (Rayleigh and Ritz); null while one of them is not yet an eigenvector. */
function ritz(basis: readonly Float64Array[], images: readonly Float64Array[], size: number, count: number): Eigen | null {
  const width = basis.length;
  if (width < count) return null;
  const projected = new Float64Array(width * width);
  for (let i = 0; i < width; i += 1) for (let j = 0; j <= i; j += 1) projected[i * width + j] = projected[j * width + i] = dot(basis[i]!, images[j]!);
  const { values, vectors } = symmetricEigen(projected, width);
  const combined = (from: readonly Float64Array[], which: number) => {
    const sum = new Float64Array(size);
    from.forEach((each, index) => {
      const share = vectors[which * width + index]!;
      for (let at = 0; at < size; at += 1) sum[at]! += share * each[at]!;
    });
    return sum;
  };
  const found = new Float64Array(count * size);
  for (let which = 0; which < count; which += 1) {
    const vector = combined(basis, which);
    const rest = combined(images, which);
    for (let at = 0; at < size; at += 1) rest[at]! -= values[which]! * vector[at]!;
    if (Math.sqrt(dot(rest, rest)) > TOLERANCE * Math.abs(values[0]!)) return null;
    found.set(turnedUp(vector), which * size);
  }
  return { values: values.slice(0, count), vectors: found };
}
