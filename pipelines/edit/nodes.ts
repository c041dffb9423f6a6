import type { AnyNode, Catalog, Ports } from '#nodes/kit/define.ts';
import type { Kind } from '#nodes/kit/kinds.ts';
import { sameEdge } from '../graph.ts';
import type { DocumentEdge, DocumentNode, PipelineDocument } from '../document.ts';
import { forgetNodes } from './groups.ts';
import { changeNode } from './parameters.ts';
import { nodeType, portOf } from '../look-up.ts';
import { connect } from './wires.ts';

export interface NewNode {
  readonly type: string;
  /** Top left corner on the canvas, in pixels at 100 %. */
  readonly position: readonly [number, number];
  readonly params?: Readonly<Record<string, unknown>>;
  readonly name?: string;
}

/** An id that no node has: the wish itself, or with a number, such as `clean-missing-data-2`. */
export function freeId(taken: ReadonlySet<string>, wish: string): string {
  const clean = wish.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  const base = (clean === '' ? 'node' : clean).slice(0, 56);
  if (!taken.has(base)) return base;
  const stem = base.replace(/-\d+$/, '') || 'node';
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number++;
  return `${stem}-${number}`;
}

export const idsOf = (document: PipelineDocument): Set<string> => new Set(document.nodes.map((node) => node.id));

/** Adds a node of a type of the catalog; an unknown type throws, since no library offers it. */
export function addNode(
  document: PipelineDocument,
  catalog: Catalog,
  { type, position, params = {}, name = '' }: NewNode,
): { document: PipelineDocument; id: string } {
  const definition = nodeType(catalog, type);
  if (!definition) throw new Error(`There is no node type "${type}".`);
  const id = freeId(idsOf(document), type);
  const node: DocumentNode = { id, type, version: definition.version, name: name.slice(0, 200), comment: '', params: { ...params } };
  return { document: { ...document, nodes: [...document.nodes, node], layout: { ...document.layout, [id]: [position[0], position[1]] } }, id };
}

/**
 * Removes nodes with their wires, places and pipeline parameters. Where a removed node stood in a line, the line closes: what fed its only
 * wired input of a kind then feeds what its outputs of that kind fed.
 */
export function removeNodes(document: PipelineDocument, catalog: Catalog, ids: readonly string[]): PipelineDocument {
  const gone = new Set(ids);
  const types = new Map(document.nodes.map((node) => [node.id, node.type]));
  let edges: readonly DocumentEdge[] = document.edges;
  for (const id of gone) edges = withoutNode(edges, id, types.get(id), types, catalog);
  const layout = Object.fromEntries(Object.entries(document.layout).filter(([id]) => !gone.has(id)));
  return forgetNodes(
    {
      ...document,
      nodes: document.nodes.filter((node) => !gone.has(node.id)),
      edges: [...edges],
      parameters: document.parameters.filter((each) => !gone.has(each.node)),
      layout,
    },
    gone,
  );
}

function withoutNode(
  edges: readonly DocumentEdge[],
  id: string,
  type: string | undefined,
  types: ReadonlyMap<string, string>,
  catalog: Catalog,
): DocumentEdge[] {
  const kept = edges.filter(({ from, to }) => from.node !== id && to.node !== id);
  if (type === undefined) return kept;
  const incoming = edges.filter(({ from, to }) => to.node === id && from.node !== id);
  for (const { from, to } of edges) {
    if (from.node !== id || to.node === id) continue;
    const kind = portOf(nodeType(catalog, type), 'outputs', from.port)?.kind;
    const feeds = incoming.filter((edge) => kind !== undefined && portOf(nodeType(catalog, type), 'inputs', edge.to.port)?.kind === kind);
    const source = feeds[0]?.from;
    if (feeds.length !== 1 || !source || source.node === to.node) continue;
    const leaves = portOf(nodeType(catalog, types.get(source.node)), 'outputs', source.port);
    const enters = portOf(nodeType(catalog, types.get(to.node)), 'inputs', to.port);
    if (leaves?.kind === kind && enters?.kind === kind) kept.push({ from: source, to });
  }
  return kept;
}

export function renameNode(document: PipelineDocument, id: string, name: string): PipelineDocument {
  return changeNode(document, id, (node) => (node.name === name ? node : { ...node, name: name.trim().slice(0, 200) }));
}

export function commentNode(document: PipelineDocument, id: string, comment: string): PipelineDocument {
  return changeNode(document, id, (node) => (node.comment === comment ? node : { ...node, comment: comment.slice(0, 10_000) }));
}

export function moveNodes(document: PipelineDocument, places: Readonly<Record<string, readonly [number, number]>>): PipelineDocument {
  const ids = idsOf(document);
  const moved = Object.entries(places).filter(([id]) => ids.has(id));
  if (moved.length === 0) return document;
  return { ...document, layout: { ...document.layout, ...Object.fromEntries(moved.map(([id, [x, y]]) => [id, [x, y] as [number, number]])) } };
}

/** The first ports of a node type that a wire of the kind could pass through; null where it has none. */
function throughPorts(type: AnyNode | undefined, kind: Kind | undefined): { input: string; output: string } | null {
  if (!type || kind === undefined) return null;
  const fitting = (ports: Ports) => Object.keys(ports).find((name) => ports[name]!.kind === kind);
  const [input, output] = [fitting(type.inputs as Ports), fitting(type.outputs as Ports)];
  return input === undefined || output === undefined ? null : { input, output };
}

function kindOf(document: PipelineDocument, catalog: Catalog, edge: DocumentEdge): Kind | undefined {
  if (!document.edges.some((each) => sameEdge(each, edge))) return undefined;
  const source = document.nodes.find((each) => each.id === edge.from.node);
  return source && portOf(nodeType(catalog, source.type), 'outputs', edge.from.port)?.kind;
}

/** Puts a new node into a wire; null when the type has no input and output of the wire's kind, or the wire does not exist. */
export function insertOnEdge(
  document: PipelineDocument,
  catalog: Catalog,
  edge: DocumentEdge,
  node: NewNode,
): { document: PipelineDocument; id: string } | null {
  if (!throughPorts(nodeType(catalog, node.type), kindOf(document, catalog, edge))) return null;
  const added = addNode(document, catalog, node);
  const inserted = threadOnEdge(added.document, catalog, edge, added.id);
  return inserted && { document: inserted, id: added.id };
}

/** Puts a node that stands alone into a wire; null when it has wires of its own, its kinds do not fit, or the wire does not exist. */
export function threadOnEdge(document: PipelineDocument, catalog: Catalog, edge: DocumentEdge, id: string): PipelineDocument | null {
  const node = document.nodes.find((each) => each.id === id);
  const ports = throughPorts(nodeType(catalog, node?.type), kindOf(document, catalog, edge));
  if (!ports || document.edges.some(({ from, to }) => from.node === id || to.node === id)) return null;
  const entered = connect(document, catalog, { from: edge.from, to: { node: id, port: ports.input } });
  return connect(entered, catalog, { from: { node: id, port: ports.output }, to: edge.to });
}
