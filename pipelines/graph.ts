import type { DocumentEdge, DocumentNode, PipelineDocument } from './document.ts';

/** A document's nodes and wires by node. Wires with an absent end are left out; of nodes with equal ids the first counts. */
export interface Graph {
  readonly nodes: ReadonlyMap<string, DocumentNode>;
  readonly incoming: ReadonlyMap<string, readonly DocumentEdge[]>;
  readonly outgoing: ReadonlyMap<string, readonly DocumentEdge[]>;
}

export interface TopologicalOrder {
  /** Every node that is neither on a circle nor behind one; sources first, document order among equals. */
  readonly order: readonly string[];
  /** The nodes of one circle in wire order; empty when there is none. */
  readonly cycle: readonly string[];
  /** Nodes on a circle or behind one. */
  readonly rest: readonly string[];
}

const graphs = new WeakMap<readonly DocumentNode[], { edges: readonly DocumentEdge[]; graph: Graph }>();

/** The document as a graph, in linear time; the same lists of nodes and edges give the same graph. */
export function graphOf(document: Pick<PipelineDocument, 'nodes' | 'edges'>): Graph {
  const known = graphs.get(document.nodes);
  if (known?.edges === document.edges) return known.graph;
  const nodes = new Map<string, DocumentNode>();
  const incoming = new Map<string, DocumentEdge[]>();
  const outgoing = new Map<string, DocumentEdge[]>();
  for (const node of document.nodes) {
    if (nodes.has(node.id)) continue;
    nodes.set(node.id, node);
    incoming.set(node.id, []);
    outgoing.set(node.id, []);
  }
  for (const edge of document.edges) {
    const leaves = outgoing.get(edge.from.node);
    const enters = incoming.get(edge.to.node);
    if (!leaves || !enters) continue;
    leaves.push(edge);
    enters.push(edge);
  }
  const graph: Graph = { nodes, incoming, outgoing };
  graphs.set(document.nodes, { edges: document.edges, graph });
  return graph;
}

const orders = new WeakMap<Graph, TopologicalOrder>();

/** Linear in nodes and edges; the same graph gives the same order. */
export function topologicalOrder(graph: Graph): TopologicalOrder {
  const known = orders.get(graph);
  if (known) return known;
  const found = findOrder(graph);
  orders.set(graph, found);
  return found;
}

/** Kahn's algorithm. */
function findOrder(graph: Graph): TopologicalOrder {
  const waiting = new Map<string, number>();
  const order: string[] = [];
  for (const id of graph.nodes.keys()) {
    const count = graph.incoming.get(id)!.length;
    waiting.set(id, count);
    if (count === 0) order.push(id);
  }
  for (let index = 0; index < order.length; index++) {
    for (const edge of graph.outgoing.get(order[index]!)!) {
      const left = waiting.get(edge.to.node)! - 1;
      waiting.set(edge.to.node, left);
      if (left === 0) order.push(edge.to.node);
    }
  }
  if (order.length === graph.nodes.size) return { order, cycle: [], rest: [] };
  const placed = new Set(order);
  const rest = [...graph.nodes.keys()].filter((id) => !placed.has(id));
  return { order, cycle: findCycle(graph, rest), rest };
}

/** Each node of the rest has a wire from another of the rest, so walking back along those must come round. */
function findCycle(graph: Graph, rest: readonly string[]): string[] {
  const inRest = new Set(rest);
  const seen = new Map<string, number>();
  const path: string[] = [];
  let current = rest[0]!;
  while (!seen.has(current)) {
    seen.set(current, path.length);
    path.push(current);
    current = graph.incoming.get(current)!.find((edge) => inRest.has(edge.from.node))!.from.node;
  }
  return path.slice(seen.get(current)).reverse();
}

function reach(start: Iterable<string>, next: (id: string) => Iterable<string>): Set<string> {
  const found = new Set<string>();
  const queue = [...start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const other of next(id)) {
      if (found.has(other)) continue;
      found.add(other);
      queue.push(other);
    }
  }
  return found;
}

/** All nodes from which wires lead to the given ones; a given one is in it only when it lies before another or on a circle. */
export function ancestors(graph: Graph, ...ids: string[]): Set<string> {
  return reach(ids, (id) => (graph.incoming.get(id) ?? []).map((edge) => edge.from.node));
}

/** All nodes to which wires lead from the given ones; a given one is in it only when it lies behind another or on a circle. */
export function descendants(graph: Graph, ...ids: string[]): Set<string> {
  return reach(ids, (id) => (graph.outgoing.get(id) ?? []).map((edge) => edge.to.node));
}

/** The wire into an input, or undefined. */
export function wireInto(graph: Graph, node: string, port: string): DocumentEdge | undefined {
  return graph.incoming.get(node)?.find((edge) => edge.to.port === port);
}

export const sameEdge = (one: DocumentEdge, other: DocumentEdge): boolean =>
  one.from.node === other.from.node && one.from.port === other.from.port && one.to.node === other.to.node && one.to.port === other.to.port;
