import type { DocumentEdge, DocumentNode, GroupSource, PipelineDocument } from './document.ts';
import { freeId } from './edit/nodes.ts';
import { deepEqual } from './equal.ts';
import { sameEdge } from './graph.ts';
import { close, open, sharing, type Tree } from './merge-tree.ts';
import { livingGroups, renameSource } from './nesting.ts';

export type Side = 'mine' | 'theirs';
/** One place that both changed, each otherwise. Absent values are undefined: removed, or not there yet. */
export interface Conflict {
  /** Such as `nodes`, the node's id, `params`, the parameter; equal conflicts of two merges have equal paths. */
  readonly path: readonly string[];
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}
export interface Merged {
  readonly document: PipelineDocument;
  /** All places that both changed, decided or not; empty = nothing had to be chosen. */
  readonly conflicts: readonly Conflict[];
  /** Ids of mine that were changed, since both had added something under the same id. */
  readonly renamed: ReadonlyMap<string, string>;
}
/** Says which side a conflict takes. */
export type Choose = (conflict: Conflict) => Side;

export const conflictKey = ({ path }: Pick<Conflict, 'path'>): string => path.join('\n');

/**
 * Joins two changes to one document. What only one side changed is taken from it, down to the single field of a node. Where both changed the
 * same field, `choose` decides (mine unless told), and the conflict is named. Of places on the canvas mine is taken without asking.
 * What both added under one id is two things: mine gets another id. A node that one removed and the other changed or wired is a conflict.
 */
export function merge(base: PipelineDocument, mine: PipelineDocument, theirs: PipelineDocument, choose: Choose = () => 'mine'): Merged {
  if (deepEqual(mine, theirs) || deepEqual(base, theirs)) return { document: mine, conflicts: [], renamed: new Map() };
  if (deepEqual(base, mine)) return { document: theirs, conflicts: [], renamed: new Map() };
  const renamed = clashingIds(base, mine, theirs);
  const own = renameIds(mine, renamed);
  const conflicts: Conflict[] = [];
  const decide: Choose = (conflict) => {
    if (isPlace(conflict.path)) return 'mine';
    conflicts.push(conflict);
    return choose(conflict);
  };
  const settled = settleRemovals({ base, mine: own, theirs }, decide);
  const document = mergeParts(settled.base, settled.mine, settled.theirs, [], decide) as PipelineDocument;
  return { document: withoutLooseEnds(document, [base, own, theirs]), conflicts, renamed };
}

/** The other document, with the very parts of `base` wherever they are equal: merging the two, even many times, then costs little. */
export const shared = (base: PipelineDocument, other: PipelineDocument): PipelineDocument => sharing(base, other) as PipelineDocument;

/** What `from → to` changed, carried over to another document; what was changed there too stays as `to` has it. */
export const carryOver = (from: PipelineDocument, to: PipelineDocument, other: PipelineDocument): PipelineDocument =>
  merge(from, other, to, () => 'theirs').document;

/** Where things stand on the canvas. */
const isPlace = (path: readonly string[]): boolean =>
  path[0] === 'layout' || (path.length === 3 && path[0] !== 'nodes' && ['x', 'y', 'width', 'height', 'collapsed'].includes(path[2]!));

function mergeParts(base: unknown, mine: unknown, theirs: unknown, path: readonly string[], decide: Choose): unknown {
  if (deepEqual(mine, theirs) || deepEqual(base, theirs)) return mine;
  if (deepEqual(base, mine)) return theirs;
  const [own, other] = [open(mine, path), open(theirs, path)];
  const before = base === undefined ? new Map<string, unknown>() : open(base, path);
  if (!own || !other || !before) return decide({ path, base, mine, theirs }) === 'mine' ? mine : theirs;
  const result: Tree = new Map();
  for (const key of new Set([...other.keys(), ...own.keys()])) {
    const value = mergeParts(before.get(key), own.get(key), other.get(key), [...path, key], decide);
    if (value !== undefined) result.set(key, value);
  }
  return close(result, theirs);
}

