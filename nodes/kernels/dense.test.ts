import { describe, expect, it } from 'vitest';
import { createDenseMatrix } from './dense.server.ts';
import { minimize } from './minimize.ts';
import { randomNumbers } from './random.ts';
import { factor } from './solve.ts';

async function makeMatrix(rowCount: number, columnCount: number) {
  const random = randomNumbers(11);
  const matrix = await createDenseMatrix(rowCount, columnCount);
  for (let column = 0; column < columnCount; column += 1) matrix.column(column).set(Float64Array.from({ length: rowCount }, () => random() * 4 - 2));
  matrix.targets.set(Float64Array.from({ length: rowCount }, () => Number(random() < 0.4)));
  matrix.weights.set(Float64Array.from({ length: rowCount }, () => random() * 2));
  return { matrix, coefficients: Float64Array.from({ length: columnCount + 1 }, () => random() - 0.5) };
}

describe.each([
  [1_037, 5],
  [1_024, 3],
  [1, 1],
])('a dense matrix of %d × %d', (rowCount, columnCount) => {
  it('multiplies, weighs and sums as plain loops do', async () => {
    const { matrix, coefficients } = await makeMatrix(rowCount, columnCount);
    const rows = Array.from({ length: rowCount }, (_, row) => Array.from({ length: columnCount }, (_, column) => matrix.column(column)[row]!));
    const margins = rows.map((row) => row.reduce((sum, x, column) => sum + x * coefficients[column]!, coefficients[columnCount]!));
    matrix.multiply(coefficients).forEach((value, row) => expect(value).toBeCloseTo(margins[row]!, 12));

    for (let block = 0; block < matrix.gramBlocks; block += 1) matrix.addGramBlock(block);
    const gram = matrix.gram();
    for (let i = 0; i < columnCount; i += 1) {
      for (let j = 0; j < columnCount; j += 1) {
        expect(gram[i * columnCount + j]).toBeCloseTo(
          rows.reduce((sum, row, index) => sum + matrix.weights[index]! * row[i]! * row[j]!, 0),
          8,
        );
      }
    }
    const sums = matrix.multiplyTransposed(matrix.targets);
    expect(sums[0]).toBeCloseTo(
      rows.reduce((sum, row, index) => sum + row[0]! * matrix.targets[index]!, 0),
      10,
    );
    expect(sums[columnCount]).toBeCloseTo(
      matrix.targets.reduce((sum, each) => sum + each, 0),
      10,
    );
  });
});

describe('minimize', () => {
  const quadratic = (centre: readonly number[]) => (x: Float64Array, gradient: Float64Array) => {
    let loss = 0;
    x.forEach((value, index) => {
      const curvature = 10 ** index;
      loss += 0.5 * curvature * (value - centre[index]!) ** 2;
      gradient[index] = curvature * (value - centre[index]!);
    });
    return loss;
  };
  const options = { memory: 10, tolerance: 1e-14, maximumIterations: 500 };

  it('finds the least point of a stretched bowl', async () => {
    const { coefficients, converged } = await minimize(quadratic([3, -2, 0.5, 1]), new Float64Array(4), { ...options, l1: new Float64Array(4) });
    expect(converged).toBe(true);
    [3, -2, 0.5, 1].forEach((value, index) => expect(coefficients[index]).toBeCloseTo(value, 5));
  });

  it('shrinks by the L1 weight over the curvature, to exact zeros', async () => {
    // min ½c(x − a)² + λ|x| is at sign(a) max(0, |a| − λ/c).
    const { coefficients } = await minimize(quadratic([3, -0.05, 0.5, 1]), new Float64Array(4), { ...options, l1: new Float64Array(4).fill(1) });
    expect(coefficients[0]).toBeCloseTo(2, 5);
    expect(coefficients[1]).toBe(0);
    expect(coefficients[2]).toBeCloseTo(0.49, 5);
    expect(coefficients[3]).toBeCloseTo(0.999, 5);
  });
});

describe('factor', () => {
  it('solves a positive definite system', () => {
    const solver = factor(Float64Array.of(4, 2, 0.6, 2, 3, 0.4, 0.6, 0.4, 2), 3);
    const x = solver.solve(Float64Array.of(4 + 4 - 1.8, 2 + 6 - 1.2, 0.6 + 0.8 - 6));
    [1, 2, -3].forEach((value, index) => expect(x[index]).toBeCloseTo(value, 12));
    expect(solver.dependent).toEqual([]);
  });

  it('leaves out a column that is the sum of two others, and still solves', () => {
    // Columns a, b, a + b with aᵀa = 2, bᵀb = 3, aᵀb = 1; right side of y = a + 2b.
    const gram = Float64Array.of(2, 1, 3, 1, 3, 4, 3, 4, 7);
    const solver = factor(gram, 3);
    expect(solver.dependent.length).toBe(1);
    const x = solver.solve(Float64Array.of(4, 7, 11));
    for (let row = 0; row < 3; row += 1)
      expect([0, 1, 2].reduce((sum, column) => sum + gram[row * 3 + column]! * x[column]!, 0)).toBeCloseTo([4, 7, 11][row]!, 10);
  });
});
