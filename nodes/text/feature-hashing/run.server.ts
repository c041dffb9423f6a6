import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import type { Signature } from '../../kit/signature.ts';
import { isTextual, tableSchema, type ColumnValues } from '../../kit/table.ts';
import { chooseColumns } from '../../transform/choose-columns.ts';
import { hashingGraph } from './graph.ts';
import { featureHashing, hashedColumns } from './node.ts';

/** The result is held in memory: 8 bytes a cell. */
const CELL_LIMIT = 50_000_000;
const COLUMN_LIMIT = 10_000;

export default defineRun(featureHashing, async ({ data }, params, context) => {
  const { columns } = chooseColumns(params.columns, data.schema);
  const wrong = columns.find((each) => !isTextual(each.type));
  if (wrong) throw new NodeError('column_wrong_type', `“${wrong.name}” is not text, so it has no words. Choose texts or categories.`, { param: 'columns' });
  if (columns.length === 0) throw new NodeError('columns_none', 'There is no text to hash. Choose at least one.', { param: 'columns' });
  const width = columns.length * 2 ** params.bits;
  if (width > COLUMN_LIMIT || width * data.rowCount > CELL_LIMIT) {
    const message = `${width.toLocaleString('en-US')} columns of ${data.rowCount.toLocaleString('en-US')} rows are more than fits. Lower the hashing bitsize, or choose fewer columns.`;
    throw new NodeError(width > COLUMN_LIMIT ? 'parameter_invalid' : 'memory_exhausted', message, { param: 'bits' });
  }
  const { kept, hashed } = hashedColumns(data.schema, columns, params);
  const added = hashed.flatMap((each) => each.added);
  const signature: Signature = {
    kind: 'transform',
    inputs: columns.map(({ name, type, nullable }) => ({ name, type, required: !nullable })),
    outputs: added.map(({ name, type, role }) => ({ name, type, role })),
    drops: params.overwrite ? columns.map(({ name }) => name) : [],
    rowCount: data.rowCount,
  };
  const onnx = hashingGraph(hashed, params, signature);
  // The table is what the graph gives, so that a model is trained on just what it will see.
  const counts = await context.onnx.apply(onnx, signature, await data.read(columns.map(({ name }) => name)), data.rowCount, context.signal);
  const values = new Map<string, ColumnValues>(await data.read(kept.map(({ name }) => name)));
  for (const { name } of added) values.set(name, counts.get(name)!);
  return { data: await context.table(tableSchema([...kept, ...added]), values), transform: { onnx, signature } };
});
