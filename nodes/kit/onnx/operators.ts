import type { GraphBuilder } from './builder.ts';

/** The operators of ONNX Runtime that the standard does not have. */
export const MICROSOFT = 'com.microsoft';

/** What writes operators into a graph. */
export type GraphOperators = Pick<GraphBuilder, 'node' | 'nodes' | 'ml' | 'cast' | 'floats' | 'doubles' | 'int64s' | 'strings' | 'once' | 'repeat'>;

const name = (): string => 'value';
/** Writes nothing: for who only asks whether something can be written. It needs no protobuf, so that browsers need none. */
export const NO_GRAPH: GraphOperators = {
  node: name,
  nodes: (_operator, _inputs, _attributes, options) => Array.from({ length: options?.outputs ?? 1 }, name),
  ml: name,
  cast: name,
  floats: name,
  doubles: name,
  int64s: name,
  strings: name,
  once: (_key, write) => write(),
  repeat: name,
};
