import { describe, expect, it } from 'vitest';
import type { FeatureData, TrainingData } from '../../kit/context.ts';
import type { Model } from '../../kit/kinds.ts';
import { readSummary } from '../../kit/onnx/metadata.ts';
import { probabilityColumn, quantileColumn, SCORED_LABELS, SCORED_PROBABILITIES } from '../../kit/signature.ts';
import { isTextual } from '../../kit/table.ts';
import { trainBoostedTrees } from '../../kernels/boosted-trees.server.ts';
import { leafOf, predictScores, sigmoid, type Loss } from '../../kernels/boosted-trees.ts';
import { trainForest } from '../../kernels/forest.server.ts';
import { isolationTree, meanDepth } from '../../kernels/isolation-forest.ts';
import { randomNumbers, sampleOf } from '../../kernels/random.ts';
import { unsupervisedTrainers } from '../../trainers.server.ts';
import { prepareFeatures, type Features } from '../features.server.ts';
import { classesOf } from '../labels.server.ts';
import { apply, fit, labels, madeData, madeRows, numbers, quiet, sample, words } from '#test/support/learners.ts';
import { treeColumns, treeFeatures } from './features.server.ts';
import { groupShares } from './forest.server.ts';

type Task = keyof typeof labels;

/** Rows of a kind to learn from, and 1,000 others to score: strange cities, more gaps. */
/** Made once: all tests of the shape look at the same columns. */
const wides = new Map<number, FeatureData['features']>();
const shapes: Record<string, (task: Task) => { train: TrainingData; test: FeatureData }> = {
  'mixed columns': (task) => ({ train: madeData(task, 2_000, 1), test: madeRows(1_000, 99, true) }),
  'one column': (task) => {
    const [train, test] = [madeData(task, 600, 2), madeRows(1_000, 98)];
    const only = (features: FeatureData['features']) => features.filter(({ schema }) => schema.name === 'amount');
    return { train: { ...train, features: only(train.features) }, test: { ...test, features: only(test.features) } };
  },
  '1,000 columns, some constant': (task) => {
    const makeWide = (data: { readonly total: readonly number[]; readonly rowCount: number }, seed: number) => {
      const random = randomNumbers(seed);
      const signal = Float64Array.from(data.total, (each) => each + random());
      return Array.from({ length: 1_000 }, (_, index) =>
        numbers(
          `x${index}`,
          Array.from({ length: data.rowCount }, (_none, row) => (index % 10 === 9 ? 7 : index === 500 ? signal[row]! : Math.floor(random() * 50) / 10)),
        ),
      );
    };
    const [train, test] = [madeRows(300, 3), madeRows(1_000, 97)];
    const wide = (data: Parameters<typeof makeWide>[0], seed: number) => {
      const made = wides.get(seed) ?? makeWide(data, seed);
      wides.set(seed, made);
      return made;
    };
    return {
      train: { features: wide(train, 5), label: labels[task](train.total), rowCount: 300 },
      test: { features: wide(test, 6), rowCount: 1_000 },
    };
  },
};

/** The matrix of other rows by the rules that people read in the help, written without the graph. */
const matrixOf = (features: Features, { features: columns }: FeatureData): Float32Array[] => {
  const byName = new Map(columns.map((each) => [each.schema.name, each]));
  return features.columns.map(({ feature, level, levels }) => {
    const { schema, values } = byName.get(feature)!;
    if (!isTextual(schema.type)) return Float32Array.from(values as Float64Array);
    if (level !== undefined) return Float32Array.from(values as readonly string[], (each) => Number(each === level));
    return Float32Array.from(values as readonly string[], (each) => (levels!.includes(each) ? levels!.indexOf(each) : NaN));
  });
};

const near = (found: ArrayLike<number>, own: ArrayLike<number>): void => {
  expect(found.length).toBe(own.length);
  for (let row = 0; row < own.length; row += 1)
    expect(Math.abs(found[row]! - own[row]!), `row ${row}`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(own[row]!)));
};

/** Labels and probabilities by class agree, but for rows where two classes are as likely. */
async function expectClasses(model: Model, test: FeatureData, own: readonly Float64Array[]): Promise<void> {
  const scored = await apply(model, test);
  const levels = model.signature.label!.levels!;
  if (levels.length === 2) near(scored.get(SCORED_PROBABILITIES) as Float64Array, own[1]!);
  else levels.forEach((level, index) => near(scored.get(probabilityColumn(level)) as Float64Array, own[index]!));
  (scored.get(SCORED_LABELS) as readonly string[]).forEach((label, row) => {
    const sorted = own.map((each) => each[row]!).sort((a, b) => b - a);
    if (sorted[0]! - sorted[1]! > 1e-5) expect(label).toBe(levels[own.findIndex((each) => each[row] === sorted[0])]);
  });
}

