import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FitContext, TrainingColumn, TrainingData } from '../kit/context.ts';
import type { Model } from '../kit/kinds.ts';
import type { FeatureEncoding } from '../kit/onnx/encode.ts';
import { readSignature, readSummary } from '../kit/onnx/metadata.ts';
import { createOnnxRunner } from '../kit/onnx/session.server.ts';
import { SCORED_LABELS, SCORED_PROBABILITIES } from '../kit/signature.ts';
import { column, isTextual, type Columns, type ColumnType } from '../kit/table.ts';
import { regressionMetrics } from '../evaluate/metrics/regression.ts';
import { atThreshold, twoClassCurve } from '../evaluate/metrics/two-class.ts';
import { trainBoostedTrees } from '../kernels/boosted-trees.server.ts';
import { predictScores, sigmoid } from '../kernels/boosted-trees.ts';
import { randomNumbers } from '../kernels/random.ts';
import { trainers } from '../trainers.server.ts';
import breastCancer from './breast-cancer.reference.json' with { type: 'json' };
import diamonds from './diamonds.reference.json' with { type: 'json' };
import { prepareFeatures } from './features.server.ts';
import { boostedScore } from './trees/boosted.server.ts';
import { treeColumns, treeFeatures } from './trees/features.server.ts';
import { twoClasses } from './labels.server.ts';
import { modelOf } from './model.server.ts';
import telco from './telco-churn.reference.json' with { type: 'json' };

const runner = createOnnxRunner({ threads: 2 });
const quiet = (signal = new AbortController().signal): FitContext => ({ signal, threads: 1, log: () => {}, progress: () => {}, metric: () => {} });
const fit = async (learner: string, data: TrainingData, params: Record<string, unknown> = {}, context = quiet()): Promise<Model> =>
  (await trainers[learner]!()).default.fit(data, params, context);
const apply = (model: Model, data: TrainingData): Promise<Columns> =>
  runner.apply(model.onnx, model.signature, new Map(data.features.map((each) => [each.schema.name, each.values])), data.rowCount);

function numbers(name: string, values: Iterable<number>, type: ColumnType = 'number'): TrainingColumn {
  return { schema: column(name, type, { nullable: true }), values: Float64Array.from(values, Math.fround) };
}
const words = (name: string, values: readonly string[], type: ColumnType = 'category'): TrainingColumn => ({
  schema: column(name, type, { nullable: true }),
  values,
});

/** A sample's rows, split by index as the references are. */
function sample(name: string, label: string, drop: readonly string[] = []): { train: TrainingData; test: TrainingData } {
  const [header, ...lines] = readFileSync(new URL(`../../pipelines/samples/data/${name}.csv`, import.meta.url), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.replace(/^"(.*)"$/, '$1')));
  const rows = lines!;
  const take = (held: boolean): TrainingData => {
    const kept = rows.filter((_, index) => (index % 4 === 3) === held);
    const columns = header!.map((each, at) => {
      const numeric = rows.every((row) => row[at] === '' || !Number.isNaN(Number(row[at])));
      return numeric
        ? numbers(
            each,
            kept.map((row) => (row[at] === '' ? NaN : Number(row[at]))),
          )
        : words(
            each,
            kept.map((row) => row[at]!),
          );
    });
    return {
      features: columns.filter(({ schema }) => schema.name !== label && !drop.includes(schema.name)),
      label: columns.find(({ schema }) => schema.name === label)!,
      rowCount: kept.length,
    };
  };
  return { train: take(false), test: take(true) };
}

async function twoClassFigures(model: Model, test: TrainingData): Promise<Record<'auc' | 'logLoss' | 'accuracy' | 'rows', number>> {
  const scored = await apply(model, test);
  const [, positiveLevel] = model.signature.label!.levels!;
  const rows = {
    scores: scored.get(SCORED_PROBABILITIES) as Float64Array,
    positive: Uint8Array.from(test.label.values as string[], (value) => Number(value === positiveLevel)),
  };
  const labels = scored.get(SCORED_LABELS) as readonly string[];
  expect(labels.every((value, row) => (value === positiveLevel) === rows.scores[row]! >= 0.5)).toBe(true);
  const { auc, logLoss } = twoClassCurve('', rows).metrics;
  return { auc: auc!, logLoss: logLoss!, accuracy: atThreshold(rows, 0.5).accuracy, rows: test.rowCount };
}

