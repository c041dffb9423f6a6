import { availableParallelism } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import { column, memoryTable } from '#nodes/kit/table.ts';
import type { Learner } from '#nodes/kit/kinds.ts';
import { runs } from '#nodes/runs.server.ts';
import { trainers } from '#nodes/trainers.server.ts';
import { createToolbox } from '#server/executor/runtime/toolbox.ts';
import { quiet } from '#test/support/learners.ts';
import { runNode } from '#test/support/run-node.ts';
import { randomNumbers } from '../kernels/random.ts';
import { FitPool } from './fit-pool.server.ts';
import { columnFolds, randomFolds, rowsOfFold } from './folds.server.ts';
import { parzenRound, type Observation } from './tune-model-hyperparameters/parzen.ts';
import { dimensionOf, gridSettings, gridSize, placeOf, randomGridSettings, randomSettings, valueAt } from './tune-model-hyperparameters/search-space.ts';
import { halvingShares, sweepOver, workOf } from './tune-model-hyperparameters/sweeps.server.ts';

const boosted: Learner = {
  learner: 'two-class-boosted-decision-tree',
  task: 'two-class',
  params: { trees: 10, minimumSamples: 5 },
  ranges: { leaves: [2, 16], learningRate: [0.05, 0.5] },
};
const rowCount = 400;
const random = randomNumbers(3);
const x = Float64Array.from({ length: rowCount }, () => random());
const z = Float64Array.from({ length: rowCount }, () => random());
const y = Array.from({ length: rowCount }, (_, row) => (x[row]! + 0.5 * z[row]! + 0.4 * random() > 0.9 ? 'yes' : 'no'));
const schema = { columns: [column('x', 'number'), column('z', 'number'), column('y', 'category', { role: 'label' })], open: false };
const table = memoryTable(
  schema,
  new Map<string, Float64Array | string[]>([
    ['x', x],
    ['z', z],
    ['y', y],
  ]),
);

describe('folds', () => {
  it('are even, and even in each stratum, for any sizes', () => {
    const sizes = fc.record({ folds: fc.integer({ min: 2, max: 10 }), rows: fc.integer({ min: 10, max: 300 }), seed: fc.nat() });
    fc.assert(
      fc.property(sizes, ({ folds, rows, seed }) => {
        const stratifyBy = Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? 'rare' : 'usual'));
        const found = randomFolds(rows, { folds, seed, stratifyBy });
        for (const level of ['rare', 'usual']) {
          const counts = found.names.map((_, fold) => [...rowsOfFold(found, fold, true)].filter((row) => stratifyBy[row] === level).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
        const sums = found.names.map((_, fold) => rowsOfFold(found, fold, true).length);
        expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(1);
        expect(rowsOfFold(found, 0, true).length + rowsOfFold(found, 0, false).length).toBe(rows);
      }),
    );
  });

  it('of a column are sorted; a missing one is refused', () => {
    const folds = columnFolds({ schema: column('fold', 'integer'), values: Float64Array.of(10, 2, 10, 3) });
    expect([[...folds.of], folds.names]).toEqual([
      [2, 0, 2, 1],
      ['2', '3', '10'],
    ]);
    expect(() => columnFolds({ schema: column('fold', 'integer'), values: Float64Array.of(1, NaN) })).toThrow(/no fold for some rows/);
    expect(() => columnFolds({ schema: column('fold', 'category'), values: ['a', 'a'] })).toThrow(/one value only/);
  });
});

