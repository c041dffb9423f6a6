import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type NodeProto } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import type { TrainingColumn, TrainingData } from '../kit/context.ts';
import { NO_ASSETS, type AnyNode } from '../kit/define.ts';
import type { Learner, Model } from '../kit/kinds.ts';
import { ASSIGNMENTS, SCORED_LABELS } from '../kit/signature.ts';
import { isTextual } from '../kit/table.ts';
import { trainers, unsupervisedTrainers } from '../trainers.server.ts';
import { apply, labels, madeRows, numbers, quiet, words } from '#test/support/learners.ts';
import { isPlain, scorePlainly } from '#test/support/plain-graph.ts';

type Rows = Pick<TrainingData, 'features' | 'rowCount' | 'dataHash'>;
interface Shape {
  readonly train: Rows;
  /** What the label follows from. */
  readonly total: readonly number[];
  /** Rows to be scored. */
  readonly rows: Rows;
  readonly params?: Readonly<Record<string, unknown>>;
}

const ROWS = 240;
const made = madeRows(ROWS, 2);
const strange = madeRows(1_000, 77, true);
const only = ({ rowCount, features }: Rows, ...names: string[]): Rows => ({ rowCount, features: features.filter(({ schema }) => names.includes(schema.name)) });
const and = ({ rowCount, features }: Rows, ...more: TrainingColumn[]): Rows => ({ rowCount, features: [...features, ...more] });
const same = (rowCount: number): TrainingColumn[] => [
  numbers('always seven', Array<number>(rowCount).fill(7)),
  words('always a', Array<string>(rowCount).fill('a')),
];
const wide = (rowCount: number, seed: number): Rows => ({
  rowCount,
  features: Array.from({ length: 1_000 }, (_, index) =>
    numbers(
      `x${index}`,
      Array.from({ length: rowCount }, (_none, row) =>
        index % 50 === 0 ? 7 : index % 50 === 1 && row % 3 === 0 ? NaN : ((row + seed) * 7_919 + index * 104_729) % 1_009,
      ),
    ),
  ),
});

const SHAPES: Readonly<Record<string, Shape>> = {
  'numbers and categories with gaps': { train: made, total: made.total, rows: strange },
  'one column of numbers': { train: only(made, 'amount'), total: made.total, rows: only(strange, 'amount') },
  'one column of categories': { train: only(made, 'city'), total: made.total, rows: only(strange, 'city') },
  'some constant columns': { train: and(made, ...same(ROWS)), total: made.total, rows: and(strange, ...same(1_000)) },
  'a column without a value': {
    train: and(made, numbers('nothing', Array<number>(ROWS).fill(NaN))),
    total: made.total,
    rows: and(strange, numbers('nothing', Array<number>(1_000).fill(3))),
  },
  'a thousand columns': { train: wide(80, 0), total: Array.from({ length: 80 }, (_, row) => (row * 37) % 120), rows: wide(60, 200) },
};

/** By learner, what makes a training short, or possible at all. */
const logistic = { learner: 'two-class-logistic-regression', task: 'two-class', params: {} };
const SHORT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'one-vs-all-multiclass': { learner: logistic },
  'one-vs-one-multiclass': { learner: logistic },
  'k-means-clustering': { clusters: 2 },
};
const FEW = { trees: 5, iterations: 3, components: 1, neighbours: 3 };

/** The reason for a learner to refuse a shape: the code, and what its message advises. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, readonly [string, RegExp]>>>> = {
  'pca-based-anomaly-detection': { 'one column of numbers': ['parameter_invalid', /Choose fewer components, or more columns\.$/] },
};

const nodes: Readonly<Record<string, AnyNode>> = catalog;
const paramsOf = (learner: string): Record<string, unknown> => {
  const { shape } = nodes[learner]!.params;
  return { ...Object.fromEntries(Object.entries(FEW).filter(([name]) => name in shape)), ...SHORT[learner] };
};
const taskOf = (learner: string): Learner['task'] =>
  (nodes[learner]!.infer({}, nodes[learner]!.params.parse(paramsOf(learner)) as never, NO_ASSETS).outputs as { learner: Learner }).learner.task;

async function fit(learner: string, rows: Rows, label: (task: keyof typeof labels) => TrainingColumn): Promise<Model> {
  const task = taskOf(learner);
  const supervised = trainers[learner];
  if (supervised) return (await supervised()).default.fit({ ...rows, label: label(task as keyof typeof labels) }, paramsOf(learner), quiet());
  return (await unsupervisedTrainers[learner]!()).default.fit(rows, paramsOf(learner), quiet());
}

/** Numbers within 1e-5; labels where no rounding decides between two of them. */
function expectEqual(found: Awaited<ReturnType<typeof apply>>, plain: Awaited<ReturnType<typeof apply>>): void {
  const decided = (row: number): boolean => {
    const scores = [...plain].flatMap(([name, values]) =>
      values instanceof Float64Array && name !== SCORED_LABELS && name !== ASSIGNMENTS ? [values[row]!] : [],
    );
    if (scores.length === 0) return true;
    if (scores.length === 1) return Math.abs(scores[0]! - 0.5) > 1e-4;
    const sorted = scores.toSorted((a, b) => b - a);
    return sorted[0]! - sorted[1]! > 1e-4 && sorted.at(-2)! - sorted.at(-1)! > 1e-4;
  };
  let compared = 0;
  for (const [name, values] of found) {
    const own = plain.get(name)!;
    const isLabel = (name === SCORED_LABELS && found.size > 1) || name === ASSIGNMENTS;
    values.forEach((value: number | string | null, row: number) => {
      if (isLabel && !decided(row)) return;
      compared += 1;
      if (typeof value === 'number')
        expect(Math.abs(value - (own[row] as number)), `${name}, row ${row}`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)));
      else expect(value, `${name}, row ${row}`).toBe(own[row]);
    });
  }
  expect(compared).toBeGreaterThan(found.values().next().value!.length / 2);
}

