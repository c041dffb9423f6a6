import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { appliedSchema, mismatches } from '../../kit/model-schema.ts';
import { applyTransformation } from './node.ts';

/** Only the columns that the graph takes and gives are in memory; the others pass from file to file. */
export default defineRun(applyTransformation, async ({ transform: { onnx, signature }, data }, _params, context) => {
  const [mismatch] = mismatches(data.schema, signature);
  if (mismatch) throw new NodeError('model_mismatch', mismatch);
  const schema = appliedSchema(data.schema, signature);
  if (schema.columns.length === 0) throw new NodeError('columns_none', 'The transformation leaves no column of this dataset. Wire another one.');
  const known = new Set(data.schema.columns.map((each) => each.name));
  const columns = await data.read(signature.inputs.map((each) => each.name).filter((name) => known.has(name)));
  const made = await context.onnx.apply(onnx, signature, columns, data.rowCount, context.signal);
  return { data: await context.beside(data, made, schema) };
});