const BOOSTED = { l2: 0, trees: 12, leaves: 12, learningRate: 0.2, minimumSamples: 5 };
const FOREST = { trees: 10, maximumDepth: 8, minimumSamples: 2, columns: 'all' };

describe.each(Object.keys(shapes))('own predictions are what ONNX Runtime gives: %s', (shape) => {
  it.each(['two-class', 'multiclass'] as const)('boosted trees, %s', async (task) => {
    const { train, test } = shapes[shape]!(task);
    const [features, classes] = [treeFeatures(train), classesOf(train.label)];
    const loss = task === 'two-class' ? 'logistic' : 'softmax';
    const options = { ...BOOSTED, loss, classes: task === 'two-class' ? 1 : classes.levels.length, seed: task === 'two-class' ? 0 : 42 } as const;
    const ensemble = await trainBoostedTrees({ columns: treeColumns(features), targets: Float64Array.from(classes.targets) }, options, quiet());
    const scores = predictScores(ensemble, matrixOf(features, test), test.rowCount);
    const exponentials = scores.map((each) => each.map((score) => Math.exp(score)));
    const own =
      task === 'two-class'
        ? [scores[0]!.map((score) => sigmoid(-score)), scores[0]!.map(sigmoid)]
        : exponentials.map((each) => each.map((value, row) => value / exponentials.reduce((sum, other) => sum + other[row]!, 0)));
    await expectClasses(await fit(`${task}-boosted-decision-tree`, train, BOOSTED), test, own);
  });

  it.each(['squared', 'absolute', 'poisson', 'quantile'] as const)('boosted tree regression, %s loss', async (loss: Loss) => {
    const { train, test } = shapes[shape]!('regression');
    const features = treeFeatures(train);
    const targets = train.label.values as Float64Array;
    const options = { ...BOOSTED, loss, seed: 0, quantile: 0.8 };
    const ensemble = await trainBoostedTrees({ columns: treeColumns(features), targets }, options, quiet());
    const own = predictScores(ensemble, matrixOf(features, test), test.rowCount)[0]!;
    const model = await fit('boosted-decision-tree-regression', train, { ...BOOSTED, loss, quantile: 0.8 });
    near((await apply(model, test)).get(SCORED_LABELS) as Float64Array, loss === 'poisson' ? own.map(Math.exp) : own);
  });

  it.each(['decision-forest', 'extremely-randomised-trees'])('%s for classes and numbers', async (kind) => {
    const randomCuts = kind !== 'decision-forest';
    for (const task of ['two-class', 'multiclass', 'regression'] as const) {
      const { train, test } = shapes[shape]!(task);
      const features = prepareFeatures(train, { missing: 'keep', scaling: 'none' });
      const classes = task === 'regression' ? null : classesOf(train.label);
      const count = task === 'multiclass' ? classes!.levels.length : 0;
      const targets = classes ? Float64Array.from(classes.targets) : (train.label.values as Float64Array);
      const { trees } = await trainForest(
        { columns: treeColumns(features), targets, groups: count > 0 ? Uint16Array.from(targets) : undefined },
        {
          ...FOREST,
          seed: 0,
          columnsTried: features.columns.length,
          randomCuts,
          sampling: randomCuts ? 'all' : 'bootstrap',
          classes: count,
          groupCount: count,
          maximumBins: randomCuts ? undefined : 129,
        },
        quiet(),
      );
      const matrix = matrixOf(features, test);
      const plain = trees.map((tree) => ({ ...tree, sets: new Map<number, readonly number[]>() }));
      const shares = count > 0 ? trees.map((tree) => groupShares(tree, count)) : [];
      const mean = (pick: (tree: number, node: number) => number) =>
        Float64Array.from({ length: test.rowCount }, (_, row) => {
          const sum = plain.reduce(
            (total, tree, index) =>
              total +
              pick(
                index,
                leafOf(tree, (column) => matrix[column]![row]!),
              ),
            0,
          );
          return sum / trees.length;
        });
      const model = await fit(task === 'regression' ? `${kind}-regression` : `${task}-${kind}`, train, FOREST);
      const value = mean((tree, node) => trees[tree]!.value[node]!);
      if (task === 'regression') near((await apply(model, test)).get(SCORED_LABELS) as Float64Array, value);
      else if (task === 'two-class') await expectClasses(model, test, [value.map((each) => 1 - each), value]);
      else await expectClasses(model, test, classes!.levels.map((_, level) => mean((tree, node) => shares[tree]![node * count + level]!))); // prettier-ignore
    }
  });

  it('isolation forest', async () => {
    const { train, test } = shapes[shape]!('regression');
    const features = prepareFeatures(train, { missing: 'keep', scaling: 'none' });
    const columns = features.columns.map((_, index) => features.values(index));
    const random = randomNumbers(0);
    const trees = Array.from({ length: 20 }, () => {
      const seed = Math.floor(random() * 2 ** 31);
      return isolationTree(columns, sampleOf(train.rowCount, 64, seed), seed);
    });
    const matrix = matrixOf(features, test);
    const own = Float64Array.from({ length: test.rowCount }, (_, row) => {
      const depths = trees.map((tree) => tree.value[leafOf({ ...tree, sets: new Map() }, (column) => matrix[column]![row]!)]!);
      return 2 ** -(depths.reduce((sum, each) => sum + each, 0) / trees.length / meanDepth(64));
    });
    const trainer = (await unsupervisedTrainers['isolation-forest']!()).default;
    const scored = await apply(await trainer.fit(train, { trees: 20, samples: 64, share: 0 }, quiet()), test);
    near(scored.get(SCORED_PROBABILITIES) as Float64Array, own);
    own.forEach((score, row) => Math.abs(score - 0.5) > 1e-5 && expect(scored.get(SCORED_LABELS)![row]).toBe(Number(score >= 0.5)));
  });
});

