import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { mismatches, scoredSchema } from '../../kit/model-schema.ts';
import { scoreModel } from './node.ts';

/** Only the columns that the model takes and gives are in memory; the others pass from file to file. */
export default defineRun(scoreModel, async ({ model, data }, { append }, context) => {
  const { signature, onnx, summary } = model;
  const [mismatch] = mismatches(data.schema, signature);
  if (mismatch) throw new NodeError('model_mismatch', mismatch);
  const known = new Set(data.schema.columns.map((each) => each.name));
  const columns = await data.read(signature.inputs.map((each) => each.name).filter((name) => known.has(name)));
  const scores = await context.onnx.apply(onnx, signature, columns, data.rowCount, context.signal);
  const made = { title: summary.title, task: summary.task };
  const { columns: all } = scoredSchema(data.schema, signature, append);
  const titled = all.map((each) => (scores.has(each.name) ? { ...each, model: made } : each));
  return { data: await context.beside(data, scores, { columns: titled, open: false }) };
});