describe.each([
  ['telco-churn', sample('telco-churn', 'churn'), telco],
  ['breast-cancer', sample('breast-cancer', 'Class', ['Id']), breastCancer],
] as const)('on %s', (_, { train, test }, reference) => {
  it('ridge logistic regression gives the figures of scikit-learn with C = 1/L2', async () => {
    const model = await fit('two-class-logistic-regression', train, { l1: 0, l2: 1 });
    const figures = await twoClassFigures(model, test);
    expect(figures.rows).toBe(reference.ridge.rows);
    expect(figures.auc).toBeCloseTo(reference.ridge.auc!, 4);
    expect(figures.logLoss).toBeCloseTo(reference.ridge.logLoss!, 4);
    expect(Math.abs(figures.accuracy - reference.ridge.accuracy!)).toBeLessThanOrEqual(0.002);
    const norm = model.summary.importance.reduce((sum, each) => sum + each.value, 0);
    expect(Math.abs(norm / reference.ridge.coefficientNorm - 1)).toBeLessThan(0.01);
  });

  it('logistic regression with L1 and L2 gives the figures of scikit-learn’s elastic net', async () => {
    const model = await fit('two-class-logistic-regression', train);
    const figures = await twoClassFigures(model, test);
    expect(figures.auc).toBeCloseTo(reference.elastic.auc!, 3);
    expect(figures.logLoss).toBeCloseTo(reference.elastic.logLoss!, 3);
    const norm = model.summary.importance.reduce((sum, each) => sum + each.value, 0);
    expect(Math.abs(norm / reference.elastic.coefficientNorm - 1)).toBeLessThan(0.02);
  });

  it('boosted trees are as good as scikit-learn’s', async () => {
    const model = await fit('two-class-boosted-decision-tree', train);
    const figures = await twoClassFigures(model, test);
    expect(figures.auc).toBeGreaterThan(reference.boosted.auc! - 0.005);
    expect(figures.accuracy).toBeGreaterThan(reference.boosted.accuracy! - 0.015);
    expect(model.summary.history.length).toBe(100);
  });
});

describe('on diamonds', () => {
  const { train, test } = sample('diamonds', 'price');
  const figures = async (model: Model) =>
    regressionMetrics({ truth: test.label.values as Float64Array, predicted: (await apply(model, test)).get(SCORED_LABELS) as Float64Array });

  it('least squares give the figures of scikit-learn, with and without L2', async () => {
    for (const [l2, reference] of [
      [0.001, diamonds.ridge],
      [0, diamonds.plain],
    ] as const) {
      const found = await figures(await fit('linear-regression', train, { l2 }));
      expect(found.r2).toBeCloseTo(reference.r2, 5);
      expect(Math.abs(found.mae / reference.mae - 1)).toBeLessThan(1e-4);
    }
  });

  it('gradient descent comes near to it', async () => {
    const found = await figures(await fit('linear-regression', train, { method: 'online-gradient-descent', learningRate: 0.02 }));
    expect(found.r2).toBeGreaterThan(diamonds.ridge.r2 - 0.02);
  });
});

/** Numbers with gaps, integers, booleans and categories with gaps; the label follows from them. */
function madeData(rowCount: number, seed: number): TrainingData {
  const random = randomNumbers(seed);
  const cells = <T>(make: () => T) => Array.from({ length: rowCount }, make);
  const amount = cells(() => (random() < 0.1 ? NaN : random() * 100 - 20));
  const count = cells(() => Math.floor(random() * 5));
  const member = cells(() => (random() < 0.05 ? NaN : Number(random() < 0.5)));
  const city = cells(() => (random() < 0.1 ? '' : ['Oslo', 'Rome', 'Zürich', '東京'][Math.floor(random() * 4)]!));
  const label = cells(() => '').map((_none, row) =>
    (Number.isNaN(amount[row]!) ? 10 : amount[row]!) + 10 * count[row]! + (city[row] === 'Rome' ? 30 : 0) + random() * 20 > 60 ? 'stays' : 'goes',
  );
  return {
    features: [words('city', city), numbers('amount', amount), numbers('count', count, 'integer'), numbers('member', member, 'boolean')],
    label: words('outcome', label),
    rowCount,
  };
}

