import { dot } from './dot.ts';
import { tridiagonalValues, turnedUp, type Eigen } from './eigen.ts';
import { randomNumbers } from './random.ts';

/** Vectors whose eigenvalues are nearer to each other than this share of the norm are kept orthogonal. */
const CLOSE = 1e-3;
/** Share of the norm that an eigenvector may be wrong by. */
const TOLERANCE = 1e-12;
const MOST_SOLUTIONS = 6;

/**
 * The `count` largest eigenvalues of a symmetric matrix, falling, and their vectors, one a row: Householder's tridiagonalisation, all eigenvalues
 * by implicit QL, and the wanted vectors by inverse iteration (Peters & Wilkinson 1971; EISPACK's tinvit), 4/3 n³ operations instead of some 9 n³
 * for all vectors. Null where a vector does not come out. Deterministic. `breathe` is awaited between columns.
 */
export async function someEigen(matrix: Float64Array, size: number, count: number, breathe: () => Promise<void>): Promise<Eigen | null> {
  const scale = matrix.reduce((most, each) => Math.max(most, Math.abs(each)), 0) || 1;
  const reflectors = matrix.map((each) => each / scale);
  const form = await reflect(reflectors, size, breathe);
  const values = tridiagonalValues(form.diagonal, form.beside).subarray(0, count);
  const inner = vectorsOf(form, values);
  if (!inner) return null;
  const vectors = new Float64Array(count * size);
  for (let each = 0; each < count; each += 1) {
    reflectBack(inner[each]!, reflectors, form.halves, size);
    vectors.set(turnedUp(inner[each]!), each * size);
    if ((each & 15) === 0) await breathe();
  }
  return { values: values.map((value) => value * scale), vectors };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Element i lies beside the diagonal's i and i + 1; the last is 0. */
  readonly beside: Float64Array;
  /** Half the squared length of each reflector; 0 where nothing was to be reflected. */
  readonly halves: Float64Array;
}

/** Reads the upper triangle, and leaves in each row, right of the diagonal, the vector that its step reflected by. */
async function reflect(a: Float64Array, n: number, breathe: () => Promise<void>): Promise<Tridiagonal> {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const halves = new Float64Array(n);
  const image = new Float64Array(n);
  for (let k = 0; k < n; k += 1) {
    diagonal[k] = a[k * n + k]!;
    if (k === n - 1) break;
    const begin = k + 1;
    const v = a.subarray(k * n, (k + 1) * n);
    const rest = v.subarray(begin + 1);
    if (dot(rest, rest) === 0) {
      beside[k] = v[begin]!;
      continue;
    }
    const length = Math.sqrt(v[begin]! ** 2 + dot(rest, rest));
    beside[k] = v[begin]! > 0 ? -length : length;
    const half = length * (length + Math.abs(v[begin]!));
    v[begin]! -= beside[k]!;
    halves[k] = half;
    image.fill(0);
    for (let i = begin; i < n; i += 1) {
      const at = i * n;
      const own = v[i]!;
      let sum = image[i]! + a[at + i]! * own;
      for (let j = i + 1; j < n; j += 1) {
        const value = a[at + j]!;
        sum += value * v[j]!;
        image[j]! += value * own;
      }
      image[i] = sum;
    }
    let along = 0;
    for (let i = begin; i < n; i += 1) {
      image[i]! /= half;
      along += image[i]! * v[i]!;
    }
    const share = along / (2 * half);
    for (let i = begin; i < n; i += 1) image[i]! -= share * v[i]!;
    for (let i = begin; i < n; i += 1) {
      const at = i * n;
      const [p, q] = [v[i]!, image[i]!];
      for (let j = i; j < n; j += 1) a[at + j]! -= p * image[j]! + q * v[j]!;
    }
    await breathe();
  }
  return { diagonal, beside, halves };
}

function reflectBack(vector: Float64Array, reflectors: Float64Array, halves: Float64Array, n: number): void {
  for (let k = n - 2; k >= 0; k -= 1) {
    if (halves[k] === 0) continue;
    const v = reflectors.subarray(k * n + k + 1, (k + 1) * n);
    const own = vector.subarray(k + 1);
    const share = dot(v, own) / halves[k]!;
    for (let at = 0; at < v.length; at += 1) own[at]! -= share * v[at]!;
  }
}

