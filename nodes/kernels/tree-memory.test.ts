import { expect, it } from 'vitest';
import { trainBoostedTrees } from './boosted-trees.server.ts';
import { trainForest } from './forest.server.ts';

const context = { signal: new AbortController().signal };
const ROWS = 10_000_000;
/** A table of 40 GB that takes none: its columns are one and the same, and nobody has written to it yet. */
const values = new Float32Array(ROWS);
const data = { columns: Array.from({ length: 1_000 }, () => ({ values })), targets: new Float64Array(ROWS) };
const refused = {
  name: 'NodeError',
  code: 'memory_exhausted',
  message: expect.stringMatching(/10,000,000 rows × 1,000 columns needs \d+\.\d GB.*Use fewer rows/),
};

it('a forest that would not fit is refused by an estimate, before it takes memory', async () => {
  const before = process.memoryUsage().rss;
  const options = { trees: 4, seed: 3, minimumSamples: 2, maximumDepth: 0, columnsTried: 3, sampling: 'bootstrap' } as const;
  await expect(trainForest(data, options, context)).rejects.toMatchObject(refused);
  expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20);
});

it('boosted trees that would not fit are refused by an estimate, before they take memory', async () => {
  const before = process.memoryUsage().rss;
  const options = { loss: 'squared', trees: 4, leaves: 31, minimumSamples: 2, learningRate: 0.1, seed: 3 } as const;
  await expect(trainBoostedTrees(data, options, context)).rejects.toMatchObject(refused);
  expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20);
});
