import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { mismatches, scoredSchema } from '../../kit/model-schema.ts';
import { scoreModel } from './node.ts';

export default defineRun(scoreModel, async ({ model, data }, { append }, context) => {
  const { signature, onnx, summary } = model;
  const [mismatch] = mismatches(data.schema, signature);
  if (mismatch) throw new NodeError('model_mismatch', mismatch);
  const known = new Set(data.schema.columns.map((each) => each.name));
  const columns = await data.read(append ? undefined : signature.inputs.map((each) => each.name).filter((name) => known.has(name)));
  const scores = await context.onnx.apply(onnx, signature, columns, data.rowCount, context.signal);
  const made = { title: summary.title, task: summary.task };
  const schema = scoredSchema(data.schema, signature, append);
  const titled = { ...schema, columns: schema.columns.map((each) => (scores.has(each.name) ? { ...each, model: made } : each)) };
  return { data: await context.table(titled, append ? new Map([...columns, ...scores]) : scores) };
});