describe('search space', () => {
  const schemas = catalog['two-class-boosted-decision-tree'].params.shape;
  const leaves = dimensionOf('leaves', 'Leaves', [2, 8, 32], schemas.leaves);
  const rate = dimensionOf('learningRate', 'Rate', [0.1, 0.2], schemas.learningRate);
  const kind = dimensionOf('kind', 'Kind', ['a', 'b', 'c'], undefined);

  it('tells whole numbers, factors and words apart', () => {
    expect(leaves).toMatchObject({ between: 'logarithmic', whole: true });
    expect(rate).toMatchObject({ between: 'linear', whole: false });
    expect(kind).toMatchObject({ between: 'none' });
    expect([valueAt(leaves, 0), valueAt(leaves, 0.5), valueAt(leaves, 1)]).toEqual([2, 8, 32]);
    for (const dimension of [leaves, rate, kind]) for (const value of dimension.values) expect(valueAt(dimension, placeOf(dimension, value))).toBe(value);
  });

  it('a grid holds every combination once, and a random grid none twice', () => {
    const all = Array.from({ length: gridSize([leaves, rate, kind]) }, (_, place) => JSON.stringify(gridSettings([leaves, rate, kind], place)));
    expect(new Set(all).size).toBe(18);
    const some = randomGridSettings([leaves, rate, kind], 12, 5).map((each) => JSON.stringify(each));
    expect([some.length, new Set(some).size]).toEqual([12, 12]);
    expect(some.every((each) => all.includes(each))).toBe(true);
  });

  it('a random sweep has no setting twice, and ends where there are no more', () => {
    expect(randomSettings([kind], 10, 1).length).toBe(3);
    expect(randomSettings([leaves, rate], 30, 1)).toEqual(randomSettings([leaves, rate], 30, 1));
    expect(new Set(randomSettings([leaves, rate], 30, 1).map((each) => JSON.stringify(each))).size).toBe(30);
  });

  it('successive halving drops the worse two thirds and ends with all rows', async () => {
    const options = { sweep: 'halving', runs: 27, seed: 1, rowCount: 100_000 } as const;
    expect(halvingShares(options)).toEqual([1 / 9, 1 / 3, 1].map((share) => expect.closeTo(share, 10)));
    expect(halvingShares({ runs: 27, rowCount: 500 })).toEqual([1]);
    const calls: { count: number; share: number | undefined }[] = [];
    let last: number[] = [];
    await sweepOver([rate], options, async (settings, share) => {
      calls.push({ count: settings.length, share });
      last = settings.map((each) => each.learningRate as number);
      return last;
    });
    expect(calls.map(({ count }) => count)).toEqual([27, 9, 3]);
    expect(Math.max(...last)).toBeLessThan(0.13);
    expect(workOf([rate], options)).toBeCloseTo(27 / 9 + 9 / 3 + 3, 10);
  });

  it('the Parzen estimator finds a better minimum than chance with as many settings, over many seeds', () => {
    const a = dimensionOf('a', 'A', [0, 0.123], undefined);
    const b = dimensionOf('b', 'B', [0.001, 10], undefined);
    const loss = (settings: Readonly<Record<string, unknown>>) => ((settings.a as number) - 0.05) ** 2 * 100 + (Math.log10(settings.b as number) + 1) ** 2 / 10;
    let wins = 0;
    for (let seed = 0; seed < 30; seed += 1) {
      const draw = randomNumbers(seed);
      const observations: Observation[] = randomSettings([a, b], 8, seed).map((settings) => ({ settings, loss: loss(settings) }));
      const tried = new Set<string>();
      while (observations.length < 40)
        observations.push(...parzenRound([a, b], observations, 4, tried, draw).map((settings) => ({ settings, loss: loss(settings) })));
      const chance = Math.min(...randomSettings([a, b], 40, seed).map(loss));
      if (Math.min(...observations.map((each) => each.loss)) < chance) wins += 1;
    }
    expect(wins).toBeGreaterThan(20);
  });
});

