import { describe, expect, it } from 'vitest';
import { binMatrix, binsOf } from './binning.server.ts';
import { trainBoostedTrees } from './boosted-trees.server.ts';
import { predictScores, sigmoid, type TreeData, type TreeOptions } from './boosted-trees.ts';
import { Crew } from './crew.server.ts';
import { binPlainly, trainBoostedTreesPlainly } from './boosted-trees.twin.ts';
import { randomNumbers } from './random.ts';

const context = { signal: new AbortController().signal };

/** Continuous, tied, binary and constant columns, some with missing values; the target depends on all but the last. */
function makeData(rowCount: number, featureCount: number, seed: number, loss: TreeOptions['loss'], weighted = false): TreeData {
  const random = randomNumbers(seed);
  const columns = Array.from({ length: featureCount }, (_, feature) =>
    Float32Array.from({ length: rowCount }, () => {
      if (feature % 3 === 0 && random() < 0.15) return NaN;
      if (feature % 5 === 4) return random() < 0.1 ? NaN : Math.floor(random() * 12);
      if (feature % 4 === 3) return Number(random() < 0.3);
      return feature % 2 === 0 ? random() * 10 - 5 : Math.floor(random() * 12);
    }),
  );
  const targets = Float64Array.from({ length: rowCount }, (_, row) => {
    const signal = columns.slice(0, -1).reduce((sum, column, index) => sum + (Number.isNaN(column[row]!) ? 2 : Math.sin(column[row]! * (index + 1))), 0);
    const noisy = signal + random() * 2 - 1;
    if (loss === 'logistic') return Number(noisy > 0.5);
    if (loss === 'softmax') return noisy > 1 ? 2 : Number(noisy > -0.5);
    return loss === 'poisson' ? Math.max(0, Math.round(noisy * 2)) : noisy * 100;
  });
  const sources = columns.map((values, index) => (index % 5 === 4 ? { values, levels: 12 } : { values }));
  return { columns: sources, targets, weights: weighted ? Float64Array.from(targets, () => random() * 3) : undefined };
}

const LOSSES = ['logistic', 'squared', 'absolute', 'quantile', 'poisson', 'softmax'] as const;
const OPTIONS = { trees: 12, leaves: 9, minimumSamples: 4, learningRate: 0.2, seed: 0 } as const;

const plainColumns = (data: TreeData) => data.columns.map(({ values }) => values);

describe('binning', () => {
  it.each([
    ['few distinct values', Float32Array.of(3, 1, 2, 2, NaN, 1, -0, 0), 255],
    ['neighbouring floats', Float32Array.of(1, 1 + 2 ** -23, 1 + 2 ** -22, -1, -1 - 2 ** -23), 255],
    ['infinities', Float32Array.of(Infinity, -Infinity, 0, 1, NaN), 255],
    ['all missing', Float32Array.of(NaN, NaN), 255],
    ['more values than bins', Float32Array.from({ length: 5_000 }, (_, index) => Math.fround(Math.sin(index) * 1e6)), 255],
    ['heavy values among many', Float32Array.from({ length: 5_000 }, (_, index) => (index % 3 === 0 ? 7 : index % 977)), 16],
  ])('agrees with the plain twin: %s', async (_, values, maximumBins) => {
    const options = { rowCount: values.length, trainedCount: values.length, maximumBins, seed: 0 };
    const matrix = await binMatrix([{ values: new Float32Array(values.length) }, { values }], options, new Crew(1), async () => {});
    const ours = matrix.columns[1]!;
    const plain = binPlainly(values, maximumBins);
    expect([...ours.edges]).toEqual(plain.edges);
    expect([...binsOf(matrix, 1)]).toEqual([...plain.bins]);
    expect(ours.binCount).toBeLessThanOrEqual(maximumBins);
  });
});

