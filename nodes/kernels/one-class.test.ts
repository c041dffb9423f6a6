import { expect, it } from 'vitest';
import { oneClassShares } from './one-class.ts';
import { randomNumbers } from './random.ts';

/** exp(−γ distance²) of random points, of which every fifth lies where another one does. */
function randomKernel(rowCount: number, gamma: number, seed: number) {
  const random = randomNumbers(seed);
  const points = Array.from({ length: rowCount }, () => [random(), random(), random()]);
  for (let row = 5; row < rowCount; row += 5) points[row] = points[row - 1]!;
  const kernel = new Float32Array(rowCount * rowCount);
  points.forEach((one, row) =>
    points.forEach((other, at) => (kernel[row * rowCount + at] = Math.exp(-gamma * one.reduce((sum, each, axis) => sum + (each - other[axis]!) ** 2, 0)))),
  );
  return { kernel, random };
}

it.each([
  ['few rows', 12, 0.5, 1, false],
  ['many rows, a narrow kernel', 400, 0.1, 20, false],
  ['weights', 150, 0.3, 3, true],
  ['nearly all rows inside', 200, 0.001, 2, false],
])('no move of a share to another row gains: %s', async (_, rowCount, nu, gamma, weighted) => {
  const { kernel, random } = randomKernel(rowCount, gamma, rowCount);
  const weights = weighted ? Float64Array.from({ length: rowCount }, () => 0.1 + 3 * random()) : undefined;
  const shares = await oneClassShares({ kernel, rowCount, weights }, { nu }, { breathe: async () => {} });
  const total = weights ? weights.reduce((sum, each) => sum + each, 0) : rowCount;
  const slopes = shares.map((_own, row) => shares.reduce((sum, share, other) => sum + share * kernel[row * rowCount + other]!, 0));
  const limit = (row: number) => (weights?.[row] ?? 1) / (nu * total);
  let [lowest, highest] = [Infinity, -Infinity];
  shares.forEach((share, row) => {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(limit(row));
    if (share < limit(row)) lowest = Math.min(lowest, slopes[row]!);
    if (share > 0) highest = Math.max(highest, slopes[row]!);
  });
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(highest - lowest).toBeLessThan(1e-3 / (nu * rowCount));
});

it('is deterministic, and stops at an abort', async () => {
  const { kernel } = randomKernel(300, 30, 1);
  const train = (breathe: () => Promise<void>) => oneClassShares({ kernel, rowCount: 300 }, { nu: 0.2 }, { breathe });
  expect(await train(async () => {})).toEqual(await train(async () => {}));
  await expect(train(() => Promise.reject(new Error('enough')))).rejects.toThrow('enough');
});
