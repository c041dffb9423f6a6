import type { GraphBuilder } from './builder.ts';

/** What writes operators into a graph. */
export type GraphOperators = Pick<GraphBuilder, 'node' | 'ml' | 'cast' | 'floats' | 'doubles' | 'int64s' | 'strings'>;

const name = (): string => 'value';
/** Writes nothing: for who only asks whether something can be written. It needs no protobuf, so that browsers need none. */
export const NO_GRAPH: GraphOperators = { node: name, ml: name, cast: name, floats: name, doubles: name, int64s: name, strings: name };
