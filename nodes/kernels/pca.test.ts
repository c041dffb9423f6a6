import { describe, expect, it } from 'vitest';
import { dot } from './dot.ts';
import { symmetricEigen } from './eigen.ts';
import { largestEigen } from './largest-eigen.ts';
import { principalComponents } from './pca.server.ts';
import { randomNumbers } from './random.ts';
import { someEigen } from './some-eigen.ts';

const breathe = async () => {};

/** By Jacobi's rotations (1846), the plain twin: eigenvalues, falling. */
function jacobiValues(matrix: Float64Array, size: number): number[] {
  const a = matrix.slice();
  for (let sweep = 0; sweep < 60; sweep += 1)
    for (let p = 0; p < size; p += 1)
      for (let q = p + 1; q < size; q += 1) {
        const off = a[p * size + q]!;
        if (off === 0) continue;
        const angle = Math.atan2(2 * off, a[q * size + q]! - a[p * size + p]!) / 2;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let k = 0; k < size; k += 1) {
          const [x, y] = [a[k * size + p]!, a[k * size + q]!];
          a[k * size + p] = c * x - s * y;
          a[k * size + q] = s * x + c * y;
        }
        for (let k = 0; k < size; k += 1) {
          const [x, y] = [a[p * size + k]!, a[q * size + k]!];
          a[p * size + k] = c * x - s * y;
          a[q * size + k] = s * x + c * y;
        }
      }
  return Array.from({ length: size }, (_, index) => a[index * size + index]!).sort((x, y) => y - x);
}

describe('eigenvectors of a symmetric matrix', () => {
  it.each([1, 2, 3, 7, 40])('of size %i: they are orthonormal, and give the matrix back', (size) => {
    const random = randomNumbers(size);
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i += 1) for (let j = 0; j <= i; j += 1) matrix[i * size + j] = matrix[j * size + i] = random() * 2 - 1;
    const { values, vectors } = symmetricEigen(matrix, size);
    jacobiValues(matrix, size).forEach((value, index) => expect(values[index]).toBeCloseTo(value, 10));
    for (let i = 0; i < size; i += 1)
      for (let j = 0; j < size; j += 1) {
        let [product, back] = [0, 0];
        for (let k = 0; k < size; k += 1) {
          product += vectors[i * size + k]! * vectors[j * size + k]!;
          back += values[k]! * vectors[k * size + i]! * vectors[k * size + j]!;
        }
        expect(product).toBeCloseTo(Number(i === j), 10);
        expect(back).toBeCloseTo(matrix[i * size + j]!, 10);
      }
  });

  it('of a matrix of zeros and of one with equal eigenvalues', () => {
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
    expect([...symmetricEigen(Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 2), 3).values]).toEqual([2, 2, 2]);
  });
});

describe('the largest eigenvectors of a large symmetric matrix', () => {
  const size = 300;
  /** A matrix with these eigenvalues, turned at random. */
  function turned(values: readonly number[]): Float64Array {
    const random = randomNumbers(5);
    const plain = new Float64Array(size * size);
    for (let i = 0; i < size; i += 1) for (let j = 0; j <= i; j += 1) plain[i * size + j] = plain[j * size + i] = random();
    const { vectors } = symmetricEigen(plain, size);
    const matrix = new Float64Array(size * size);
    for (let each = 0; each < size; each += 1)
      for (let i = 0; i < size; i += 1)
        for (let j = 0; j < size; j += 1) matrix[i * size + j]! += (values[each] ?? 0) * vectors[each * size + i]! * vectors[each * size + j]!;
    return matrix;
  }

  it.each([
    ['that fall fast', Array.from({ length: size }, (_, each) => 1_000 / (1 + each * each))],
    ['that hardly differ', Array.from({ length: size }, (_, each) => 2 - each / size)],
    ['of which many are equal', Array.from({ length: size }, (_, each) => (each < 20 ? 7 : 1))],
    ['of which few are not zero', [9, 4, 4, 1]],
    ['that are all zero', []],
  ])('%s', async (_name, values) => {
    const matrix = turned(values);
    const whole = symmetricEigen(matrix, size);
    const scale = Math.max(1e-300, whole.values[0]!);
    for (const count of [5, 60]) {
      const found = await largestEigen(matrix, size, count, breathe);
      found.values.forEach((value, each) => expect(Math.abs(value - whole.values[each]!) / scale).toBeLessThan(1e-10));
      for (let each = 0; each < count; each += 1) {
        const vector = found.vectors.subarray(each * size, (each + 1) * size);
        let rest = 0;
        for (let i = 0; i < size; i += 1) rest += (dot(matrix.subarray(i * size, (i + 1) * size), vector) - found.values[each]! * vector[i]!) ** 2;
        expect(Math.sqrt(rest) / scale).toBeLessThan(1e-9);
        for (let other = 0; other <= each; other += 1)
          expect(dot(vector, found.vectors.subarray(other * size, (other + 1) * size))).toBeCloseTo(Number(each === other), 10);
      }
    }
  });

  it('by tridiagonal form alone, so that a fault there is not hidden by the whole decomposition', async () => {
    for (const values of [Array.from({ length: size }, (_, each) => 2 - each / size), [9, 4, 4, 1], []]) {
      const found = await someEigen(turned(values), size, 20, breathe);
      found!.values.forEach((value, each) => expect(value).toBeCloseTo(values[each] ?? 0, 10));
    }
  });
});

