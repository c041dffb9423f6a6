import type { ColumnSelection } from '../kit/columns.ts';
import type { FeatureData, RunContext } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import type { Learner, LearnerSpec, Model } from '../kit/kinds.ts';
import { scoredSchema } from '../kit/model-schema.ts';
import type { Task } from '../kit/signature.ts';
import type { Table } from '../kit/table.ts';
import { planned } from './memory.server.ts';
import { readFeatures } from './rows.server.ts';
import { labelsByCluster } from './cluster-labels.ts';
import { labelColumns, unsupervisedFeatures } from './unsupervised.ts';

/** The chosen feature columns' rows. Throws the first issue of learner and choice, and as `readFeatures`. */
export async function readChosen(task: Task, learner: Learner, data: Table, columns: ColumnSelection, context: RunContext): Promise<FeatureData> {
  const { features, issues } = unsupervisedFeatures(task, learner, data.schema, columns);
  if (issues[0]) throw new NodeError(issues[0].code, issues[0].message, { param: issues[0].param });
  return readFeatures(data, features, context, planned(await context.unsupervisedTrainer(learner.learner), learner));
}

/** All rows with what the model gives them, by ONNX Runtime; `append`: after their own columns, of which labels change as the learner says. */
export async function scoredTable(model: Model, data: Table, append: boolean, context: RunContext, labels?: LearnerSpec['labels']): Promise<Table> {
  const { signature, onnx, summary } = model;
  const known = new Set(data.schema.columns.map((each) => each.name));
  const columns = await data.read(append ? undefined : signature.inputs.map((each) => each.name).filter((name) => known.has(name)));
  const scores = await context.onnx.apply(onnx, signature, columns, data.rowCount, context.signal);
  const made = { title: summary.title, task: summary.task };
  const schema = scoredSchema(data.schema, signature, append);
  const titled = { ...schema, columns: schema.columns.map((each) => (scores.has(each.name) ? { ...each, model: made } : each)) };
  if (!append) return context.table(titled, scores);
  const given = labels ? labelColumns(data.schema).map(({ name }) => [name, labelsByCluster(columns.get(name)!, labels, scores)] as const) : [];
  return context.table(titled, new Map([...columns, ...given, ...scores]));
}
