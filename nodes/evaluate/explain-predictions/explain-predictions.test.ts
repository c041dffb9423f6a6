import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../kernels/random.ts';
import type { FeatureData } from '../../kit/context.ts';
import type { Model } from '../../kit/kinds.ts';
import { createOnnxRunner } from '../../kit/onnx/session.server.ts';
import { memoryTable, tableSchema, type Table } from '../../kit/table.ts';
import { fit, madeData, madeRows, quiet } from '#test/support/learners.ts';
import { unsupervisedTrainers } from '../../trainers.server.ts';
import type { RunContext } from '../../kit/context.ts';
import { BASE_VALUE, contributionColumn, EXPLAINED_CLASS, EXPLAINED_SCORE } from './node.ts';
import run from './run.server.ts';
import reference from './tree-shap.reference.json' with { type: 'json' };
import { expectedValue, goesLeft, TreeShap, type ExplainedTree } from './tree-shap.ts';

const runner = createOnnxRunner({ threads: 1 });
const unused = (): never => {
  throw new Error('The node asked for something that it does not need.');
};
const context: RunContext = {
  ...quiet(),
  onnx: runner,
  table: async (schema, columns) => memoryTable(schema, columns),
  beside: unused,
  sideBySide: unused,
  query: unused,
  only: unused,
  rows: unused,
  readFile: unused,
  download: unused,
  connection: unused,
  fetch: unused,
  collect: unused,
  batches: unused,
  parquet: unused,
  kept: null,
  dataset: unused,
  file: unused,
  trainer: unused,
  unsupervisedTrainer: unused,
  effect: unused,
  scratch: '',
};
const tableFrom = ({ features }: FeatureData): Table =>
  memoryTable(tableSchema(features.map((each) => each.schema)), new Map(features.map((each) => [each.schema.name, each.values])));
const explain = async (model: Model, data: FeatureData, params: { rows?: number; className?: string } = {}) =>
  (await run({ model, data: tableFrom(data) }, { rows: 200, className: '', append: false, ...params }, context)).data.read();

/** A tree of random splits on few columns, so that columns come again along a path; some nodes hold no rows. */
function randomTree(seed: number, columns: number, deepest: number): { tree: ExplainedTree; values: Float32Array } {
  const random = randomNumbers(seed);
  const [feature, threshold, left, right, missingLeft, leftShare, values]: number[][] = [[], [], [], [], [], [], []];
  const sets = new Map<number, ReadonlySet<number>>();
  const grow = (depth: number): number => {
    const node = feature!.length;
    const isLeaf = depth === deepest || (depth > 1 && random() < 0.2);
    feature!.push(isLeaf ? -1 : Math.floor(random() * columns));
    threshold!.push(Math.round(random() * 4));
    missingLeft!.push(Number(random() < 0.5));
    leftShare!.push(random() < 0.1 ? 0 : random());
    values!.push(isLeaf ? random() * 10 - 5 : 0);
    if (isLeaf) return node;
    if (random() < 0.3) sets.set(node, new Set([0, 1, 2, 3, 4].filter(() => random() < 0.5)));
    left![node] = grow(depth + 1);
    right![node] = grow(depth + 1);
    return node;
  };
  grow(0);
  const tree: ExplainedTree = {
    feature: Int32Array.from(feature!),
    threshold: Float32Array.from(threshold!),
    left: Int32Array.from(feature!, (_, node) => left![node] ?? 0),
    right: Int32Array.from(feature!, (_, node) => right![node] ?? 0),
    missingLeft: Uint8Array.from(missingLeft!),
    leftShare: Float32Array.from(leftShare!),
    sets,
  };
  return { tree, values: Float32Array.from(values!) };
}