/** Ids that each side gave to a new thing of its own, with a free one for mine. */
function clashingIds(base: PipelineDocument, mine: PipelineDocument, theirs: PipelineDocument): Map<string, string> {
  const renamed = new Map<string, string>();
  const taken = new Set([base, mine, theirs].flatMap((document) => idsOf(document)));
  for (const list of idLists(mine)) {
    const [old, other] = [idsIn(base, list), idsIn(theirs, list)];
    for (const { id } of itemsOf(mine, list)) {
      if (old.has(id) || !other.has(id) || sameThing(mine, theirs, list, id)) continue;
      const free = freeId(taken, id);
      taken.add(free);
      renamed.set(id, free);
    }
  }
  return renamed;
}

type Item = { readonly id: string };
const idLists = (document: PipelineDocument): string[] =>
  Object.entries(document)
    .filter(([, value]) => Array.isArray(value) && value.length > 0 && value.every((each: unknown) => typeof (each as Item | null)?.id === 'string'))
    .map(([key]) => key);
const itemsOf = (document: PipelineDocument, list: string): readonly Item[] =>
  ((document as unknown as Record<string, unknown>)[list] as readonly Item[] | undefined) ?? [];
const idsIn = (document: PipelineDocument, list: string): Set<string> => new Set(itemsOf(document, list).map(({ id }) => id));
const idsOf = (document: PipelineDocument): string[] => idLists(document).flatMap((list) => itemsOf(document, list).map(({ id }) => id));

const sameThing = (mine: PipelineDocument, theirs: PipelineDocument, list: string, id: string): boolean => {
  const find = (document: PipelineDocument): unknown => itemsOf(document, list).find((each) => each.id === id);
  return deepEqual(find(mine), find(theirs)) && deepEqual(mine.layout[id], theirs.layout[id]);
};

/** Gives things other ids wherever they are spoken of. */
export function renameIds(document: PipelineDocument, renamed: ReadonlyMap<string, string>): PipelineDocument {
  if (renamed.size === 0) return document;
  const name = (id: string): string => renamed.get(id) ?? id;
  const lists = idLists(document).map((list) => [
    list,
    itemsOf(document, list).map((item) => {
      if (list === 'nodes') return { ...item, id: name(item.id) };
      const { nodes: members, parent, source } = item as { nodes?: unknown; parent?: unknown; source?: GroupSource };
      const inside = Array.isArray(members) ? { nodes: members.map((each: unknown) => (typeof each === 'string' ? name(each) : each)) } : {};
      return {
        ...item,
        id: name(item.id),
        ...inside,
        ...(typeof parent === 'string' ? { parent: name(parent) } : {}),
        ...(source ? { source: renameSource(source, name) } : {}),
      };
    }),
  ]);
  return {
    ...document,
    ...(Object.fromEntries(lists) as Partial<PipelineDocument>),
    edges: document.edges.map(({ from, to }) => ({ from: { ...from, node: name(from.node) }, to: { ...to, node: name(to.node) } })),
    parameters: document.parameters.map((each) => ({ ...each, node: name(each.node) })),
    layout: Object.fromEntries(Object.entries(document.layout).map(([id, place]) => [name(id), place])),
  };
}

interface Three {
  readonly base: PipelineDocument;
  readonly mine: PipelineDocument;
  readonly theirs: PipelineDocument;
}

