import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import type { GraphBuilder } from './builder.ts';

/** Puts a model's graph into another; its inputs are the other's values of the same names. Gives the names of its outputs there. */
export function graft(builder: GraphBuilder, onnx: Uint8Array, prefix: string): string[] {
  const { graph } = fromBinary(ModelProtoSchema, onnx);
  if (!graph) throw new Error('A model without a graph cannot be grafted.');
  const inputs = new Set(graph.input.map((each) => each.name));
  const rename = (name: string): string => (name === '' || inputs.has(name) ? name : ` ${prefix}${name}`);
  builder.include(
    graph.node.map((each) => ({ ...each, name: rename(each.name), input: each.input.map(rename), output: each.output.map(rename) })),
    graph.initializer.map((each) => ({ ...each, name: rename(each.name) })),
  );
  return graph.output.map((each) => rename(each.name));
}
