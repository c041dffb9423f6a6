import type { GraphProto, NodeProto } from 'onnx-buf';

/** A node with every name, also inside of its subgraphs, passed through `rename`. */
export function renamed(node: NodeProto, rename: (name: string) => string): NodeProto {
  const attribute = node.attribute.map((each) => ({
    ...each,
    g: each.g && renamedGraph(each.g, rename),
    graphs: each.graphs.map((graph) => renamedGraph(graph, rename)),
  }));
  return { ...node, name: rename(node.name), input: node.input.map(rename), output: node.output.map(rename), attribute };
}

function renamedGraph(graph: GraphProto, rename: (name: string) => string): GraphProto {
  const all = <T extends { name: string }>(list: readonly T[]) => list.map((each) => ({ ...each, name: rename(each.name) }));
  return {
    ...graph,
    node: graph.node.map((each) => renamed(each, rename)),
    input: all(graph.input),
    output: all(graph.output),
    initializer: all(graph.initializer),
    valueInfo: [],
  };
}