/** The value of the game: splits on columns outside of `known` (a bit for each) are followed both ways. */
function game(tree: ExplainedTree, values: Float32Array, row: Float32Array, known: number, node = 0): number {
  const feature = tree.feature[node]!;
  if (feature < 0) return values[node]!;
  const below = (child: number) => game(tree, values, row, known, child);
  if (known & (1 << feature)) return below(goesLeft(tree, node, row[feature]!) ? tree.left[node]! : tree.right[node]!);
  return tree.leftShare[node]! * below(tree.left[node]!) + (1 - tree.leftShare[node]!) * below(tree.right[node]!);
}

/** Shapley values by their definition. */
function bruteForce(tree: ExplainedTree, values: Float32Array, row: Float32Array): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const count = row.length;
  return Array.from(row, (_, column) => {
    let sum = 0;
    for (let known = 0; known < 1 << count; known += 1) {
      if (known & (1 << column)) continue;
      const size = known.toString(2).replaceAll('0', '').length;
      const weight = (factorial(size) * factorial(count - size - 1)) / factorial(count);
      sum += weight * (game(tree, values, row, known | (1 << column)) - game(tree, values, row, known));
    }
    return sum;
  });
}

describe('TreeSHAP', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('equals Shapley values by their definition, tree %i', (seed) => {
    const { tree, values } = randomTree(seed, 5, 7);
    const random = randomNumbers(seed + 100);
    const shap = new TreeShap(7);
    for (let turn = 0; turn < 20; turn += 1) {
      const row = Float32Array.from({ length: 5 }, () => (random() < 0.15 ? NaN : Math.floor(random() * 6)));
      const found = new Float64Array(5);
      shap.add(tree, values, row, found);
      bruteForce(tree, values, row).forEach((wanted, column) => expect(Math.abs(found[column]! - wanted), `column ${column}`).toBeLessThan(1e-9));
      const total = found.reduce((sum, each) => sum + each, expectedValue(tree, values));
      expect(Math.abs(total - game(tree, values, row, 0b11111))).toBeLessThan(1e-9);
    }
  });
});

interface Reference {
  readonly trees: readonly { feature: number[]; threshold: number[]; left: number[]; right: number[]; rows: number[]; value: number[] }[];
  readonly rows: readonly number[][];
  readonly shap: readonly number[][];
  readonly base: number;
}
describe('TreeSHAP of forests of scikit-learn', () => {
  it.each(['breast cancer', 'diabetes'] as const)('gives what the shap package gave: %s', (name) => {
    const { trees, rows, shap: wanted, base } = reference[name] as Reference;
    const own = trees.map(({ feature, threshold, left, right, rows: reach, value }) => ({
      tree: {
        feature: Int32Array.from(feature),
        // Numbers at or below a threshold of float64 are those at or below it as float32, rounded down.
        threshold: Float32Array.from(threshold, (each) => (Math.fround(each) <= each ? each : Math.fround(each - Math.abs(each) * 2 ** -24))),
        left: Int32Array.from(left),
        right: Int32Array.from(right),
        missingLeft: new Uint8Array(feature.length),
        sets: new Map<number, ReadonlySet<number>>(),
        leftShare: Float32Array.from(feature, (each, node) => (each < 0 ? 1 : reach[left[node]!]! / reach[node]!)),
      },
      values: Float32Array.from(value),
    }));
    const explainer = new TreeShap(12);
    const size = Math.max(...wanted.flat().map(Math.abs));
    rows.forEach((row, at) => {
      const found = new Float64Array(row.length);
      for (const { tree, values } of own) explainer.add(tree, values, Float32Array.from(row), found);
      wanted[at]!.forEach((each, column) => expect(Math.abs(found[column]! / trees.length - each), `row ${at}, column ${column}`).toBeLessThan(1e-6 * size));
    });
    const mean = own.reduce((sum, { tree, values }) => sum + expectedValue(tree, values), 0) / own.length;
    expect(Math.abs(mean - base)).toBeLessThan(1e-6 * Math.abs(base));
  });
});

