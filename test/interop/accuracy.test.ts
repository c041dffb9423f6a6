import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import { regressionMetrics } from '#nodes/evaluate/metrics/regression.ts';
import { twoClassCurve } from '#nodes/evaluate/metrics/two-class.ts';
import type { Model } from '#nodes/kit/kinds.ts';
import { SCORED_LABELS, SCORED_PROBABILITIES, type Signature } from '#nodes/kit/signature.ts';
import type { Columns } from '#nodes/kit/table.ts';
import { apply, fit } from '../support/learners.ts';
import { cellsOf, readSplit, type Split } from './accuracy-data.ts';
import { datasets, KNOWN_GAPS, MOST_BELOW, rows, type AccuracyRow } from './accuracy-rows.ts';
import { accuracyPage, gapName, type AccuracyResult } from './accuracy-table.ts';
import { expectEqualColumns, type Cell } from './compare.ts';
import { python } from './python.ts';

interface Trained {
  readonly row: AccuracyRow;
  readonly score: number;
  /** Of the first seed. */
  readonly model: Model;
  readonly scored: Columns;
  readonly path: string;
}
interface Checked {
  models: { outputs: Record<string, Cell[]>; signature: Signature; metadata: string[]; producer: string }[];
  versions: Record<string, string>;
}
interface Reference {
  rows: { score: number; estimator: string }[];
  versions: Record<string, string>;
}

const nodeOf = (learner: string) => catalog[learner as keyof typeof catalog];
const paramsOf = ({ learner, params }: AccuracyRow): Record<string, unknown> => nodeOf(learner).params.parse(params);
const splits = Object.fromEntries(Object.entries(datasets).map(([name, each]) => [name, readSplit(each)]));
const folder = mkdtempSync(join(tmpdir(), 'modelwright-accuracy-'));
const trained: Trained[] = [];

function scoreOf({ test }: Split, { signature }: Model, scored: Columns): number {
  const truth = test.label.values;
  const found = scored.get(SCORED_LABELS)!;
  if (signature.task === 'regression') return regressionMetrics({ truth: truth as Float64Array, predicted: found as Float64Array }).r2;
  if (signature.task === 'multiclass')
    return Array.from<unknown>(found as ArrayLike<unknown>).filter((each, row) => each === truth[row]).length / test.rowCount;
  const positive = Uint8Array.from(truth as ArrayLike<unknown>, (each) => Number(String(each) === signature.label!.levels![1]));
  return twoClassCurve('', { scores: scored.get(SCORED_PROBABILITIES) as Float64Array, positive }).metrics.auc!;
}

beforeAll(async () => {
  for (const row of rows) {
    const split = splits[row.dataset]!;
    let total = 0;
    let first: Pick<Trained, 'model' | 'scored'> | undefined;
    for (const seed of row.seeds) {
      const model = await fit(row.learner, split.train, { ...paramsOf(row), ...(row.random ? { seed } : {}) });
      const scored = await apply(model, split.test);
      total += scoreOf(split, model, scored);
      first ??= { model, scored };
    }
    const path = join(folder, `${row.dataset}-${row.learner}.onnx`);
    writeFileSync(path, first!.model.onnx);
    trained.push({ row, score: total / row.seeds.length, ...first!, path });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('accuracy', () => {
  let checked: Checked;
  it('has ONNX files that onnx.checker accepts, with signature, classes and producer, that score the same in Python', () => {
    const held = Object.fromEntries(
      Object.entries(splits).map(([name, { test }]) => [name, Object.fromEntries(test.features.map((each) => [each.schema.name, cellsOf(each.values)]))]),
    );
    checked = python<Checked>('check_onnx.py', [], { rows: held, models: trained.map(({ path, row }) => ({ path, rows: row.dataset })) });
    trained.forEach(({ row, model, scored }, index) => {
      const { outputs, signature, metadata, producer } = checked.models[index]!;
      expect(producer, gapName(row)).toBe('modelwright');
      expect(metadata, gapName(row)).toEqual(['modelwright.signature', 'modelwright.summary']);
      expect(signature).toEqual(JSON.parse(JSON.stringify(model.signature)));
      const { label, test } = { label: signature.label!, test: splits[row.dataset]!.test };
      expect(label.name).toBe(datasets[row.dataset]!.label);
      if (signature.task !== 'regression') expect(label.levels).toEqual([...new Set(test.label.values as string[])].sort());
      const names = signature.outputs.map((each) => each.name);
      expectEqualColumns(Object.fromEntries(names.map((name) => [name, cellsOf(scored.get(name)!)])), outputs, names);
    });
  });

  it('is at most 0.005 below scikit-learn, and docs/accuracy.md says how much', () => {
    const reference = python<Reference>('accuracy_reference.py', [], {
      datasets: Object.fromEntries(
        Object.entries(datasets).map(([name, { path, label, drop, blocks }]) => [name, { path: resolve(path), label, drop, blocks }]),
      ),
      rows: rows.map((row) => ({ learner: row.learner, dataset: row.dataset, params: paramsOf(row), seeds: row.seeds })),
    });
    const results = trained.map(({ row, score }, index): AccuracyResult => {
      const { score: theirs, estimator } = reference.rows[index]!;
      return { row, title: nodeOf(row.learner).title, ours: score, theirs, estimator };
    });
    const counts = Object.fromEntries(Object.entries(splits).map(([name, { train, test }]) => [name, [train.rowCount, test.rowCount] as const]));
    const own = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const page = accuracyPage(results, counts, { Modelwright: own.version, ...reference.versions, ...checked.versions });
    const file = resolve('docs/accuracy.md');
    if (!existsSync(file) || readFileSync(file, 'utf8') !== page) writeFileSync(file, page);

    const below = results.filter(({ ours, theirs }) => !(ours - theirs >= -MOST_BELOW)).map(({ row }) => gapName(row));
    expect(below.filter((name) => !Object.hasOwn(KNOWN_GAPS, name))).toEqual([]);
    expect(Object.keys(KNOWN_GAPS).filter((name) => !below.includes(name))).toEqual([]);
  });
});