/** New rows: more missing values, and cities that no one has seen. */
function unseen(rowCount: number): TrainingData {
  const data = madeData(rowCount, 99);
  return {
    ...data,
    features: data.features.map((each) =>
      each.schema.name === 'city'
        ? words(
            'city',
            (each.values as string[]).map((city, row) => (row % 7 === 0 ? 'Atlantis' : city)),
          )
        : each,
    ),
  };
}

/** The matrix by the rules that people read in the help, written without the graph. */
function encodePlainly(encodings: readonly FeatureEncoding[], data: TrainingData): Float32Array[] {
  const source = new Map(data.features.map((each) => [each.schema.name, each.values]));
  const numeric = encodings
    .filter((each) => !isTextual(each.type))
    .map((each) => {
      const { name, impute = NaN, offset = 0, scale = 1 } = each as Extract<FeatureEncoding, { impute?: number }>;
      return Float32Array.from(source.get(name) as Float64Array, (value) => Math.fround((Number.isNaN(value) ? impute : value) - offset) * scale);
    });
  const textual = encodings.filter((each): each is Extract<FeatureEncoding, { levels: readonly string[] }> => 'levels' in each);
  const [coded, categories] = [textual.filter((each) => each.codes), textual.filter((each) => !each.codes)];
  return [
    ...numeric,
    ...coded.map(({ name, levels }) => Float32Array.from(source.get(name) as string[], (value) => (levels.includes(value) ? levels.indexOf(value) : NaN))),
    ...categories.flatMap(({ name, levels, offset, scale }) =>
      levels.map((level, index) =>
        Float32Array.from(source.get(name) as string[], (value) => Math.fround(Number(value === level) - (offset?.[index] ?? 0)) * (scale?.[index] ?? 1)),
      ),
    ),
  ];
}

describe('own predictions are what ONNX Runtime gives', () => {
  it('boosted trees, 1,000 rows with missing values and unseen categories', async () => {
    const data = madeData(3_000, 1);
    const features = treeFeatures(data);
    const classes = twoClasses(data.label);
    const ensemble = await trainBoostedTrees(
      { columns: treeColumns(features), targets: classes.targets },
      { loss: 'logistic', trees: 50, leaves: 20, minimumSamples: 5, learningRate: 0.2, seed: 0 },
      quiet(),
    );
    const parts = { learner: 'x', title: 'x', task: 'two-class', params: {}, importance: new Map(), history: [], notes: [] } as const;
    const model = modelOf({ ...parts, data, features, classes, score: boostedScore(ensemble, 'logistic') });
    const rows = unseen(1_000);
    const scored = await apply(model, rows);
    const own = predictScores(ensemble, encodePlainly(features.encodings, rows), 1_000)[0]!.map(sigmoid);
    const probabilities = scored.get(SCORED_PROBABILITIES) as Float64Array;
    own.forEach((value, row) => expect(Math.abs(value - probabilities[row]!)).toBeLessThan(1e-5));
    own.forEach((value, row) => Math.abs(value - 0.5) > 1e-5 && expect(scored.get(SCORED_LABELS)![row]).toBe(value >= 0.5 ? 'stays' : 'goes'));
    expect(new Set(scored.get(SCORED_LABELS) as string[])).toEqual(new Set(['goes', 'stays']));
  });

  it('the training matrix is what the help says', () => {
    const data = madeData(500, 2);
    for (const options of [
      { missing: 'impute', scaling: 'standardize' },
      { missing: 'impute', scaling: 'scale' },
      { missing: 'keep', scaling: 'none' },
      { missing: 'keep', scaling: 'none', categories: 'codes' },
    ] as const) {
      const features = prepareFeatures(data, options);
      expect(features.columns.map((_, index) => features.values(index))).toEqual(encodePlainly(features.encodings, data));
    }
  });

  it('a straight line is found and given back', async () => {
    const random = randomNumbers(8);
    const x = numbers(
      'x',
      Array.from({ length: 400 }, () => random() * 6 + 2000),
    );
    const label = numbers(
      'y',
      (x.values as Float64Array).map((value) => 3 * value - 5950),
    );
    const model = await fit('linear-regression', { features: [x], label, rowCount: 400 }, { l2: 0 });
    const scored = (await apply(model, { features: [x], label, rowCount: 400 })).get(SCORED_LABELS) as Float64Array;
    scored.forEach((value, row) => expect(value).toBeCloseTo(label.values[row] as number, 2));
  });
});

