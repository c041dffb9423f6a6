import { expect, it } from 'vitest';
import { densityClusters } from './dbscan.ts';
import { randomNumbers } from './random.ts';

const context = { breathe: async () => {} };

/** The definition, with all pairs compared. */
function plainly(matrix: Float64Array, width: number, radius: number, minimumRows: number): number[] {
  const rowCount = matrix.length / width;
  const near = Array.from({ length: rowCount }, (_, a) =>
    Array.from({ length: rowCount }, (_, b) => b).filter((b) => {
      let squares = 0;
      for (let at = 0; at < width; at += 1) squares += (matrix[a * width + at]! - matrix[b * width + at]!) ** 2;
      return squares <= radius * radius;
    }),
  );
  const labels = new Array<number>(rowCount).fill(-1);
  let cluster = 0;
  for (let start = 0; start < rowCount; start += 1) {
    if (labels[start] !== -1 || near[start]!.length < minimumRows) continue;
    const waiting = [start];
    labels[start] = cluster;
    while (waiting.length > 0) {
      const row = waiting.pop()!;
      if (near[row]!.length < minimumRows) continue;
      for (const other of near[row]!) {
        if (labels[other] !== -1) continue;
        labels[other] = cluster;
        waiting.push(other);
      }
    }
    cluster += 1;
  }
  return labels;
}

it.each([
  [300, 2, 0.08, 5],
  [400, 3, 0.2, 8],
  [250, 1, 0.01, 4],
  [200, 6, 0.5, 3],
  [120, 2, 10, 3],
  [120, 2, 1e-9, 2],
])('DBSCAN finds what its definition says: %i × %i, radius %d, %i rows', async (rowCount, width, radius, minimumRows) => {
  const random = randomNumbers(rowCount);
  // Some rows twice, so that distances of 0 occur.
  const matrix = Float64Array.from({ length: rowCount * width }, () => random());
  matrix.copyWithin(0, 10 * width, 15 * width);
  const labels = await densityClusters({ matrix, width, rowCount }, { radius, minimumRows }, context);
  expect([...labels]).toEqual(plainly(matrix, width, radius, minimumRows));
});