/** Settles nodes that one side removed and the other changed, wired or promoted: gone from all three, or back where they were. */
function settleRemovals({ base, mine, theirs }: Three, decide: Choose): Three {
  const now = { mine: idsIn(mine, 'nodes'), theirs: idsIn(theirs, 'nodes') };
  const documents = { base, mine, theirs };
  for (const node of base.nodes) {
    const { id } = node;
    if (now.mine.has(id) === now.theirs.has(id)) continue;
    const [keeper, remover] = now.mine.has(id) ? (['mine', 'theirs'] as const) : (['theirs', 'mine'] as const);
    const kept = documents[keeper];
    const after = kept.nodes.find((each) => each.id === id);
    if (deepEqual(node, after) && !hasNewTies(base, kept, id)) continue;
    const sides = keeper === 'mine' ? { mine: after, theirs: undefined } : { mine: undefined, theirs: after };
    if (decide({ path: ['nodes', id], base: node, ...sides }) === keeper) documents[remover] = putBack(documents[remover], base, node);
    else for (const side of ['base', 'mine', 'theirs'] as const) documents[side] = takeOut(documents[side], id);
  }
  return documents;
}

const touches = (edge: DocumentEdge, id: string): boolean => edge.from.node === id || edge.to.node === id;

function hasNewTies(base: PipelineDocument, kept: PipelineDocument, id: string): boolean {
  const edges = base.edges.filter((edge) => touches(edge, id));
  return (
    kept.edges.some((edge) => touches(edge, id) && !edges.some((old) => sameEdge(old, edge))) ||
    kept.parameters.some((each) => each.node === id && !base.parameters.some((old) => deepEqual(old, each)))
  );
}

/** The node as it was before it was removed, with those of its wires that still find both ends and a free input. */
function putBack(document: PipelineDocument, base: PipelineDocument, node: DocumentNode): PipelineDocument {
  const ids = idsIn(document, 'nodes').add(node.id);
  const free = (edge: DocumentEdge): boolean => !document.edges.some(({ to }) => to.node === edge.to.node && to.port === edge.to.port);
  const edges = base.edges.filter((edge) => touches(edge, node.id) && ids.has(edge.from.node) && ids.has(edge.to.node) && free(edge));
  const place = base.layout[node.id];
  return {
    ...document,
    nodes: [...document.nodes, node],
    edges: [...document.edges, ...edges],
    parameters: [
      ...document.parameters,
      ...base.parameters.filter((each) => each.node === node.id && !document.parameters.some(({ name }) => name === each.name)),
    ],
    layout: place ? { ...document.layout, [node.id]: place } : document.layout,
  };
}

function takeOut(document: PipelineDocument, id: string): PipelineDocument {
  const { [id]: _place, ...layout } = document.layout;
  return {
    ...document,
    nodes: document.nodes.filter((node) => node.id !== id),
    edges: document.edges.filter((edge) => !touches(edge, id)),
    parameters: document.parameters.filter((each) => each.node !== id),
    layout,
  };
}

/** Without wires, parameters, places and members of nodes that the merge removed. What never had an end is kept, as it was read. */
function withoutLooseEnds(merged: PipelineDocument, before: readonly PipelineDocument[]): PipelineDocument {
  const document = merged.groups ? { ...merged, groups: membersOnce(merged) } : merged;
  const gone = new Set(before.flatMap((each) => each.nodes.map(({ id }) => id)));
  for (const { id } of document.nodes) gone.delete(id);
  if (gone.size === 0) return document;
  return {
    ...document,
    edges: document.edges.filter(({ from, to }) => !gone.has(from.node) && !gone.has(to.node)),
    parameters: document.parameters.filter((each) => !gone.has(each.node)),
    layout: Object.fromEntries(Object.entries(document.layout).filter(([id]) => !gone.has(id))),
  };
}

/** Groups without members that are gone, and each node in one group alone, also where the two put it or a group into different ones. */
function membersOnce(document: PipelineDocument): NonNullable<PipelineDocument['groups']> {
  const free = idsIn(document, 'nodes');
  const held = new Map<string, string[]>();
  for (const { id, nodes } of (document.groups ?? []).toSorted((one, other) => (one.id < other.id ? -1 : 1)))
    held.set(
      id,
      nodes.filter((node) => free.delete(node)),
    );
  return livingGroups((document.groups ?? []).map((group) => ({ ...group, nodes: held.get(group.id)! })));
}