describe('principal components', () => {
  const random = randomNumbers(3);
  const rowCount = 9_001;
  const first = Float32Array.from({ length: rowCount }, () => random() * 10 + 1e6);
  const columns = [first, first.map((value) => 2 * (value - 1e6) + random()), Float32Array.from({ length: rowCount }, () => random() * 3)];

  it('are those of the plain covariance matrix, also far from zero', async () => {
    const means = columns.map((values) => values.reduce((sum, each) => sum + each - 1e6, 0) / rowCount + 1e6);
    const covariance = new Float64Array(9);
    for (let i = 0; i < 3; i += 1)
      for (let j = 0; j < 3; j += 1)
        columns[i]!.forEach((value, row) => (covariance[i * 3 + j]! += ((value - means[i]!) * (columns[j]![row]! - means[j]!)) / (rowCount - 1)));
    const found = await principalComponents({ rowCount, columns }, { scale: false }, breathe);
    const plain = jacobiValues(covariance, 3);
    plain.forEach((value, index) => expect(Math.abs(found.explained[index]! - value) / plain[0]!).toBeLessThan(1e-6));
    found.means.forEach((value, index) => expect(value).toBeCloseTo(means[index]!, 5));
    found.variances.forEach((value, index) => expect(Math.abs(value / covariance[index * 4]! - 1)).toBeLessThan(1e-5));
    const total = covariance[0]! + covariance[4]! + covariance[8]!;
    expect(Math.abs(found.explained.reduce((sum, each) => sum + each, 0) / total - 1)).toBeLessThan(1e-5);
  });

  it('do not depend on the number of threads', async () => {
    for (const width of [2, 17, 50, 130]) {
      const wide = Array.from({ length: width }, () => Float32Array.from({ length: 5_000 }, () => random() - 0.3));
      const one = await principalComponents({ rowCount: 5_000, columns: wide }, { scale: false, threads: 1 }, breathe);
      for (const threads of [2, 3, 5]) expect(await principalComponents({ rowCount: 5_000, columns: wide }, { scale: false, threads }, breathe)).toEqual(one);
    }
  });

  it('are the same where only some are asked for', async () => {
    const wide = Array.from({ length: 200 }, (_, at) => Float32Array.from({ length: 2_000 }, () => (random() - 0.5) * (at < 8 ? 20 - at : 1)));
    const all = await principalComponents({ rowCount: 2_000, columns: wide }, { scale: false }, breathe);
    const some = await principalComponents({ rowCount: 2_000, columns: wide }, { scale: false, count: 3 }, breathe);
    expect(some.vectors.length).toBe(600);
    some.vectors.forEach((value, at) => expect(value).toBeCloseTo(all.vectors[at]!, 7));
    some.explained.forEach((value, at) => expect(value / all.explained[at]!).toBeCloseTo(1, 10));
    expect(some.total / all.explained.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 10);
  });

  it('of scaled columns have the number of columns as their sum of variances', async () => {
    const { explained } = await principalComponents({ rowCount, columns }, { scale: true }, breathe);
    expect(explained.reduce((sum, each) => sum + each, 0)).toBeCloseTo(3, 10);
    expect(explained[0]).toBeGreaterThan(1.9);
  });
});