const BOOSTED = { trees: 30, leaves: 12, learningRate: 0.2, minimumSamples: 5 };
const FOREST = { trees: 10, maximumDepth: 12, minimumSamples: 1 };
const models: readonly (readonly [string, 'two-class' | 'multiclass' | 'regression', Record<string, unknown>])[] = [
  ['two-class-boosted-decision-tree', 'two-class', BOOSTED],
  ['multiclass-boosted-decision-tree', 'multiclass', BOOSTED],
  ['boosted-decision-tree-regression', 'regression', BOOSTED],
  ['boosted-decision-tree-regression', 'regression', { ...BOOSTED, loss: 'poisson' }],
  ['two-class-decision-forest', 'two-class', FOREST],
  ['multiclass-decision-forest', 'multiclass', FOREST],
  ['decision-forest-regression', 'regression', FOREST],
  ['multiclass-extremely-randomised-trees', 'multiclass', FOREST],
  ['linear-regression', 'regression', {}],
  ['poisson-regression', 'regression', {}],
  ['two-class-logistic-regression', 'two-class', {}],
  ['multiclass-logistic-regression', 'multiclass', {}],
];
const FEATURES = ['city', 'amount', 'count', 'member'];

describe('base value and contributions add up to the score of the model', () => {
  it.each(models)('%s (%s, %o)', async (learner, task, params) => {
    const model = await fit(learner, madeData(task, 800, 1), params);
    const test = madeRows(200, 99, true);
    const found = await explain(model, test);
    const scores = found.get(EXPLAINED_SCORE) as Float64Array;
    expect(scores.length).toBe(200);
    scores.forEach((score, row) => {
      const parts = [BASE_VALUE, ...FEATURES.map(contributionColumn)].map((name) => (found.get(name) as Float64Array)[row]!);
      const size = Math.max(1, ...parts.map(Math.abs));
      expect(Math.abs(parts.reduce((sum, each) => sum + each, 0) - score), `row ${row}`).toBeLessThanOrEqual(1e-6 * size);
    });
    // The score is the one behind what Score Model gives.
    const scored = await runner.apply(model.onnx, model.signature, new Map(test.features.map((each) => [each.schema.name, each.values])), 200);
    if (task === 'multiclass') expect(found.get(EXPLAINED_CLASS)).toEqual(scored.get('Scored Labels'));
    // The columns that make the label matter, each in some row.
    for (const name of FEATURES.slice(0, 3))
      expect(
        (found.get(contributionColumn(name)) as Float64Array).some((each) => Math.abs(each) > 1e-4),
        name,
      ).toBe(true);
  });

  it('isolation forest', async () => {
    const trainer = (await unsupervisedTrainers['isolation-forest']!()).default;
    const model = await trainer.fit(madeRows(500, 4), {}, quiet());
    const found = await explain(model, madeRows(50, 5));
    (found.get(EXPLAINED_SCORE) as Float64Array).forEach((score, row) => {
      const parts = [BASE_VALUE, ...FEATURES.map(contributionColumn)].map((name) => (found.get(name) as Float64Array)[row]!);
      expect(Math.abs(parts.reduce((sum, each) => sum + each, 0) - score)).toBeLessThanOrEqual(1e-6);
    });
  });
});

describe('what is explained', () => {
  it('is the chosen class of several', async () => {
    const model = await fit('multiclass-boosted-decision-tree', madeData('multiclass', 400, 1), BOOSTED);
    const found = await explain(model, madeRows(20, 9), { className: 'b' });
    expect(new Set(found.get(EXPLAINED_CLASS) as string[])).toEqual(new Set(['b']));
    await expect(explain(model, madeRows(20, 9), { className: 'z' })).rejects.toMatchObject({ code: 'parameter_invalid' });
  });

  it.each(['two-class-neural-network', 'two-class-naive-bayes'])('is not %s: the message names the way out', async (learner) => {
    const model = await fit(learner, madeData('two-class', 200, 1));
    await expect(explain(model, madeRows(5, 2))).rejects.toMatchObject({
      code: 'learner_wrong_task',
      message: expect.stringContaining('Permutation Feature Importance') as string,
    });
  });
});
