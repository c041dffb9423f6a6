import type { AnyNode, Catalog, Ports } from '#nodes/kit/define.ts';
import type { Kind } from '#nodes/kit/kinds.ts';
import type { DocumentEdge, PipelineDocument } from '../document.ts';
import { ancestors, descendants, graphOf, sameEdge } from '../graph.ts';
import { nodeType, portOf } from '../look-up.ts';

/** Why this wire cannot be drawn, for people, or null when it can. An occupied input is no reason: the new wire takes its place. */
export function whyNotConnect(document: PipelineDocument, catalog: Catalog, { from, to }: DocumentEdge): string | null {
  const graph = graphOf(document);
  const source = graph.nodes.get(from.node);
  const target = graph.nodes.get(to.node);
  if (!source || !target) return 'The node does not exist.';
  const leaves = portOf(nodeType(catalog, source.type), 'outputs', from.port);
  const enters = portOf(nodeType(catalog, target.type), 'inputs', to.port);
  if (!leaves || !enters) return 'The port does not exist.';
  if (leaves.kind !== enters.kind) return `Takes a ${enters.kind}, not a ${leaves.kind}.`;
  if (from.node === to.node) return 'A node cannot feed itself.';
  if (descendants(graph, to.node).has(from.node)) return 'This would make a circle.';
  return null;
}

/** Draws a wire; it replaces the wire of an occupied input. An impossible wire changes nothing. */
export function connect(document: PipelineDocument, catalog: Catalog, edge: DocumentEdge): PipelineDocument {
  if (document.edges.some((each) => sameEdge(each, edge)) || whyNotConnect(document, catalog, edge) !== null) return document;
  const kept = document.edges.filter(({ to }) => to.node !== edge.to.node || to.port !== edge.to.port);
  return { ...document, edges: [...kept, { from: { ...edge.from }, to: { ...edge.to } }] };
}

export function disconnect(document: PipelineDocument, edge: DocumentEdge): PipelineDocument {
  const edges = document.edges.filter((each) => !sameEdge(each, edge));
  return edges.length === document.edges.length ? document : { ...document, edges };
}

/** Moves one end of a wire to another port, where it replaces the wire of an occupied input. An impossible move changes nothing. */
export function reroute(
  document: PipelineDocument,
  catalog: Catalog,
  edge: DocumentEdge,
  end: 'from' | 'to',
  place: { readonly node: string; readonly port: string },
): PipelineDocument {
  const wanted: DocumentEdge = { ...edge, [end]: { node: place.node, port: place.port } };
  if (sameEdge(edge, wanted) || !document.edges.some((each) => sameEdge(each, edge))) return document;
  if (whyNotConnect(document, catalog, wanted) !== null) return document;
  return connect(disconnect(document, edge), catalog, wanted);
}

export interface LegalTarget {
  readonly node: string;
  readonly port: string;
  readonly legal: boolean;
  /** Why not; null when legal. */
  readonly reason: string | null;
  /** The input has a wire already, which a new one would replace. */
  readonly occupied: boolean;
}

/**
 * Every port that a wire from the given end could go to: from an output (the default) all inputs of other nodes, from an input all outputs.
 * Linear in the document's size.
 */
export function legalTargets(
  document: PipelineDocument,
  catalog: Catalog,
  { node: id, port }: { node: string; port: string },
  end: 'output' | 'input' = 'output',
): LegalTarget[] {
  const graph = graphOf(document);
  const node = graph.nodes.get(id);
  const own = node && portOf(nodeType(catalog, node.type), end === 'output' ? 'outputs' : 'inputs', port);
  if (!own) return [];
  const circular = end === 'output' ? ancestors(graph, id) : descendants(graph, id);
  const occupied = new Set(document.edges.map(({ to }) => `${to.node}\n${to.port}`));
  const targets: LegalTarget[] = [];
  for (const other of graph.nodes.values()) {
    if (other.id === id) continue;
    const ports = (nodeType(catalog, other.type)?.[end === 'output' ? 'inputs' : 'outputs'] ?? {}) as Ports;
    for (const [name, each] of Object.entries(ports)) {
      const [gives, takes] = end === 'output' ? [own.kind, each.kind] : [each.kind, own.kind];
      const reason = gives !== takes ? `Takes a ${takes}, not a ${gives}.` : circular.has(other.id) ? 'This would make a circle.' : null;
      targets.push({ node: other.id, port: name, legal: reason === null, reason, occupied: end === 'output' && occupied.has(`${other.id}\n${name}`) });
    }
  }
  return targets;
}

export interface FittingNode {
  readonly definition: AnyNode;
  /** The first port of that kind on that side. */
  readonly port: string;
}

/** Node types of the library with a port of the kind on the side: what may follow an output (`input`), or come before an input (`output`). */
export function newNodesFor(catalog: Catalog, kind: Kind, side: 'input' | 'output'): FittingNode[] {
  return Object.values(catalog).flatMap((definition) => {
    if (definition.hidden) return [];
    const ports = (side === 'input' ? definition.inputs : definition.outputs) as Ports;
    const port = Object.keys(ports).find((name) => ports[name]!.kind === kind);
    return port === undefined ? [] : [{ definition, port }];
  });
}
