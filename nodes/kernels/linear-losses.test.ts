import { describe, expect, it } from 'vitest';
import type { LinearLoss } from './linear-graph.ts';
import { BLOCK_ROWS, createLinearLosses } from './linear-losses.server.ts';
import { minimize } from './minimize.ts';
import { minimizeNewton } from './newton.ts';
import { randomNumbers } from './random.ts';

const breathe = async () => {};

function made(rowCount: number, columnCount: number, outputs: number, loss: LinearLoss) {
  const random = randomNumbers(5);
  const columns = Array.from({ length: columnCount }, () => Float32Array.from({ length: rowCount }, () => random() * 2 - 1));
  const targets = Float64Array.from({ length: rowCount }, () =>
    loss === 'softmax' ? Math.floor(random() * outputs) : loss === 'poisson' ? Math.floor(random() * 5) : Number(random() < 0.4),
  );
  const weights = Float64Array.from({ length: rowCount }, () => Math.fround(random() * 2));
  const coefficients = Float64Array.from({ length: (columnCount + 1) * outputs }, () => Math.fround(random() * 2 - 1));
  return {
    problem: { loss, rowCount, columnCount, outputs, values: (index: number) => columns[index]!, targets, weights, intercept: true, threads: 1 },
    columns,
    coefficients,
  };
}

/** The twin: each row's loss and its slopes by the margins, in float64. */
const TWINS: Readonly<Record<LinearLoss, (margins: readonly number[], y: number) => { loss: number; slopes: number[]; bend: number }>> = {
  logistic([m], y) {
    const p = 1 / (1 + Math.exp(-m!));
    return { loss: -Math.log(y === 1 ? p : 1 - p), slopes: [p - y], bend: p * (1 - p) };
  },
  softmax(margins, y) {
    const total = margins.reduce((sum, each) => sum + Math.exp(each), 0);
    return { loss: Math.log(total) - margins[y]!, slopes: margins.map((each, k) => Math.exp(each) / total - Number(k === y)), bend: NaN };
  },
  poisson: ([m], y) => ({ loss: Math.exp(m!) - y * m!, slopes: [Math.exp(m!) - y], bend: Math.exp(m!) }),
  'squared-hinge'([m], y) {
    const side = y === 1 ? 1 : -1;
    const short = Math.max(0, 1 - side * m!);
    return { loss: short ** 2 / 2, slopes: [-side * short], bend: Number(short > 0) };
  },
};

describe.each([
  ['logistic', 1],
  ['softmax', 4],
  ['poisson', 1],
  ['squared-hinge', 1],
] as const)('%s', (loss, outputs) => {
  it.each([1, 300, BLOCK_ROWS + 5])('%d rows: loss, gradient and Hessian are those of plain loops', async (rowCount) => {
    const columnCount = 3;
    const { problem, columns, coefficients } = made(rowCount, columnCount, outputs, loss);
    const losses = await createLinearLosses(problem, breathe);
    const width = columnCount + 1;
    const expected = { loss: 0, gradient: new Float64Array(width * outputs), hessian: new Float64Array(width * width) };
    for (let row = 0; row < rowCount; row += 1) {
      const x = [...columns.map((each) => each[row]!), 1];
      const margins = Array.from({ length: outputs }, (_, k) => x.reduce((sum, value, column) => sum + value * coefficients[k * width + column]!, 0));
      const twin = TWINS[loss](margins, problem.targets[row]!);
      const w = problem.weights[row]!;
      expected.loss += w * twin.loss;
      twin.slopes.forEach((slope, k) => x.forEach((value, column) => (expected.gradient[k * width + column]! += w * slope * value)));
      x.forEach((a, i) => x.forEach((b, j) => (expected.hessian[i * width + j]! += w * twin.bend * a * b)));
    }
    const gradient = new Float64Array(width * outputs);
    const near = (actual: number, wanted: number) => expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(1e-5 * Math.max(1, expected.loss));
    near(await losses.evaluate(coefficients, gradient), expected.loss);
    gradient.forEach((each, at) => near(each, expected.gradient[at]!));
    if (outputs === 1) {
      const hessian = new Float64Array(width * width);
      near(await losses.evaluateCurved(coefficients, gradient, hessian), expected.loss);
      hessian.forEach((each, at) => near(each, expected.hessian[at]!));
    }
    await losses.release();
  });
});

it.each([
  ['logistic', 1, 20_001],
  ['softmax', 5, 20_001],
  ['poisson', 1, 20_001],
  ['squared-hinge', 1, 3_000],
] as const)('%s does not depend on the number of threads', async (loss, outputs, rowCount) => {
  const columnCount = rowCount > 10_000 ? 37 : 100;
  const { problem, coefficients } = made(rowCount, columnCount, outputs, loss);
  const results = [];
  for (const threads of [1, 2, 3, 5]) {
    const losses = await createLinearLosses({ ...problem, threads }, breathe);
    const [gradient, hessian] = [new Float64Array((columnCount + 1) * outputs), new Float64Array((columnCount + 1) ** 2)];
    const total = outputs === 1 ? await losses.evaluateCurved(coefficients, gradient, hessian) : await losses.evaluate(coefficients, gradient);
    results.push({ total, gradient, hessian });
    await losses.release();
  }
  for (const result of results) expect(result).toEqual(results[0]);
});

it('small losses keep their digits', async () => {
  const { problem } = made(100, 1, 1, 'logistic');
  const losses = await createLinearLosses(
    { ...problem, values: () => new Float32Array(100).fill(1), targets: new Float64Array(100).fill(1), weights: new Float64Array(100).fill(1) },
    breathe,
  );
  expect((await losses.evaluate(Float64Array.of(20, 0), new Float64Array(2))) / (100 * Math.log1p(Math.exp(-20)))).toBeCloseTo(1, 6);
  await losses.release();
});

it('more than fits is refused before anything is made', async () => {
  const { problem } = made(1, 1, 1, 'logistic');
  await expect(createLinearLosses({ ...problem, rowCount: 2 ** 31, columnCount: 1_000 }, breathe)).rejects.toMatchObject({ code: 'memory_exhausted' });
});

describe('Newton', () => {
  it.each([0, 3])('finds what L-BFGS finds, with L1 %d', async (l1) => {
    const { problem } = made(3_000, 6, 1, 'logistic');
    const losses = await createLinearLosses(problem, breathe);
    const options = { l1: new Float64Array(7).fill(l1, 0, 6), tolerance: 1e-9, maximumIterations: 200 };
    const newton = await minimizeNewton(losses.evaluateCurved, new Float64Array(7), options);
    const other = await minimize(losses.evaluate, new Float64Array(7), { ...options, memory: 10 });
    expect(newton.converged).toBe(true);
    expect(newton.iterations).toBeLessThan(15);
    newton.coefficients.forEach((each, at) => expect(each).toBeCloseTo(other.coefficients[at]!, 3));
    expect([...newton.coefficients].map((each) => each === 0)).toEqual([...other.coefficients].map((each) => each === 0));
    await losses.release();
  });
});
