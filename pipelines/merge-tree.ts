import type { DocumentEdge, PipelineDocument } from './document.ts';

/** A document by names all the way down to what is one value: lists by the ids of their items, wires by the input that they lead to. */
export type Tree = Map<string, unknown>;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const treeOf = (record: Readonly<Record<string, unknown>>): Tree => new Map(Object.entries(record).filter(([, value]) => value !== undefined));

/** Takes a document apart. Parameters of nodes are one value each, however deep. */
export function split(document: PipelineDocument): Tree {
  const tree = treeOf(document as unknown as Record<string, unknown>);
  for (const [key, value] of tree) {
    if (key === 'edges') tree.set(key, wiresByInput(document.edges));
    else if (Array.isArray(value)) tree.set(key, listByName(value, key === 'parameters' ? 'name' : 'id', key));
    else if (isRecord(value)) tree.set(key, treeOf(value));
  }
  return tree;
}

/** Puts together what `split` took apart of documents like those. */
export function joined(tree: Tree, like: readonly PipelineDocument[]): PipelineDocument {
  const document: Record<string, unknown> = {};
  const isList = (key: string): boolean => like.some((each) => Array.isArray((each as unknown as Record<string, unknown>)[key]));
  for (const [key, value] of tree) {
    if (!(value instanceof Map)) document[key] = value;
    else if (key === 'edges') document[key] = [...(value as ReadonlyMap<string, DocumentEdge>).values()];
    else if (isList(key)) document[key] = [...value.values()].map((item) => (item instanceof Map ? itemOf(item as Tree, key) : item));
    else document[key] = Object.fromEntries(value);
  }
  return document as unknown as PipelineDocument;
}

/** More than one wire into an input stands only in odd files; none of them is dropped. */
function wiresByInput(edges: readonly DocumentEdge[]): Tree {
  const tree: Tree = new Map();
  for (const edge of edges) {
    const input = `${edge.to.node}\n${edge.to.port}`;
    tree.set(tree.has(input) ? `${input}\n${edge.from.node}\n${edge.from.port}` : input, edge);
  }
  return tree;
}

function listByName(list: readonly unknown[], name: 'id' | 'name', key: string): unknown {
  if (!list.every((item) => isRecord(item) && typeof item[name] === 'string')) return list;
  return new Map((list as Record<string, unknown>[]).map((item) => [item[name] as string, splitItem(item, key)]));
}

function splitItem(item: Record<string, unknown>, list: string): Tree {
  const tree = treeOf(item);
  for (const [field, value] of tree) {
    if (list === 'nodes' && (field === 'params' || field === 'policy') && isRecord(value)) tree.set(field, treeOf(value));
    // Members of a group are a set: each comes and goes for itself.
    if (list !== 'nodes' && isMembers(value)) tree.set(field, new Map(value.map((member) => [member, member])));
  }
  return tree;
}

const isMembers = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');

function itemOf(tree: Tree, list: string): Record<string, unknown> {
  return Object.fromEntries(
    [...tree].map(([field, value]) => [field, value instanceof Map ? (list === 'nodes' ? Object.fromEntries(value) : [...value.keys()]) : value]),
  );
}