describe('models', () => {
  const learners = ['two-class-logistic-regression', 'two-class-boosted-decision-tree'];

  it.each(learners)('%s: the same seed gives the same bytes', async (learner) => {
    const data = madeData(400, 3);
    expect((await fit(learner, data)).onnx).toEqual((await fit(learner, data)).onnx);
  });

  it.each(learners)('%s: the file carries signature and summary', async (learner) => {
    const model = await fit(learner, madeData(400, 4));
    expect(readSignature(model.onnx)).toEqual(JSON.parse(JSON.stringify(model.signature)));
    expect(readSummary(model.onnx)).toEqual(JSON.parse(JSON.stringify(model.summary)));
    expect(model.signature.label).toEqual({ name: 'outcome', type: 'category', levels: ['goes', 'stays'] });
    expect(model.signature.inputs.find((each) => each.name === 'city')).toMatchObject({
      type: 'category',
      required: false,
      levels: ['Oslo', 'Rome', 'Zürich', '東京'],
    });
    expect(model.signature.inputs.find((each) => each.name === 'count')).toMatchObject({ type: 'integer', required: true, minimum: 0, maximum: 4 });
    expect(model.summary.importance.map((each) => each.column).sort()).toEqual(['amount', 'city', 'count', 'member']);
    expect(['amount', 'city', 'count']).toContain(model.summary.importance[0]!.column);
    expect(model.summary.history.at(-1)).toBeLessThan(model.summary.history[0]!);
  });

  it.each([
    ['boolean', [0, 1], 'true'],
    ['integer', [3, 12], '12'],
  ] as const)('labels of type %s come back as they are', async (type, values, positive) => {
    const made = madeData(300, 5);
    const data = {
      ...made,
      label: numbers(
        'outcome',
        (made.label.values as string[]).map((each) => values[Number(each === 'stays')]!),
        type,
      ),
    };
    for (const learner of learners) {
      const model = await fit(learner, data);
      expect(model.signature.label!.levels![1]).toBe(positive);
      expect(new Set(await apply(model, data).then((scored) => scored.get(SCORED_LABELS) as Float64Array))).toEqual(new Set(values));
    }
  });

  it.each([...learners, 'linear-regression'])('%s: a weight of two counts like a row twice', async (learner) => {
    const made = madeData(200, 6);
    const label =
      learner === 'linear-regression'
        ? numbers(
            'y',
            (made.features[2]!.values as Float64Array).map((each, row) => each * 3 + (row % 5)),
          )
        : made.label;
    const pick = (values: TrainingColumn['values'], rows: readonly number[]) =>
      values instanceof Float64Array ? Float64Array.from(rows, (row) => values[row]!) : rows.map((row) => values[row]!);
    const rows = Array.from({ length: 200 }, (_, row) => row);
    const twice = [...rows, ...rows.slice(0, 100)];
    const repeat = ({ schema, values }: TrainingColumn): TrainingColumn => ({ schema, values: pick(values, twice) });
    const params = learner === 'two-class-boosted-decision-tree' ? { minimumSamples: 1, trees: 5, leaves: 3 } : {};
    // The scaling of columns counts rows, not weights: both kinds of data must give it alike.
    const features = [made.features[2]!].map((each) => ({ ...each, values: Float64Array.from(rows, (row) => (row % 100) % 5) }));
    const weighted = await fit(learner, { features, label, rowCount: 200, weights: Float64Array.from(rows, (row) => (row < 100 ? 2 : 1)) }, params);
    const repeated = await fit(learner, { features: features.map(repeat), label: repeat(label), rowCount: 300 }, params);
    const of = async (model: Model) => [...(await apply(model, { features, label, rowCount: 200 })).values()].at(-1) as Float64Array;
    const [a, b] = [await of(weighted), await of(repeated)];
    a.forEach((value, row) => expect(Math.abs(value - b[row]!)).toBeLessThan(1e-4));
  });

  it('columns without news are left out with a note', async () => {
    const made = madeData(200, 7);
    const data = {
      ...made,
      features: [
        ...made.features,
        numbers('same', Array<number>(200).fill(4)),
        numbers('gone', Array<number>(200).fill(NaN)),
        words('one', Array<string>(200).fill('a')),
      ],
    };
    for (const learner of learners) {
      const { signature, summary } = await fit(learner, data);
      expect(signature.inputs.map((each) => each.name)).toEqual(['city', 'amount', 'count', 'member']);
      expect(summary.notes.join(' ')).toContain('“same”, “gone”, “one”');
    }
  });

  it('a category with too many levels keeps the most frequent ones', async () => {
    const made = madeData(600, 8);
    const many = words(
      'street',
      Array.from({ length: 600 }, (_, row) => `street ${row % 3 === 0 ? row % 20 : row % 149}`),
    );
    const { signature } = await fit('two-class-boosted-decision-tree', { ...made, features: [...made.features, many] });
    expect(signature.inputs.find((each) => each.name === 'street')!.levels!.length).toBe(100);
    await expect(fit('two-class-boosted-decision-tree', { ...made, features: [{ ...many, schema: column('street', 'text') }] })).rejects.toMatchObject({
      code: 'column_too_many_levels',
    });
  });

  it('without an intercept the prediction is 0 at 0', async () => {
    const x = numbers('x', [1, 2, 3, 4]);
    const label = numbers('y', [3, 5, 7, 9]);
    const model = await fit('linear-regression', { features: [x], label, rowCount: 4 }, { intercept: false, l2: 0 });
    const [at0, at1] = (await apply(model, { features: [numbers('x', [0, 1])], label, rowCount: 2 })).get(SCORED_LABELS) as Float64Array;
    expect(at0).toBe(0);
    // Σxy / Σx² = (3 + 10 + 21 + 36) / 30
    expect(at1).toBeCloseTo(70 / 30, 5);
  });
});

