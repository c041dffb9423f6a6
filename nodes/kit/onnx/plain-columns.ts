import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, NodeProtoSchema } from 'onnx-buf';
import type { Signature } from '../signature.ts';
import { int64Tensor, tensorInfo } from './builder.ts';
import { graphTypeOf } from './graph-type.ts';
import { renamed } from './rename.ts';

const SHAPE = ' column shape';

/**
 * A fitted graph whose inputs are plain columns, [rows] in place of [rows, 1], and whose outputs are those of the signature alone: what tools feed
 * that make an array of each column of a data frame.
 */
export function withPlainColumns(onnx: Uint8Array, { inputs, outputs }: Pick<Signature, 'inputs' | 'outputs'>): Uint8Array {
  const model = fromBinary(ModelProtoSchema, onnx);
  const graph = model.graph!;
  const types = new Map(inputs.map(({ name, type }) => [name, graphTypeOf(type)]));
  const taken = graph.input.map(({ name }) => name).filter((name) => types.has(name));
  const columns = new Map(taken.map((name) => [name, ` column/${name}`]));
  const reshapes = [...columns].map(([name, column]) => create(NodeProtoSchema, { opType: 'Reshape', input: [name, SHAPE], output: [column] }));
  graph.node = [...reshapes, ...graph.node.map((node) => renamed(node, (name) => columns.get(name) ?? name))];
  graph.initializer.push(int64Tensor([-1, 1], [2], SHAPE));
  graph.input = graph.input.map((each) => (columns.has(each.name) ? tensorInfo(each.name, types.get(each.name)!, ['rows']) : each));
  const wanted = new Set(outputs.map(({ name }) => name));
  graph.output = graph.output.filter(({ name }) => wanted.has(name));
  return toBinary(ModelProtoSchema, model);
}
