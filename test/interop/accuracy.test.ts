import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import type { Learner, Model } from '#nodes/kit/kinds.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import type { Columns } from '#nodes/kit/table.ts';
import { wrapLearner } from '#nodes/learners/wrapped.ts';
import { unsupervisedTrainers } from '#nodes/trainers.server.ts';
import { apply, fit, fitWithoutLabel } from '../support/learners.ts';
import { cellsOf, readSplit, usualRows } from './accuracy-data.ts';
import { measureOf, scoreOf } from './accuracy-measures.ts';
import { datasets, KNOWN_GAPS, MOST_BELOW, rowName, rows, type AccuracyRow } from './accuracy-rows.ts';
import { accuracyPage, type AccuracyResult } from './accuracy-table.ts';
import { expectEqualColumns, type Cell } from './compare.ts';
import { python } from './python.ts';

interface Trained {
  readonly row: AccuracyRow;
  /** By seed. */
  readonly scores: readonly number[];
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
  rows: { scores: number[]; estimator: string }[];
  versions: Record<string, string>;
}

/** Milliseconds: hundreds of fits, which take minutes on two free processors. */
const LONG = 2_400_000;
const nodeOf = (learner: string) => catalog[learner as keyof typeof catalog];
type Given = Pick<AccuracyRow, 'learner' | 'params'>;
const paramsOf = ({ learner, params }: Given): Record<string, unknown> => nodeOf(learner).params.parse(params);
const withinOf = ({ within }: AccuracyRow): Learner | undefined => within && { learner: within.learner, task: 'two-class', params: paramsOf(within) };
const titleOf = ({ learner, within }: AccuracyRow): string => (within ? `${nodeOf(learner).title} of ${nodeOf(within.learner).title}` : nodeOf(learner).title);
const meanOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
/** Standard error of the mean; 0 of a single value. */
const errorOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1) / values.length);
};
const splits = Object.fromEntries(Object.entries(datasets).map(([name, each]) => [name, readSplit(each)]));
const folder = mkdtempSync(join(tmpdir(), 'modelwright-accuracy-'));
const trained: Trained[] = [];

beforeAll(async () => {
  for (const row of rows) {
    const split = splits[row.dataset]!;
    const within = withinOf(row);
    const params = within ? wrapLearner(row.learner, within).params : paramsOf(row);
    const scores: number[] = [];
    let first: Pick<Trained, 'model' | 'scored'> | undefined;
    for (const seed of row.seeds) {
      const given = { ...params, ...(row.random ? { seed } : {}) };
      const model = await (row.learner in unsupervisedTrainers
        ? fitWithoutLabel(row.learner, row.usual ? usualRows(split.train) : split.train, given)
        : fit(row.learner, split.train, given));
      const scored = await apply(model, split.test);
      scores.push(scoreOf(row, params, split, scored));
      first ??= { model, scored };
    }
    const path = join(folder, `${rowName(row)}.onnx`);
    writeFileSync(path, first!.model.onnx);
    trained.push({ row, scores, ...first!, path });
  }
}, LONG);
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
      expect(producer, rowName(row)).toBe('modelwright');
      expect(metadata, rowName(row)).toEqual(['modelwright.signature', 'modelwright.summary']);
      expect(signature).toEqual(JSON.parse(JSON.stringify(model.signature)));
      const { label, task } = signature;
      expect(label?.name).toBe(task === 'clustering' || task === 'anomaly' ? undefined : datasets[row.dataset]!.label);
      if (label?.levels) expect(label.levels).toEqual([...new Set(splits[row.dataset]!.test.label.values as string[])].sort());
      const names = signature.outputs.map((each) => each.name);
      expectEqualColumns(Object.fromEntries(names.map((name) => [name, cellsOf(scored.get(name)!)])), outputs, names);
    });
  });

  it(
    'is at most 0.005 below scikit-learn, and docs/accuracy.md says how much',
    () => {
      const reference = python<Reference>('accuracy_reference.py', [], {
        datasets: Object.fromEntries(
          Object.entries(datasets).map(([name, { path, label, drop, blocks }]) => [name, { path: resolve(path), label, drop, blocks }]),
        ),
        rows: rows.map((row) => ({ ...row, params: paramsOf(row), within: withinOf(row), measure: measureOf(row) })),
      });
      const results = trained.map(({ row, scores }, index): AccuracyResult => {
        const { scores: theirs, estimator } = reference.rows[index]!;
        return { row, title: titleOf(row), ours: meanOf(scores), theirs: meanOf(theirs), error: Math.hypot(errorOf(scores), errorOf(theirs)), estimator };
      });
      const counts = Object.fromEntries(Object.entries(splits).map(([name, { train, test }]) => [name, [train.rowCount, test.rowCount] as const]));
      const own = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
      const page = accuracyPage(results, counts, { Modelwright: own.version, ...reference.versions, ...checked.versions });
      const file = resolve('docs/accuracy.md');
      if (!existsSync(file) || readFileSync(file, 'utf8') !== page) writeFileSync(file, page);

      const below = results.filter(({ ours, theirs }) => !(ours - theirs >= -MOST_BELOW)).map(({ row }) => rowName(row));
      expect(below.filter((name) => !Object.hasOwn(KNOWN_GAPS, name))).toEqual([]);
      expect(Object.keys(KNOWN_GAPS).filter((name) => !below.includes(name))).toEqual([]);
    },
    LONG,
  );
});