describe('what cannot be learned fails with a code', () => {
  const learner = 'two-class-logistic-regression';
  const x = numbers('x', [1, 2, 3]);

  it.each([
    ['one class', learner, { features: [x], label: words('y', ['a', 'a', 'a']), rowCount: 3 }, 'label_one_class'],
    ['three classes', learner, { features: [x], label: words('y', ['a', 'b', 'c']), rowCount: 3 }, 'label_not_two_classes'],
    ['constant columns only', learner, { features: [numbers('x', [1, 1, 1])], label: words('y', ['a', 'b', 'a']), rowCount: 3 }, 'features_none'],
    ['infinite values', learner, { features: [numbers('x', [1, Infinity, 2])], label: words('y', ['a', 'b', 'a']), rowCount: 3 }, 'values_not_finite'],
    ['a text label for a regression', 'linear-regression', { features: [x], label: words('y', ['a', 'b', 'a']), rowCount: 3 }, 'label_not_numeric'],
    [
      'too many levels',
      learner,
      {
        features: [
          words(
            't',
            Array.from({ length: 101 }, (_, row) => `t${row}`),
            'text',
          ),
        ],
        label: words(
          'y',
          Array.from({ length: 101 }, (_, row) => 'ab'[row % 2]!),
        ),
        rowCount: 101,
      },
      'column_too_many_levels',
    ],
  ] as const)('%s', async (_, which, data, code) => {
    await expect(fit(which, data as unknown as TrainingData)).rejects.toMatchObject({ name: 'NodeError', code });
  });

  it.each(['two-class-logistic-regression', 'two-class-boosted-decision-tree', 'linear-regression'])(
    '%s stops at an abort, long before its end',
    async (which) => {
      const made = madeData(20_000, 9);
      const data = which === 'linear-regression' ? { ...made, label: numbers('y', made.features[2]!.values as Float64Array) } : made;
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error('enough')), 30);
      const params = { trees: 10_000, tolerance: 1e-300, method: 'online-gradient-descent', epochs: 10_000 };
      await expect(fit(which, data, params, quiet(controller.signal))).rejects.toThrow('enough');
    },
  );
});
