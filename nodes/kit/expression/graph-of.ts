import { GraphBuilder } from '../onnx/builder.ts';
import type { Signature } from '../signature.ts';
import { graphTypeOf } from '../onnx/graph-type.ts';
import type { ColumnType, TableSchema } from '../table.ts';
import type { Typed } from './check.ts';
import { compileToGraph } from './graph.ts';
import { columnsRead } from './tree.ts';

/** The expression alone as an ONNX file that takes the columns which it reads and gives `name`. Throws as `compileToGraph`. */
export function graphOf(typed: Typed, schema: TableSchema, name: string): { onnx: Uint8Array; signature: Signature } {
  const builder = new GraphBuilder();
  const read = columnsRead(typed.tree);
  const columns = schema.columns.filter((each, index) => read.has(each.name) || (read.size === 0 && index === 0));
  for (const each of columns) builder.input(each.name, graphTypeOf(each.type));
  const type = typed.type as ColumnType;
  builder.output(
    name,
    compileToGraph(
      typed,
      builder,
      (each) => each,
      () => columns[0]!.name,
    ),
    graphTypeOf(type),
  );
  const inputs = columns.map((each) => ({ name: each.name, type: each.type, required: false }));
  return { onnx: builder.toBytes(), signature: { kind: 'transform', inputs, outputs: [{ name, type, role: 'feature' }], drops: [] } };
}