describe('training side by side', () => {
  it.each([
    ['tune-model-hyperparameters', { runs: 6, folds: 3, sweep: 'bayesian' }],
    ['cross-validate-model', { folds: 4 }],
  ] as const)('%s gives the same bytes on any number of threads', async (type, params) => {
    const inputs = { learner: boosted, data: table };
    const one = await runNode(catalog[type], inputs, params, { threads: 1 });
    const several = await runNode(catalog[type], inputs, params, { threads: 3 });
    for (const port of Object.keys(one.artifacts)) expect(several.artifacts[port]!.hash, port).toBe(one.artifacts[port]!.hash);
  });

  it('a sweep finds what is best on the validation rows, and a network is trained in a thread, too', async () => {
    const network: Learner = {
      learner: 'two-class-neural-network',
      task: 'two-class',
      params: catalog['two-class-neural-network'].params.parse({}) as Record<string, unknown>,
      ranges: { learningRate: [1e-9, 0.05] },
    };
    const { outputs } = await runNode(
      catalog['tune-model-hyperparameters'],
      { learner: network, data: table, validation: table },
      { sweep: 'grid', twoClassMetric: 'logLoss' },
      { threads: 2 },
    );
    expect(outputs.report.trials.map((trial: { failure?: string }) => trial.failure)).toEqual([undefined, undefined]);
    expect(outputs.report).toMatchObject({ best: 2, metric: 'logLoss', higherIsBetter: false });
  });

  it('an abort ends all threads at once, and what waits is told why', async () => {
    const controller = new AbortController();
    const { default: trainer } = await trainers[boosted.learner]!();
    const features = [
      { schema: schema.columns[0]!, values: x },
      { schema: schema.columns[1]!, values: z },
    ];
    const data = { features, label: { schema: schema.columns[2]!, values: y }, rowCount };
    const pool = new FitPool(trainer, { data }, { signal: controller.signal, threads: Math.max(2, availableParallelism()) });
    const long = { ...boosted.params, trees: 10_000, leaves: 64, learningRate: 0.01 };
    let told = 0;
    const under = Array.from({ length: 6 }, () =>
      pool.fit({ params: long }, () => {
        told += 1;
        controller.abort(new Error('enough'));
      }),
    );
    const settled = await Promise.allSettled(under);
    expect(told).toBeGreaterThan(0);
    expect(settled.map((each) => (each.status === 'rejected' ? String(each.reason) : each.status))).toEqual(new Array(6).fill('Error: enough'));
    await pool.close();
  });

  it.each(['cross-validate-model', 'tune-model-hyperparameters'] as const)('%s says why a class of one row cannot be judged by folds', async (type) => {
    const seldom = memoryTable(schema, new Map<string, Float64Array | string[]>([['x', x], ['z', z], ['y', y.map((_, row) => (row === 7 ? 'yes' : 'no'))]])); // prettier-ignore
    const trained = runNode(catalog[type], { learner: boosted, data: seldom }, { label: 'y', folds: 3 });
    await expect(trained).rejects.toThrow(/Fold \d: all rows of the other folds have the same “y”.*Use fewer folds, stratified ones, or more rows/);
  });

  it.each([1, 2])('cross validation ends with its first failing fold, which it names, and trains no others: %i threads', async (threads) => {
    const seldom = memoryTable(
      { ...schema, columns: [...schema.columns, column('fold', 'category')] },
      new Map<string, Float64Array | string[]>([
        ['x', x],
        ['z', z],
        ['y', y.map((_, row) => (row % 10 === 0 && row % 20 === 0 ? 'yes' : 'no'))],
        ['fold', y.map((_, row) => 'abcdefghij'[row % 10]!)],
      ]),
    );
    const learner = { ...boosted, params: { ...boosted.params, trees: 10_000, leaves: 64, learningRate: 0.001 } };
    const told: string[] = [];
    const { default: run } = await runs['cross-validate-model']!();
    const context = {
      ...quiet(undefined, threads),
      trainer: (type: string) => createToolbox().trainer(type),
      progress: (_fraction: number, message: string) => told.push(message),
    };
    const params = catalog['cross-validate-model'].params.parse({ label: 'y', foldColumn: 'fold' });
    await expect(run({ learner, data: seldom }, params as never, context as never)).rejects.toThrow(/^Fold a: all rows of the other folds/);
    // The others take seconds each.
    expect(told).not.toContain('9 of 10 folds');
  });

  it('a failure of a training keeps its code, and the pool goes on', async () => {
    const toolbox = createToolbox();
    const trainer = await toolbox.trainer(boosted.learner);
    const data = { features: [{ schema: schema.columns[0]!, values: x }], label: { schema: schema.columns[2]!, values: y }, rowCount };
    const pool = new FitPool(trainer, { data }, { signal: new AbortController().signal, threads: 2 });
    const alike = Uint32Array.from(y.flatMap((value, row) => (value === 'no' ? [row] : [])));
    await expect(pool.fit({ params: boosted.params, rows: alike })).rejects.toMatchObject({ code: 'label_one_class' });
    expect((await pool.fit({ params: boosted.params })).model.signature.task).toBe('two-class');
    await pool.close();
  });
});
