import { defineRun } from '../../kit/define.ts';
import type { RunContext } from '../../kit/context.ts';
import { NodeError } from '../../kit/issues.ts';
import type { CrossValidatedFigure, CrossValidationReport } from '../../kit/cross-validation.ts';
import type { Learner, Model } from '../../kit/kinds.ts';
import type { SignatureOutput } from '../../kit/signature.ts';
import { findColumn, isTextual, type Columns, type ColumnValues, type Table } from '../../kit/table.ts';
import { FIGURES, type SupervisedTask } from '../figures.ts';
import { FitPool } from '../fit-pool.server.ts';
import { columnFolds, failureWithout, randomFolds, rowsOfFold, takeRows, takeValues, type Folds } from '../folds.server.ts';
import { judge } from '../judge.server.ts';
import type { LabelledRows } from '../rows.server.ts';
import { readSupervised } from '../supervised.server.ts';
import { crossValidatedSchema, crossValidateModel, EXAMPLES, FOLD_NUMBER, foldsSchema } from './node.ts';

interface FoldResult {
  readonly rows: Uint32Array;
  readonly model: Model;
  readonly scores: Columns;
  readonly figures: Readonly<Record<string, number>>;
}

export default defineRun(crossValidateModel, async ({ learner, data }, params, context) => {
  const foldColumn = params.foldColumn || (findColumn(data.schema, FOLD_NUMBER) ? FOLD_NUMBER : '');
  if (foldColumn !== '' && !findColumn(data.schema, foldColumn))
    throw new NodeError('column_missing', `The data has no column “${foldColumn}”. Choose another fold column.`, { param: 'foldColumn' });
  const { label, rows } = await readSupervised(learner, data, params.label, context, { besides: [foldColumn], copied: 1 - 1 / params.folds });
  const folds = foldColumn === '' ? chanceFolds(rows, learner, params) : await givenFolds(data, foldColumn, rows);
  const results = await validate(learner, rows, folds, context);
  context.signal.throwIfAborted();
  const outputs = outputsOf(results);
  const report = reportOf(learner, folds, results);
  const made = { title: results[0]!.model.summary.title, task: learner.task };
  const { columns } = crossValidatedSchema(data.schema, learner, label, outputs, false);
  const scored = new Set(outputs.map(({ name }) => name));
  const kept = await data.read(columns.map(({ name }) => name).filter((name) => findColumn(data.schema, name) && !scored.has(name) && name !== FOLD_NUMBER));
  return {
    scored: await context.table(
      { columns: columns.map((each) => (scored.has(each.name) ? { ...each, model: made } : each)), open: false },
      new Map<string, ColumnValues>([
        ...[...kept].map(([name, values]) => [name, takeValues(values, rows.rows)] as const),
        [FOLD_NUMBER, Float64Array.from(folds.of, (fold) => fold + 1)],
        ...outputs.map((output) => [output.name, gathered(output, results, rows.rowCount)] as const),
      ]),
    ),
    folds: await context.table(foldsSchema(learner.task), foldTable(report)),
    report,
  };
});

function chanceFolds(rows: LabelledRows, { task }: Learner, { folds, seed, stratified }: { folds: number; seed: number; stratified: boolean }): Folds {
  return randomFolds(rows.rowCount, { folds, seed, stratifyBy: stratified && task !== 'regression' ? rows.label.values : undefined });
}

async function givenFolds(data: Table, name: string, { rows }: LabelledRows): Promise<Folds> {
  const values = (await data.read([name])).get(name)!;
  return columnFolds({ schema: findColumn(data.schema, name)!, values: takeValues(values, rows) });
}