it('many classes with some wrong labels are learnt with the usual settings, and the loss falls to the end', async () => {
  const random = randomNumbers(5);
  const classes = Array.from({ length: 26 }, () => Array.from({ length: 16 }, () => Math.floor(random() * 12)));
  const rowCount = 6_000;
  const which = Array.from({ length: rowCount }, () => Math.floor(random() * 26));
  const column = (at: number) => which.map((each) => classes[each]![at]! + Math.floor(random() * 9));
  const data = {
    rowCount,
    features: Array.from({ length: 16 }, (_, at) => numbers(`x${at}`, column(at))),
    label: words(
      'letter',
      which.map((each) => String.fromCodePoint(97 + (random() < 0.05 ? Math.floor(random() * 26) : each))),
    ),
  };
  const losses = (await fit('multiclass-boosted-decision-tree', data, { trees: 30 })).summary.history;
  expect(losses.length).toBe(30);
  losses.slice(1).forEach((loss, at) => expect(loss, `round ${at + 2}`).toBeLessThan(losses[at]!));
  const message = expect.stringMatching(/at tree \d+\. Choose a larger L2 regularization weight/) as string;
  await expect(fit('multiclass-boosted-decision-tree', data, { trees: 30, l2: 0 })).rejects.toMatchObject({ code: 'values_not_finite', message });
});

describe('tree learners', () => {
  it('predict quantiles that rise, and that hold their share of rows', async () => {
    const { train, test } = sample('diamonds', 'price');
    const model = await fit('fast-forest-quantile-regression', train, { quantiles: [0.9, 0.1, 0.5], leaves: 60, trees: 40 });
    const scored = await apply(model, test);
    const [low, middle, high] = [0.1, 0.5, 0.9].map((each) => scored.get(quantileColumn(each)) as Float64Array);
    expect(scored.get(SCORED_LABELS)).toEqual(middle);
    const truth = test.label.values as Float64Array;
    const within = truth.filter((value, row) => value >= low![row]! && value <= high![row]!).length / truth.length;
    expect(middle!.every((value, row) => value >= low![row]! && value <= high![row]!)).toBe(true);
    expect(within).toBeGreaterThan(0.75);
    expect(within).toBeLessThan(0.95);
  });

  it('stop early on validation rows, also such with classes that training has not seen', async () => {
    const data = madeData('multiclass', 900, 11);
    const other = madeData('multiclass', 500, 12);
    const strange = { ...other.label, values: (other.label.values as string[]).map((each, row) => (row % 50 === 0 ? 'new' : each)) };
    const model = await fit('multiclass-boosted-decision-tree', { ...data, validation: { ...other, label: strange } }, { trees: 300, patience: 4 });
    const history = model.summary.validationHistory!;
    expect(history.length).toBeLessThan(300);
    expect(model.summary.notes.join(' ')).toContain(`first ${history.indexOf(Math.min(...history)) + 1} of ${history.length} trees`);
  });

  it('are drawn with their first three trees', async () => {
    const data = madeData('multiclass', 900, 13);
    for (const learner of ['multiclass-boosted-decision-tree', 'multiclass-decision-forest']) {
      const trees = readSummary((await fit(learner, data, { trees: 5 })).onnx)!.trees!;
      expect(trees.length).toBe(3);
      for (const { nodes, className } of trees) {
        expect(['a', 'b', 'c']).toContain(className);
        expect(nodes.length).toBeLessThanOrEqual(63);
        expect(nodes[0]!.feature).toBeDefined();
        for (const { left, right, rows } of nodes) if (left !== undefined) expect(nodes[left]!.rows + nodes[right!]!.rows).toBe(rows);
      }
    }
  });

  it('refuse negative counts', async () => {
    const data = madeData('regression', 50, 14);
    const label = numbers('outcome', [-1, ...(data.label.values as Float64Array).subarray(1)]);
    await expect(fit('boosted-decision-tree-regression', { ...data, label }, { loss: 'poisson' })).rejects.toMatchObject({ code: 'label_negative' });
  });
});
