import { catalog } from '../../catalog.ts';
import type { RunContext } from '../../kit/context.ts';
import { defineRun, type AnyNode } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { Learner, Model } from '../../kit/kinds.ts';
import { paramMetas } from '../../kit/params.ts';
import { algorithmOf } from '../../learners/wrapped.ts';
import type { SweepReport, SweepTrial } from '../../kit/sweep.ts';
import { column, tableSchema, type ColumnSchema, type Table } from '../../kit/table.ts';
import { FIGURES, type SupervisedTask } from '../figures.ts';
import { FitPool } from '../fit-pool.server.ts';
import { randomFolds, rowsOfFold, takeRows } from '../folds.server.ts';
import { readSupervised } from '../supervised.server.ts';
import { tuneModelHyperparameters } from './node.ts';
import { dimensionOf, type Dimension, type ParamValue } from './search-space.ts';
import { sweepOver, workOf } from './sweeps.server.ts';
import { Trials, type Part } from './trials.server.ts';

export default defineRun(tuneModelHyperparameters, async ({ learner, data, validation }, params, context) => {
  const { rows, readAlike } = await readSupervised(learner, data, params.label, context, validation ? {} : { copied: 1 - 1 / params.folds });
  const task = learner.task as SupervisedTask;
  const metric = { 'two-class': params.twoClassMetric, multiclass: params.multiclassMetric, regression: params.regressionMetric }[task];
  const dimensions = dimensionsOf(learner);
  const varied = dimensions.filter(({ values }) => values.length > 1);
  const base: Learner = { ...learner, params: { ...learner.params, ...Object.fromEntries(dimensions.map(({ name, values }) => [name, values[0]!])) } };
  const parts: Part[] = validation ? [{ held: await readAlike(validation) }] : foldParts();
  const options = { sweep: params.sweep, runs: params.runs, seed: params.seed, rowCount: rows.rowCount };
  const trainer = await context.trainer(learner.learner);
  const pool = new FitPool(trainer, { data: rows, ...(validation && { held: parts[0]!.held }) }, context);
  const trials = new Trials(
    pool,
    { learner: base, metric, parts, rowCount: rows.rowCount, seed: params.seed, work: workOf(varied, options), keeps: validation !== undefined },
    context,
  );
  try {
    await sweepOver(varied, options, (settings, share) => trials.losses(settings, share));
  } finally {
    await pool.close();
  }
  const best = winner(trials, context);
  const model = best.model ?? (await trainer.fit(rows, { ...base.params, ...best.trial.params }, quiet(context)));
  const report = reportOf(model, task, metric, varied, trials.all, best.trial, validation ? 'validation rows' : `${parts.length} folds`);
  return { sweep: await sweepTable(report, task, context), model, report };

  function foldParts(): Part[] {
    const stratifyBy = task === 'regression' ? undefined : rows.label.values;
    const folds = randomFolds(rows.rowCount, { folds: params.folds, seed: params.seed, stratifyBy });
    return folds.names.map((_, fold) => {
      const scored = rowsOfFold(folds, fold, true);
      return { rows: rowsOfFold(folds, fold, false), scored, held: takeRows(rows, scored) };
    });
  }
});

/** The parameters with the values to try: those of the learner, else those that its node type has as defaults of its ranges. */
function dimensionsOf(learner: Learner): Dimension[] {
  const definition = (catalog as Readonly<Record<string, AnyNode>>)[algorithmOf(learner)];
  const metas = definition ? paramMetas(definition.params) : [];
  const given =
    learner.ranges ??
    Object.fromEntries(
      metas.flatMap(({ name, default: values }) => (name.endsWith('Range') && Array.isArray(values) ? [[name.slice(0, -'Range'.length), values]] : [])),
    );
  const dimensions = Object.entries(given).flatMap(([name, values]) => {
    const known = metas.find((each) => each.name === name);
    return values.length === 0 ? [] : [dimensionOf(name, known?.meta.title ?? name, values, known?.schema)];
  });
  if (dimensions.some(({ values }) => values.length > 1)) return dimensions;
  const message = 'The algorithm has no parameter with several values to try. Set its Create trainer mode to Parameter range and give some values.';
  throw new NodeError('parameter_invalid', message);
}

function winner(trials: Trials, context: RunContext): { trial: SweepTrial; model?: Model } {
  const failures = trials.all.filter(({ failure }) => failure !== undefined);
  if (trials.best) {
    if (failures.length > 0) context.log(`${failures.length} of ${trials.all.length} trials failed, the first one with: ${failures[0]!.failure}`);
    const settings = Object.entries(trials.best.trial.params).map(([name, value]) => `${name} ${value}`);
    context.log(`Trial ${trials.best.trial.trial} won: ${settings.join(', ')}.`);
    return trials.best;
  }
  throw new NodeError('parameter_invalid', `Training failed with every setting. The first failure: ${failures[0]?.failure ?? 'none was tried.'}`);
}

/** The last training tells its curve, and moves the progress through what is left. */
const quiet = (context: RunContext): RunContext => ({
  ...context,
  get scratch() {
    return context.scratch;
  },
  progress: (fraction, message) => context.progress(0.95 + 0.05 * fraction, message && `best settings: ${message}`),
});

function reportOf(
  { summary }: Model,
  task: SupervisedTask,
  metric: string,
  varied: readonly Dimension[],
  trials: readonly SweepTrial[],
  best: SweepTrial,
  judgedBy: string,
): SweepReport {
  return {
    type: 'sweep',
    learner: summary.learner,
    title: summary.title,
    metric,
    higherIsBetter: FIGURES[task][metric]!.higherIsBetter,
    judgedBy,
    parameters: varied.map(({ name, title }) => ({ name, title })),
    trials,
    best: best.trial,
  };
}

/** A row for each trial, in the order of their start. */
function sweepTable({ parameters, trials, metric }: SweepReport, task: SupervisedTask, context: RunContext): Promise<Table> {
  const numbers = (name: string, pick: (trial: SweepTrial) => number | null): [ColumnSchema, Float64Array] => [
    column(name, 'number', { nullable: true }),
    Float64Array.from(trials, (trial) => pick(trial) ?? NaN),
  ];
  const names = Object.keys(FIGURES[task]);
  const folds = trials.some(({ deviation }) => deviation !== null);
  const columns: [ColumnSchema, Float64Array | (string | null)[]][] = [
    [column('Trial', 'integer', { role: 'id' }), Float64Array.from(trials, ({ trial }) => trial)],
    ...parameters.map(({ name, title }): [ColumnSchema, Float64Array | (string | null)[]] => {
      const values = trials.map(({ params }) => params[name] as ParamValue);
      if (values.every((value) => typeof value === 'number')) return numbers(title, ({ params }) => params[name] as number);
      return [column(title, 'category'), values.map(String)];
    }),
    ...[metric, ...names.filter((name) => name !== metric)].flatMap((name) => {
      const { title } = FIGURES[task][name]!;
      const figure = numbers(title, ({ metrics }) => metrics[name] ?? null);
      return name === metric && folds ? [figure, numbers(`${title}, deviation`, ({ deviation }) => deviation)] : [figure];
    }),
    numbers('Share of rows', ({ share }) => share),
    [column('Failure', 'text', { nullable: true }), trials.map(({ failure }) => failure ?? null)],
  ];
  return context.table(tableSchema(columns.map(([schema]) => schema)), new Map(columns.map(([schema, values]) => [schema.name, values])));
}
