import type { Catalog, Ports } from '#nodes/kit/define.ts';
import { sameEdge } from '../graph.ts';
import { z } from 'zod';
import { pipelineDocument, type DocumentEdge, type DocumentNode, type PipelineDocument } from '../document.ts';
import { changeNode } from './parameters.ts';
import { nodeType, own, portOf } from '../look-up.ts';
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

const idsOf = (document: PipelineDocument): Set<string> => new Set(document.nodes.map((node) => node.id));

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
  return {
    ...document,
    nodes: document.nodes.filter((node) => !gone.has(node.id)),
    edges: [...edges],
    parameters: document.parameters.filter((each) => !gone.has(each.node)),
    layout,
  };
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

/** Copied nodes with the wires among them; plain JSON, so that it can go through the clipboard. */
export interface Clip {
  readonly nodes: readonly DocumentNode[];
  readonly edges: readonly DocumentEdge[];
  readonly layout: Readonly<Record<string, readonly [number, number]>>;
}

const clipFormat = z.object({
  nodes: pipelineDocument.shape.nodes.unwrap(),
  edges: pipelineDocument.shape.edges.unwrap(),
  layout: pipelineDocument.shape.layout.unwrap(),
});

/** Checks what came from the clipboard; null when it is no copied part of a pipeline. */
export function readClip(input: unknown): Clip | null {
  const clip = clipFormat.safeParse(input).data;
  return clip && new Set(clip.nodes.map((node) => node.id)).size === clip.nodes.length ? clip : null;
}

export function copyNodes(document: PipelineDocument, ids: readonly string[]): Clip {
  const chosen = new Set(ids);
  return {
    nodes: document.nodes.filter((node) => chosen.has(node.id)),
    edges: document.edges.filter(({ from, to }) => chosen.has(from.node) && chosen.has(to.node)),
    layout: Object.fromEntries(Object.entries(document.layout).filter(([id]) => chosen.has(id))),
  };
}

/** Adds copied nodes under fresh ids, moved by the offset; `ids` maps each copied id to its new one. */
export function pasteNodes(
  document: PipelineDocument,
  clip: Clip,
  offset: readonly [number, number],
): { document: PipelineDocument; ids: Record<string, string> } {
  const taken = idsOf(document);
  const fresh = new Map<string, string>();
  const layout = { ...document.layout };
  const nodes = clip.nodes.map((node): DocumentNode => {
    const id = freeId(taken, node.id);
    taken.add(id);
    fresh.set(node.id, id);
    const [x, y] = own(clip.layout, node.id) ?? [0, 0];
    layout[id] = [x + offset[0], y + offset[1]];
    return { ...node, id, params: { ...node.params } };
  });
  const edges = clip.edges.flatMap(({ from, to }) => {
    const [source, target] = [fresh.get(from.node), fresh.get(to.node)];
    return source === undefined || target === undefined ? [] : [{ from: { node: source, port: from.port }, to: { node: target, port: to.port } }];
  });
  return { document: { ...document, nodes: [...document.nodes, ...nodes], edges: [...document.edges, ...edges], layout }, ids: Object.fromEntries(fresh) };
}

export function duplicateNodes(
  document: PipelineDocument,
  ids: readonly string[],
  offset: readonly [number, number] = [32, 32],
): { document: PipelineDocument; ids: Record<string, string> } {
  return pasteNodes(document, copyNodes(document, ids), offset);
}

/** Puts a new node into a wire; null when the type has no input and output of the wire's kind, or the wire does not exist. */
export function insertOnEdge(
  document: PipelineDocument,
  catalog: Catalog,
  edge: DocumentEdge,
  node: NewNode,
): { document: PipelineDocument; id: string } | null {
  const definition = nodeType(catalog, node.type);
  const source = document.nodes.find((each) => each.id === edge.from.node);
  const kind = source && portOf(nodeType(catalog, source.type), 'outputs', edge.from.port)?.kind;
  if (!definition || kind === undefined || !document.edges.some((each) => sameEdge(each, edge))) return null;
  const fitting = (ports: Ports) => Object.keys(ports).find((name) => ports[name]!.kind === kind);
  const [input, output] = [fitting(definition.inputs as Ports), fitting(definition.outputs as Ports)];
  if (input === undefined || output === undefined) return null;
  const added = addNode(document, catalog, node);
  const entered = connect(added.document, catalog, { from: edge.from, to: { node: added.id, port: input } });
  return { document: connect(entered, catalog, { from: { node: added.id, port: output }, to: edge.to }), id: added.id };
}