describe('boosted trees', () => {
  it.each(LOSSES)('grow the same trees as the plain twin: %s', async (loss) => {
    for (const [rows, features, weighted] of [
      [301, 5, false],
      [500, 4, true],
      [64, 9, false],
    ] as const) {
      const data = makeData(rows, features, rows, loss, weighted);
      const options = { ...OPTIONS, loss, quantile: 0.8, classes: loss === 'softmax' ? 3 : 1 };
      const ours = await trainBoostedTrees(data, options, context);
      const plain = trainBoostedTreesPlainly(data, options);
      expect(ours.trees.length).toBe(12 * options.classes);
      expect(ours.trees).toEqual(plain.trees);
      expect(ours.starts).toEqual(plain.starts);
      if (rows > 300 && features >= 5) expect(ours.trees.some((tree) => tree.sets.size > 0)).toBe(true);
    }
  });

  it('grow the same trees with L2, few bins and large leaves', async () => {
    const data = makeData(400, 6, 3, 'logistic');
    const options = { ...OPTIONS, loss: 'logistic', l2: 2.5, maximumBins: 8, minimumSamples: 40, minimumWeight: 5, maximumDepth: 3 } as const;
    const ours = await trainBoostedTrees(data, options, context);
    expect(ours.trees).toEqual(trainBoostedTreesPlainly(data, options).trees);
    expect(ours.trees[0]!.rows.every((count) => count >= 40)).toBe(true);
  });

  it.each(LOSSES)('are the same on any number of threads: %s', async (loss) => {
    const odd = [60_001, 9] as const;
    const even = [40_000, 14] as const;
    for (const [rows, features] of loss === 'logistic' ? [odd, even] : [even]) {
      const data = makeData(rows, features, 17, loss, features === 14);
      const options = { ...OPTIONS, loss, trees: 2, leaves: 31, classes: loss === 'softmax' ? 3 : 1, rowShare: 0.7, columnShare: 0.8 };
      const one = await trainBoostedTrees(data, options, { ...context, threads: 1 });
      for (const threads of [2, 3]) expect(await trainBoostedTrees(data, options, { ...context, threads })).toEqual(one);
    }
  });

  it('are the same where histograms do not fit and both children are built', async () => {
    const data = makeData(3_000, 5, 23, 'squared');
    const options = { ...OPTIONS, loss: 'squared', leaves: 40 } as const;
    expect(await trainBoostedTrees(data, { ...options, histogramBytes: 1 }, context)).toEqual(await trainBoostedTrees(data, options, context));
  });

  it('report the log loss that their own predictions have', async () => {
    for (const weighted of [false, true]) {
      const data = makeData(1_001, 5, 5, 'logistic', weighted);
      const ours = await trainBoostedTrees(data, { ...OPTIONS, loss: 'logistic' }, context);
      const [scores] = predictScores(ours, plainColumns(data), 1_001);
      const weights = data.weights ?? new Float64Array(1_001).fill(1);
      let loss = 0;
      scores!.forEach((score, row) => (loss -= weights[row]! * Math.log(data.targets[row] === 1 ? sigmoid(score) : 1 - sigmoid(score))));
      expect(ours.history.at(-1)).toBeCloseTo(loss / weights.reduce((sum, each) => sum + each, 0), 10);
      expect(ours.history.at(-1)).toBeLessThan(ours.history[0]!);
    }
  });

  it('send missing values to the side that gains', async () => {
    const x = Float32Array.from({ length: 90 }, (_, row) => (row < 30 ? NaN : row < 60 ? 1 : 2));
    const targets = Float64Array.from({ length: 90 }, (_, row) => Number(row < 60 && row >= 30));
    const { trees } = await trainBoostedTrees({ columns: [{ values: x }], targets }, { ...OPTIONS, loss: 'logistic', trees: 1, leaves: 2 }, context);
    expect(trees[0]!.missingLeft[0]).toBe(0);
    expect([...trees[0]!.rows]).toEqual([90, 30, 60]);
  });

  it('split present from missing values where nothing else tells', async () => {
    const x = Float32Array.from({ length: 60 }, (_, row) => (row < 30 ? NaN : 5));
    const targets = Float64Array.from({ length: 60 }, (_, row) => Number(row < 30));
    const ensemble = await trainBoostedTrees({ columns: [{ values: x }], targets }, { ...OPTIONS, loss: 'logistic' }, context);
    expect(ensemble.trees[0]!.threshold[0]).toBe(Infinity);
    const scores = predictScores(ensemble, [x], 60)[0]!;
    expect(scores[0]).toBeGreaterThan(1);
    expect(scores[59]).toBeLessThan(-1);
  });

  it('stop early when the validation loss no longer falls, and keep the best trees', async () => {
    const [data, validation] = [makeData(600, 6, 41, 'logistic'), makeData(401, 6, 42, 'logistic')];
    const options = { ...OPTIONS, loss: 'logistic', trees: 400, patience: 5 } as const;
    const ours = await trainBoostedTrees({ ...data, validation }, options, context);
    const history = ours.validationHistory!;
    expect(ours.trees.length).toBeLessThan(400);
    expect(history.length).toBe(ours.trees.length + 5);
    expect(history[ours.trees.length - 1]).toBe(Math.min(...history));
    const alone = await trainBoostedTrees(data, { ...options, trees: ours.trees.length }, context);
    expect(ours.trees.map(({ feature, value }) => ({ feature, value }))).toEqual(alone.trees.map(({ feature, value }) => ({ feature, value })));
    let loss = 0;
    predictScores(ours, plainColumns(validation), 401)[0]!.forEach((score, row) => (loss -= Math.log(sigmoid(validation.targets[row] === 1 ? score : -score))));
    expect(history[ours.trees.length - 1]).toBeCloseTo(loss / 401, 9);
  });

  it('see a share of the rows and columns in each tree', async () => {
    const data = makeData(4_000, 9, 43, 'squared');
    const { trees } = await trainBoostedTrees(data, { ...OPTIONS, loss: 'squared', rowShare: 0.5, columnShare: 0.34 }, context);
    for (const tree of trees) {
      expect(Math.abs(tree.rows[0]! - 2_000)).toBeLessThan(200);
      expect(new Set(tree.feature.filter((each) => each >= 0)).size).toBeLessThanOrEqual(3);
    }
    expect(new Set(trees.map((tree) => tree.rows[0])).size).toBeGreaterThan(5);
  });

  it('end where no split is allowed', async () => {
    const data: TreeData = { columns: [{ values: new Float32Array(30).fill(4) }], targets: Float64Array.from({ length: 30 }, (_, row) => row % 2) };
    expect((await trainBoostedTrees(data, { ...OPTIONS, loss: 'logistic' }, context)).trees).toEqual([]);
  });

  it('stop soon after an abort', async () => {
    const data = makeData(20_000, 8, 1, 'logistic');
    const controller = new AbortController();
    let grown = 0;
    const training = trainBoostedTrees(
      data,
      { ...OPTIONS, loss: 'logistic', trees: 5_000 },
      {
        signal: controller.signal,
        round: (done) => {
          grown = done;
          if (done === 3) controller.abort(new Error('enough'));
        },
      },
    );
    await expect(training).rejects.toThrow('enough');
    expect(grown).toBe(3);
  });
});
