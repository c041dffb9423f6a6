import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../kernels/random.ts';
import { nearestFinder, type Compared } from './neighbours.ts';

describe('the nearest rows', () => {
  it('are the same by a tree as one by one, also where many are equally near', async () => {
    const random = randomNumbers(4);
    for (const [numberCount, levelCount, steps] of [
      [1, 0, 40],
      [3, 2, 6],
      [9, 1, 1_000],
    ] as const) {
      const rowCount = 700;
      const numbers = Float64Array.from({ length: rowCount * numberCount }, () => Math.floor(random() * steps) / 3);
      const levels = Int32Array.from({ length: rowCount * levelCount }, () => Math.floor(random() * 3));
      const data: Compared = { rowCount, numbers, numberCount, levels, levelCount };
      const found = await nearestFinder(data, async () => {});
      for (let row = 0; row < rowCount; row += 23) {
        const distance = (other: number): number => {
          let sum = 0;
          for (let at = 0; at < levelCount; at += 1) sum += Number(levels[row * levelCount + at] !== levels[other * levelCount + at]);
          for (let at = 0; at < numberCount; at += 1) sum += (numbers[row * numberCount + at]! - numbers[other * numberCount + at]!) ** 2;
          return sum;
        };
        const others = Array.from({ length: rowCount }, (_, other) => other).filter((other) => other !== row);
        const plain = others.map((other) => ({ other, far: distance(other) })).sort((a, b) => a.far - b.far || a.other - b.other);
        expect(found(row, 6)).toEqual(plain.slice(0, 6).map(({ other }) => other));
      }
    }
  });
});
