import { describe, expect, it } from 'vitest';
import { trainForest } from './forest.server.ts';
import type { ForestData, ForestOptions } from './forest.ts';
import { trainForestPlainly } from './forest.twin.ts';
import { randomNumbers } from './random.ts';

const context = { signal: new AbortController().signal };
const OPTIONS = { trees: 4, seed: 3, minimumSamples: 2, maximumDepth: 0, columnsTried: 3, sampling: 'bootstrap' } as const satisfies ForestOptions;

/** Continuous, tied and binary columns, some with missing values. `kind`: 2 or 3 classes, or numbers. */
function makeData(rowCount: number, featureCount: number, seed: number, kind: 2 | 3 | 'numbers', weighted = false): ForestData {
  const random = randomNumbers(seed);
  const columns = Array.from({ length: featureCount }, (_, feature) =>
    Float32Array.from({ length: rowCount }, () => {
      if (feature % 3 === 0 && random() < 0.15) return NaN;
      if (feature % 4 === 3) return Number(random() < 0.3);
      return feature % 2 === 0 ? random() * 10 - 5 : Math.floor(random() * 12);
    }),
  );
  const scores = Array.from({ length: rowCount }, (_, row) =>
    columns.reduce((sum, column, index) => sum + Math.sin((column[row]! || 2) * (index + 1)), random()),
  );
  const place = (score: number) => (score > 1 ? 2 : score > -0.5 ? 1 : 0);
  const targets = Float64Array.from(scores, (score) => (kind === 'numbers' ? 1_000 + score * 10 : kind === 2 ? Number(score > 0.5) : place(score)));
  return {
    columns: columns.map((values) => ({ values })),
    targets,
    groups: kind === 3 ? Uint16Array.from(targets) : undefined,
    weights: weighted ? Float64Array.from(targets, () => 0.1 + random() * 3) : undefined,
  };
}

describe('forests', () => {
  it.each([
    ['two classes', 2, {}],
    ['numbers, all rows', 'numbers', { sampling: 'all' }],
    ['numbers, few leaves, a share of rows', 'numbers', { maximumLeaves: 9, sampling: 'share', rowShare: 0.6 }],
    ['two classes, cuts at random', 2, { randomCuts: true, maximumDepth: 6 }],
    ['numbers, few bins', 'numbers', { maximumBins: 6, minimumSamples: 11, columnsTried: 6 }],
  ] as const)('grow the same trees as the plain twin: %s', async (_, kind, more) => {
    for (const weighted of [false, true]) {
      const data = makeData(700, 7, 5, kind, weighted);
      const options: ForestOptions = { ...OPTIONS, ...more };
      expect((await trainForest(data, options, context)).trees).toEqual(trainForestPlainly(data, options));
    }
  });

  it.each([{}, { randomCuts: true }])('tell several classes apart as the plain twin: %o', async (more) => {
    const data = makeData(500, 6, 6, 3, true);
    const options: ForestOptions = { ...OPTIONS, ...more, classes: 3, groupCount: 3, maximumDepth: 5 };
    const { trees } = await trainForest(data, options, context);
    const plain = trainForestPlainly(data, options);
    trees.forEach((tree, index) => {
      const other = plain[index]!;
      expect([tree.feature, tree.threshold, tree.left, tree.missingLeft, tree.rows]).toEqual([
        other.feature,
        other.threshold,
        other.left,
        other.missingLeft,
        other.rows,
      ]);
      tree.gain.forEach((gain, node) => expect(gain).toBeCloseTo(other.gain[node]!, 6));
      const leaves = tree.feature.filter((each) => each < 0).length;
      expect(tree.leafSums!.length).toBe(leaves * 3);
      expect(tree.leafSums!.every((each) => each >= 0)).toBe(true);
    });
  });

  it.each([2, 3, 'numbers'] as const)('are the same on any number of threads: %s', async (kind) => {
    const data = makeData(30_000, 8, 7, kind);
    const options: ForestOptions = { ...OPTIONS, trees: 5, ...(kind === 3 ? { classes: 3, groupCount: 3 } : {}) };
    const one = await trainForest(data, options, { ...context, threads: 1 });
    for (const threads of [2, 3]) expect(await trainForest(data, options, { ...context, threads })).toEqual(one);
  });

  it('tell how far the trees under way have come', async () => {
    const told: { done: number; partly: number }[] = [];
    const data = makeData(300_000, 8, 5, 'numbers');
    await trainForest(
      data,
      { ...OPTIONS, trees: 2, minimumSamples: 1, columnsTried: 8 },
      { ...context, threads: 2, tree: (done, partly) => told.push({ done, partly }) },
    );
    const sums = told.map(({ done, partly }) => done + partly);
    expect(sums).toEqual(sums.toSorted((a, b) => a - b));
    expect(sums.at(-1)).toBe(2);
    expect(told.filter(({ done, partly }) => done === 0 && partly > 0 && partly < 2)).not.toEqual([]);
  });

  it('stop soon after an abort', async () => {
    const data = makeData(60_000, 8, 8, 2);
    const controller = new AbortController();
    let grown = 0;
    const tree = (done: number) => {
      grown = done;
      if (done === 2) controller.abort(new Error('enough'));
    };
    await expect(trainForest(data, { ...OPTIONS, trees: 1_000 }, { signal: controller.signal, threads: 2, tree })).rejects.toThrow('enough');
    expect(grown).toBeLessThan(10);
  });
});
