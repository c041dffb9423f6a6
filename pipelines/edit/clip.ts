import { z } from 'zod';
import { pipelineDocument, type DocumentEdge, type DocumentGroup, type DocumentNode, type DocumentNote, type PipelineDocument } from '../document.ts';
import { own } from '../look-up.ts';
import { inGroup, livingGroups, renameSource, wholeGroups } from '../nesting.ts';
import { freeGroupId, groupsOf } from './groups.ts';
import { freeId, idsOf } from './nodes.ts';
import { addNote } from './notes.ts';

/** Copied nodes with the wires among them, their groups and notes; plain JSON, so that it can go through the clipboard. */
export interface Clip {
  readonly nodes: readonly DocumentNode[];
  readonly edges: readonly DocumentEdge[];
  readonly layout: Readonly<Record<string, readonly [number, number]>>;
  readonly notes?: readonly DocumentNote[];
  readonly groups?: readonly DocumentGroup[];
}

const clipFormat = z.object({
  nodes: pipelineDocument.shape.nodes.unwrap(),
  edges: pipelineDocument.shape.edges.unwrap(),
  layout: pipelineDocument.shape.layout.unwrap(),
  notes: pipelineDocument.shape.notes.unwrap().optional(),
  groups: pipelineDocument.shape.groups,
});

/** Checks what came from the clipboard, such as a copy or a whole pipeline file; null when it is no part of a pipeline. */
export function readClip(input: unknown): Clip | null {
  const clip = clipFormat.safeParse(input).data;
  return clip && new Set(clip.nodes.map((node) => node.id)).size === clip.nodes.length ? clip : null;
}

/** Nodes with the wires among them, and the groups of which all nodes are copied. Pinned results stay behind: they are of the node that gave them. */
export function copyNodes(document: PipelineDocument, ids: readonly string[], notes: readonly string[] = []): Clip {
  const chosen = new Set(ids);
  const copiedNotes = document.notes.filter((note) => notes.includes(note.id));
  const copied = new Set(wholeGroups(groupsOf(document)).flatMap((group) => (group.nodes.every((id) => chosen.has(id)) ? [group.id] : [])));
  const groups = livingGroups(groupsOf(document).filter((group) => copied.has(group.id)));
  return {
    nodes: document.nodes.filter((node) => chosen.has(node.id)).map(({ pin: _pin, ...node }) => node),
    edges: document.edges.filter(({ from, to }) => chosen.has(from.node) && chosen.has(to.node)),
    layout: Object.fromEntries(Object.entries(document.layout).filter(([id]) => chosen.has(id))),
    ...(copiedNotes.length > 0 ? { notes: copiedNotes } : {}),
    ...(groups.length > 0 ? { groups } : {}),
  };
}

export interface Pasted {
  readonly document: PipelineDocument;
  /** Each copied node's id → its new one. */
  readonly ids: Record<string, string>;
  /** Each copied group's id → its new one. */
  readonly groups: Record<string, string>;
  readonly notes: readonly string[];
}

/** Adds copied things under fresh ids, moved by the offset. */
export function pasteNodes(document: PipelineDocument, clip: Clip, offset: readonly [number, number]): Pasted {
  const taken = idsOf(document);
  const fresh = new Map<string, string>();
  const layout = { ...document.layout };
  const nodes = clip.nodes.map((node): DocumentNode => {
    const id = freeId(taken, node.id);
    taken.add(id);
    fresh.set(node.id, id);
    const [x, y] = own(clip.layout, node.id) ?? [0, 0];
    layout[id] = [x + offset[0], y + offset[1]];
    const { pin: _pin, ...rest } = node;
    return { ...rest, id, params: { ...node.params } };
  });
  const edges = clip.edges.flatMap(({ from, to }) => {
    const [source, target] = [fresh.get(from.node), fresh.get(to.node)];
    return source === undefined || target === undefined ? [] : [{ from: { node: source, port: from.port }, to: { node: target, port: to.port } }];
  });
  const groupIds = freshGroupIds(clip.groups ?? [], groupsOf(document));
  const groups = livingGroups([...groupsOf(document), ...freshGroups(clip.groups ?? [], groupIds, fresh)]);
  let next: PipelineDocument = { ...document, nodes: [...document.nodes, ...nodes], edges: [...document.edges, ...edges], layout };
  if (groups.length > 0) next = { ...next, groups };
  const notes: string[] = [];
  for (const { id: _id, ...note } of clip.notes ?? []) {
    const added = addNote(next, { ...note, x: note.x + offset[0], y: note.y + offset[1] });
    next = added.document;
    notes.push(added.id);
  }
  return { document: next, ids: Object.fromEntries(fresh), groups: Object.fromEntries(groupIds), notes };
}

/** Ids for copied groups that none of the present ones has. */
function freshGroupIds(copied: readonly DocumentGroup[], present: readonly DocumentGroup[]): ReadonlyMap<string, string> {
  const taken = [...present];
  const ids = new Map<string, string>();
  for (const group of copied) {
    const id = freeGroupId(taken);
    ids.set(group.id, id);
    taken.push({ ...group, id });
  }
  return ids;
}

/** Copied groups under their new ids, with their nodes under theirs. */
function freshGroups(copied: readonly DocumentGroup[], ids: ReadonlyMap<string, string>, nodes: ReadonlyMap<string, string>): DocumentGroup[] {
  return copied.map(({ source, ...group }) => ({
    ...inGroup({ ...group, id: ids.get(group.id)!, nodes: group.nodes.flatMap((id) => nodes.get(id) ?? []) }, ids.get(group.parent ?? '')),
    ...(source ? { source: renameSource(source, (id) => nodes.get(id) ?? ids.get(id) ?? id) } : {}),
  }));
}

/** Copies nodes beside themselves, fed by what feeds them; what they feed stays fed by them. */
export function duplicateNodes(
  document: PipelineDocument,
  ids: readonly string[],
  { offset = [32, 32], notes = [] }: { offset?: readonly [number, number]; notes?: readonly string[] } = {},
): Pasted {
  const pasted = pasteNodes(document, copyNodes(document, ids, notes), offset);
  const fed = document.edges.flatMap(({ from, to }) => {
    const copy = own(pasted.ids, to.node);
    return copy === undefined || Object.hasOwn(pasted.ids, from.node) ? [] : [{ from, to: { node: copy, port: to.port } }];
  });
  return { ...pasted, document: { ...pasted.document, edges: [...pasted.document.edges, ...fed] } };
}
