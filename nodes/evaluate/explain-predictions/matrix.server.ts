import { TensorProto_DataType } from 'onnx-buf';
import type { RunContext } from '../../kit/context.ts';
import { GraphBuilder, int } from '../../kit/onnx/builder.ts';
import type { Signature } from '../../kit/signature.ts';
import type { Columns } from '../../kit/table.ts';
import type { ScorePath } from './score-path.server.ts';

export interface MatrixRows {
  /** By column of the matrix. */
  readonly matrix: readonly Float64Array[];
  /** By output: what the model's graph gives before its link function. */
  readonly scores: readonly Float64Array[];
}

/** What the model's own graph makes of rows: the encoded matrix and the raw score. */
export async function matrixRows(path: ScorePath, { inputs }: Signature, rows: Columns, rowCount: number, context: RunContext): Promise<MatrixRows> {
  const builder = new GraphBuilder('explained ');
  for (const { name, type } of path.graph.input) {
    const textual = type?.value.case === 'tensorType' && type.value.value.elemType === TensorProto_DataType.STRING;
    builder.input(name, textual ? 'string' : 'float');
  }
  builder.include(path.graph.node, path.graph.initializer);
  const split = (value: string, count: number): string[] =>
    count === 1 ? [value] : builder.nodes('Split', [value], { axis: int(1), num_outputs: int(count) }, { outputs: count });
  const values = [...split(path.matrix, path.columns.length), ...split(path.score, path.width)];
  const names = values.map((value, at) => builder.output(`explained ${at}`, value, 'float'));
  const outputs = names.map((name) => ({ name, type: 'number', role: 'feature' }) as const);
  const found = await context.onnx.apply(builder.toBytes(), { kind: 'transform', inputs, outputs, drops: [] }, rows, rowCount, context.signal);
  const columns = names.map((name) => found.get(name) as Float64Array);
  return { matrix: columns.slice(0, path.columns.length), scores: columns.slice(path.columns.length) };
}