const withoutStrange = ({ features, rowCount }: Rows): Rows => ({
  rowCount,
  features: features.map((each) =>
    isTextual(each.schema.type) ? { ...each, values: (each.values as readonly string[]).map((cell) => (cell === 'Atlantis' ? '' : cell)) } : each,
  ),
});

describe.each([...Object.keys(trainers), ...Object.keys(unsupervisedTrainers)])('%s', (learner) => {
  it.each(Object.entries(SHAPES))('%s: own prediction is what ONNX Runtime gives, or it is said why there is none', async (shape, { train, total, rows }) => {
    const refused = REFUSED[learner]?.[shape];
    const trained = fit(learner, train, (task) => labels[task](total));
    if (refused) return expect(trained).rejects.toMatchObject({ code: refused[0], message: expect.stringMatching(refused[1]) as string });
    const model = await trained;
    const found = await apply(model, rows);
    for (const values of found.values()) if (values instanceof Float64Array) expect(values.every(Number.isFinite)).toBe(true);
    // A category that nobody has seen counts as a missing one.
    expect(await apply(model, withoutStrange(rows))).toEqual(found);
    if (isPlain(model.onnx))
      expectEqual(
        found,
        scorePlainly(
          model.onnx,
          rows,
          model.signature.outputs.map(({ name }) => name),
        ),
      );
    else expect(learner).toMatch(/^k-nearest-neighbours/);
  });

  it('carries the hash of the data that it learned from, and no constant that nothing reads', async () => {
    const { onnx, signature } = await fit(learner, { ...made, dataHash: 'a1b2' }, (task) => labels[task](made.total));
    expect(signature.dataHash).toBe('a1b2');
    const graph = fromBinary(ModelProtoSchema, onnx).graph!;
    const reads = ({ input, attribute }: NodeProto): string[] => [...input, ...attribute.flatMap(({ g }) => g?.node.flatMap(reads) ?? [])];
    const read = new Set(graph.node.flatMap(reads));
    expect(graph.initializer.map(({ name }) => name).filter((name) => !read.has(name))).toEqual([]);
  });

  it('refuses columns of which none tells rows apart, and says so', async () => {
    const constant = { rowCount: ROWS, features: same(ROWS) };
    const expected = { code: 'features_none', message: expect.stringMatching(/Give the model at least one column/) as string };
    await expect(fit(learner, constant, (task) => labels[task](made.total))).rejects.toMatchObject(expected);
  });

  it('refuses infinite values by the name of their column; trees, which only compare, learn from them', async () => {
    const cells = Array.from({ length: ROWS }, (_, row) => (row === 3 ? Infinity : row === 9 ? -Infinity : row));
    const infinite = and(made, numbers('x', cells));
    const trained = fit(learner, infinite, (task) => labels[task](made.total));
    const expected = { code: 'values_not_finite', message: expect.stringMatching(/“x”.*Replace or remove these rows/) as string };
    if (!/tree|forest/.test(learner)) return expect(trained).rejects.toMatchObject(expected);
    for (const values of (await apply(await trained, infinite)).values()) if (values instanceof Float64Array) expect(values.every(Number.isFinite)).toBe(true);
  });

  it.runIf(learner in trainers)('of a label with one value makes a model that says so, or tells why not', async () => {
    const task = taskOf(learner);
    const label = task === 'regression' ? numbers('y', Array<number>(ROWS).fill(5)) : words('y', Array<string>(ROWS).fill('a'));
    const trained = fit(learner, made, () => label);
    if (task !== 'regression')
      return expect(trained).rejects.toMatchObject({
        code: 'label_one_class',
        message: expect.stringMatching(/“a” everywhere.*Look at filters and splits upstream/) as string,
      });
    const predicted = (await apply(await trained, strange)).get(SCORED_LABELS) as Float64Array;
    predicted.forEach((each) => expect(Math.abs(each - 5)).toBeLessThan(0.2));
  });
});
