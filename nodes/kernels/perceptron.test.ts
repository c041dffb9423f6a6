import { expect, it } from 'vitest';
import { averagedPerceptron } from './perceptron.ts';
import { randomNumbers, shuffled } from './random.ts';

it('is the mean of the coefficients after each row', async () => {
  const [rowCount, width, rate, epochs, seed] = [200, 3, 0.5, 4, 11];
  const random = randomNumbers(3);
  const matrix = Float32Array.from({ length: rowCount * width }, () => random() * 2 - 1);
  const targets = Array.from({ length: rowCount }, (_, row) => Number(matrix[row * width]! + random() - 0.5 > 0));
  const weights = Array.from({ length: rowCount }, () => 0.5 + random());
  const heard: number[] = [];
  const given = await averagedPerceptron(
    { matrix, width, targets, weights },
    { rate, epochs, shuffle: true, seed },
    { breathe: () => Promise.resolve(), epoch: (done) => heard.push(done) },
  );
  const now = [0, 0, 0, 0];
  const sum = [0, 0, 0, 0];
  const orders = randomNumbers(seed);
  for (let epoch = 0; epoch < epochs; epoch += 1)
    for (const row of shuffled(rowCount, orders)) {
      const x = [...matrix.subarray(row * width, (row + 1) * width), 1];
      const side = targets[row] === 1 ? 1 : -1;
      if (side * x.reduce((margin, each, at) => margin + each * now[at]!, 0) <= 0) x.forEach((each, at) => (now[at]! += rate * weights[row]! * side * each));
      now.forEach((each, at) => (sum[at]! += each));
    }
  expect(heard).toEqual([1, 2, 3, 4]);
  given.forEach((each, at) => expect(each).toBeCloseTo(sum[at]! / (epochs * rowCount), 10));
});

it('goes through the rows in their order without shuffling', async () => {
  const problem = { matrix: Float32Array.of(1, -1), width: 1, targets: [1, 0] };
  const quiet = { breathe: () => Promise.resolve(), epoch: () => {} };
  // The first row moves both coefficients by 1; the second has margin 0 and moves to [2, 0].
  expect([...(await averagedPerceptron(problem, { rate: 1, epochs: 1, shuffle: false, seed: 0 }, quiet))]).toEqual([1.5, 0.5]);
});