/** Trains and judges all folds, several at a time; ends with the first failure. */
async function validate(learner: Learner, rows: LabelledRows, folds: Folds, context: RunContext): Promise<FoldResult[]> {
  const pool = new FitPool(await context.trainer(learner.learner), { data: rows }, context);
  const count = folds.names.length;
  const fractions = new Float64Array(count);
  let done = 0;
  const tell = (fold: number, fraction: number) => {
    fractions[fold] = fraction;
    context.progress(fractions.reduce((sum, each) => sum + each, 0) / count, `${done} of ${count} folds`);
  };
  const [main] = Object.keys(FIGURES[learner.task as SupervisedTask]);
  let failure: { readonly reason: unknown } | undefined;
  const one = async (name: string, fold: number): Promise<FoldResult> => {
    try {
      const places = rowsOfFold(folds, fold, true);
      const task = { params: learner.params, rows: rowsOfFold(folds, fold, false), scored: places };
      const { model, scores } = await pool.fit(task, (fraction) => tell(fold, fraction * 0.95));
      const figures = judge(takeRows(rows, places), scores, model.signature);
      done += 1;
      tell(fold, 1);
      if (main && figures[main] !== undefined) context.metric(main, figures[main], fold + 1);
      return { rows: places, model, scores, figures };
    } catch (error) {
      // The first failure: those that are ended by it come later.
      failure ??= { reason: error instanceof NodeError ? failureWithout(name, rows.label, error) : error };
      pool.stop(error);
      throw error;
    }
  };
  try {
    const settled = await Promise.allSettled(folds.names.map(one));
    context.signal.throwIfAborted();
    if (failure) throw failure.reason;
    return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  } finally {
    await pool.close();
  }
}

/** All outputs of the models: a class that one fold lacks has no probability there. */
function outputsOf(results: readonly FoldResult[]): SignatureOutput[] {
  const outputs = new Map<string, SignatureOutput>();
  for (const { model } of results) for (const output of model.signature.outputs) outputs.set(output.name, outputs.get(output.name) ?? output);
  return [...outputs.values()];
}

/** A score of all rows, from the model of each row's fold. */
function gathered({ name, type }: SignatureOutput, results: readonly FoldResult[], rowCount: number): ColumnValues {
  if (isTextual(type)) {
    const texts = new Array<string | null>(rowCount).fill(null);
    for (const { rows, scores } of results) rows.forEach((row, at) => (texts[row] = (scores.get(name) as readonly (string | null)[])[at]!));
    return texts;
  }
  const numbers = new Float64Array(rowCount);
  for (const { rows, scores } of results) {
    const values = scores.get(name) as Float64Array | undefined;
    if (values) rows.forEach((row, at) => (numbers[row] = values[at]!));
  }
  return numbers;
}

function reportOf({ learner, task }: Learner, { names }: Folds, results: readonly FoldResult[]): CrossValidationReport {
  return {
    type: 'cross-validation',
    learner,
    title: results[0]!.model.summary.title,
    folds: results.map(({ rows }, fold) => ({ name: names[fold]!, rowCount: rows.length })),
    figures: Object.entries(FIGURES[task as SupervisedTask]).map(([metric, { title, higherIsBetter }]): CrossValidatedFigure => {
      const values = results.map(({ figures }) => finite(figures[metric]));
      return { metric, title, higherIsBetter, values, ...spreadOf(values.filter((each) => each !== null)) };
    }),
  };
}

const finite = (value: number | undefined): number | null => (value !== undefined && Number.isFinite(value) ? value : null);

function spreadOf(values: readonly number[]): { mean: number | null; deviation: number | null } {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1));
  return { mean: finite(mean), deviation: finite(deviation) };
}

/** A row for each fold, then their mean and their standard deviation. */
function foldTable({ folds, figures }: CrossValidationReport): Columns {
  const numbers = (values: readonly (number | null)[], { mean, deviation }: ReturnType<typeof spreadOf>) =>
    Float64Array.from([...values, mean, deviation], (each) => each ?? NaN);
  const counts = folds.map(({ rowCount }) => rowCount);
  return new Map<string, ColumnValues>([
    [FOLD_NUMBER, [...folds.map(({ name }) => name), 'Mean', 'Standard deviation']],
    [EXAMPLES, numbers(counts, spreadOf(counts))],
    ...figures.map((each) => [each.title, numbers(each.values, each)] as const),
  ]);
}