/** Eigenvectors of the tridiagonal matrix to eigenvalues that fall. */
function vectorsOf(form: Tridiagonal, values: Float64Array): Float64Array[] | null {
  const { diagonal, beside } = form;
  const size = diagonal.length;
  const norm = diagonal.reduce((most, each, at) => Math.max(most, Math.abs(each) + Math.abs(beside[at]!) + Math.abs(beside[at - 1] ?? 0)), 0) || 1;
  const random = randomNumbers(1);
  const found: Float64Array[] = [];
  let last = Infinity;
  let first = 0;
  for (const [index, value] of values.entries()) {
    // Equal eigenvalues are moved apart, so that they do not give the same vector.
    last = Math.min(value, last - 10 * Number.EPSILON * norm);
    while (values[first]! - value > CLOSE * norm) first += 1;
    const solve = solver(form, last, norm);
    const vector = Float64Array.from({ length: size }, () => random() - 0.5);
    let rest = Infinity;
    for (let time = 0; time < MOST_SOLUTIONS && rest > TOLERANCE * norm; time += 1) {
      solve(vector);
      for (let again = 0; again < 2; again += 1) {
        normalise(vector);
        for (const other of found.slice(first, index)) addScaled(vector, other, -dot(vector, other));
      }
      normalise(vector);
      rest = restOf(form, value, vector);
    }
    if (!(rest <= 100 * TOLERANCE * norm)) return null;
    found.push(vector);
  }
  return found;
}

/** Gaussian elimination of the matrix less `value` on its diagonal, with row exchanges; solves in place. */
function solver({ diagonal, beside }: Tridiagonal, value: number, norm: number): (vector: Float64Array) => void {
  const n = diagonal.length;
  const pivots = diagonal.map((each) => each - value);
  const next = beside.slice();
  const second = new Float64Array(n);
  const factors = new Float64Array(n);
  const exchanged = new Uint8Array(n);
  for (let i = 0; i + 1 < n; i += 1) {
    const below = beside[i]!;
    if (Math.abs(below) > Math.abs(pivots[i]!)) {
      exchanged[i] = 1;
      factors[i] = pivots[i]! / below;
      const upper = next[i]!;
      pivots[i] = below;
      next[i] = pivots[i + 1]!;
      second[i] = next[i + 1]!;
      pivots[i + 1] = upper - factors[i]! * next[i]!;
      next[i + 1] = -factors[i]! * second[i]!;
    } else {
      if (pivots[i] === 0) pivots[i] = Number.EPSILON * norm;
      factors[i] = below / pivots[i]!;
      pivots[i + 1]! -= factors[i]! * next[i]!;
    }
  }
  if (pivots[n - 1] === 0) pivots[n - 1] = Number.EPSILON * norm;
  return (x) => {
    for (let i = 0; i + 1 < n; i += 1) {
      if (exchanged[i]) [x[i], x[i + 1]] = [x[i + 1]!, x[i]!];
      x[i + 1]! -= factors[i]! * x[i]!;
    }
    for (let i = n - 1; i >= 0; i -= 1) x[i] = (x[i]! - next[i]! * (x[i + 1] ?? 0) - second[i]! * (x[i + 2] ?? 0)) / pivots[i]!;
  };
}

function normalise(vector: Float64Array): void {
  const largest = vector.reduce((most, each) => Math.max(most, Math.abs(each)), 0) || 1;
  for (let at = 0; at < vector.length; at += 1) vector[at]! /= largest;
  const length = Math.sqrt(dot(vector, vector)) || 1;
  for (let at = 0; at < vector.length; at += 1) vector[at]! /= length;
}

function addScaled(vector: Float64Array, other: Float64Array, factor: number): void {
  for (let at = 0; at < vector.length; at += 1) vector[at]! += factor * other[at]!;
}

/** Length of (matrix − value) × vector. */
function restOf({ diagonal, beside }: Tridiagonal, value: number, vector: Float64Array): number {
  let squares = 0;
  for (let at = 0; at < vector.length; at += 1) {
    const image = (diagonal[at]! - value) * vector[at]! + beside[at]! * (vector[at + 1] ?? 0) + (at > 0 ? beside[at - 1]! * vector[at - 1]! : 0);
    squares += image * image;
  }
  return Math.sqrt(squares);
}
