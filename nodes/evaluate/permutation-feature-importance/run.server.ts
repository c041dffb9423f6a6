import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { labelIssues } from '../../kit/model-schema.ts';
import { findColumn, type ColumnValues } from '../../kit/table.ts';
import { randomNumbers, shuffled } from '../../kernels/random.ts';
import { FIGURES, type SupervisedTask } from '../../train/figures.ts';
import { judge } from '../../train/judge.server.ts';
import { readLabelled } from '../../train/rows.server.ts';
import { IMPORTANCES, judgingIssues, permutationFeatureImportance } from './node.ts';

/** Breiman 2001, for any model and figure: the mean fall of the figure over repeats in which one column's values change rows. */
export default defineRun(permutationFeatureImportance, async ({ model, data }, params, context) => {
  const { signature, onnx } = model;
  const task = signature.task as SupervisedTask;
  const [issue] = judgingIssues({ task, signature }, data.schema);
  if (issue) throw new NodeError(issue.code, issue.message);
  const label = findColumn(data.schema, signature.label!.name)!;
  const [unfit] = labelIssues(label, task);
  if (unfit) throw new NodeError(unfit.code, unfit.message);
  const features = signature.inputs.flatMap(({ name }) => findColumn(data.schema, name) ?? []);
  const rows = await readLabelled(data, { features, label }, context);
  const metric = { 'two-class': params.twoClassMetric, multiclass: params.multiclassMetric, regression: params.regressionMetric }[task];
  const { title, higherIsBetter } = FIGURES[task][metric]!;
  const columns = new Map(rows.features.map(({ schema, values }) => [schema.name, values]));
  const graph = await context.onnx.open(onnx, signature);
  try {
    /** The figure, turned so that higher is better. */
    const goodness = async (changed?: readonly [name: string, values: ColumnValues]): Promise<number> => {
      const inputs = changed ? new Map([...columns, changed]) : columns;
      const value = judge(rows, await graph.apply(inputs, rows.rowCount, context.signal), signature)[metric];
      if (value !== undefined) return higherIsBetter ? value : -value;
      throw new NodeError(
        'label_one_class',
        `“${title}” is not defined on these rows: they lack some class, or hold infinite numbers. Take other rows or another metric.`,
      );
    };
    const before = await goodness();
    context.log(`${title} of the model on ${rows.rowCount.toLocaleString('en-US')} rows: ${Number((higherIsBetter ? before : -before).toPrecision(6))}.`);
    const random = randomNumbers(params.seed);
    const found: Importance[] = [];
    for (const [index, { schema, values }] of rows.features.entries()) {
      const falls: number[] = [];
      for (let repeat = 0; repeat < params.repeats; repeat += 1) {
        falls.push(before - (await goodness([schema.name, permuted(values, shuffled(rows.rowCount, random))])));
        context.progress((index + (repeat + 1) / params.repeats) / rows.features.length, `${schema.name}, repeat ${repeat + 1} of ${params.repeats}`);
      }
      found.push({ feature: schema.name, ...meanAndDeviation(falls) });
    }
    found.sort((a, b) => b.mean - a.mean);
    return {
      importance: await context.table(
        IMPORTANCES,
        new Map<string, ColumnValues>([
          ['Feature', found.map(({ feature }) => feature)],
          ['Score', Float64Array.from(found, ({ mean }) => mean)],
          ['Standard deviation', Float64Array.from(found, ({ deviation }) => deviation)],
        ]),
      ),
    };
  } finally {
    await graph.close();
  }
});

interface Importance {
  readonly feature: string;
  readonly mean: number;
  /** Of the population of repeats. */
  readonly deviation: number;
}

function meanAndDeviation(values: readonly number[]): Pick<Importance, 'mean' | 'deviation'> {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length) };
}

const permuted = (values: ColumnValues, order: Uint32Array): ColumnValues =>
  values instanceof Float64Array ? values.map((_, row) => values[order[row]!]!) : Array.from(order, (row) => values[row]!);
