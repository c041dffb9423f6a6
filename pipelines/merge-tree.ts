import type { DocumentEdge } from './document.ts';
import { deepEqual } from './equal.ts';

/** A part of a document by the names of its parts: lists by the ids of their items, wires by the input that they lead to. */
export type Tree = Map<string, unknown>;
/** Where a part stands: such as `nodes`, the node's id, `params`. */
export type Path = readonly string[];

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((each) => typeof each === 'string');
const ofRecord = (record: Readonly<Record<string, unknown>>): Tree => new Map(Object.entries(record).filter(([, value]) => value !== undefined));

/** Takes a part of a document apart by one level; null for what is one value, as each parameter of a node is, however deep. */
export function open(value: unknown, path: Path): Tree | null {
  const [list, , field] = path;
  if (path.length === 0) return isRecord(value) ? ofRecord(value) : null;
  if (path.length === 1) {
    if (list === 'edges') return Array.isArray(value) ? wiresByInput(value as readonly DocumentEdge[]) : null;
    if (Array.isArray(value)) return listByName(value, list === 'parameters' ? 'name' : 'id');
    return isRecord(value) ? ofRecord(value) : null;
  }
  if (path.length === 2) return list !== 'edges' && list !== 'layout' && isRecord(value) ? ofRecord(value) : null;
  if (path.length > 3) return null;
  if (list === 'nodes') return (field === 'params' || field === 'policy') && isRecord(value) ? ofRecord(value) : null;
  // Members of a group are a set: each comes and goes for itself.
  return isTexts(value) ? new Map(value.map((member) => [member, member])) : null;
}

/** Puts together what `open` took apart at that path; `like` is one of those that were taken apart. */
export function close(tree: Tree, like: unknown): unknown {
  return Array.isArray(like) ? [...tree.values()] : Object.fromEntries(tree);
}

/** The other value, with the very parts of `base` wherever they are equal, so that comparing the two again costs little. */
export function sharing(base: unknown, other: unknown, path: Path = []): unknown {
  if (deepEqual(base, other)) return base;
  const [old, now] = [open(base, path), open(other, path)];
  if (!old || !now) return other;
  return close(new Map([...now].map(([key, value]) => [key, sharing(old.get(key), value, [...path, key])])), other);
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

function listByName(list: readonly unknown[], name: 'id' | 'name'): Tree | null {
  if (!list.every((item) => isRecord(item) && typeof item[name] === 'string')) return null;
  return new Map((list as readonly Record<string, unknown>[]).map((item) => [item[name] as string, item]));
}
