import { difference, type DocumentDifference } from '../diff.ts';
import { emptyDocument, type DocumentGroup, type DocumentNode, type GroupSource, type PipelineDocument } from '../document.ts';
import { own } from '../look-up.ts';
import { merge, renameIds, type Choose } from '../merge.ts';
import { groupsAround, inGroup, livingGroups, wholeGroups } from '../nesting.ts';
import { boundsOf } from './arrange.ts';
import { pasteNodes } from './clip.ts';
import { freeGroupId, groupsOf } from './groups.ts';
import { freeId, idsOf } from './nodes.ts';

/** A saved sub-pipeline in the version that a group is made from. */
export type SourceVersion = Omit<GroupSource, 'ids'>;

type Place = readonly [number, number];
type Ids = ReadonlyMap<string, string>;

const groupOf = (document: PipelineDocument, id: string): DocumentGroup | undefined => groupsOf(document).find((group) => group.id === id);
const membersOf = (document: PipelineDocument, id: string): ReadonlySet<string> =>
  new Set(wholeGroups(groupsOf(document)).find((group) => group.id === id)?.nodes);
const isInside = (document: PipelineDocument, id: string, group: string): boolean => groupsAround(groupsOf(document), id).some((each) => each.id === group);

/** The inside of a group as a pipeline of its own: its nodes, the wires among them, and the groups in it. */
function insideOf(document: PipelineDocument, id: string): PipelineDocument {
  const members = membersOf(document, id);
  const groups = groupsOf(document).filter((group) => isInside(document, group.id, id));
  return {
    ...emptyDocument('Inside'),
    nodes: document.nodes.filter((node) => members.has(node.id)),
    edges: document.edges.filter(({ from, to }) => members.has(from.node) && members.has(to.node)),
    groups: groups.map((group) => inGroup(group, group.parent === id ? undefined : group.parent)),
    layout: Object.fromEntries(Object.entries(document.layout).filter(([node]) => members.has(node))),
  };
}

/** Of a sub-pipeline's document what a group can hold. */
const partOf = ({ nodes, edges, groups = [], layout }: PipelineDocument): PipelineDocument => ({ ...emptyDocument('Inside'), nodes, edges, groups, layout });
const withoutPins = (document: PipelineDocument): PipelineDocument => ({
  ...document,
  nodes: document.nodes.map(({ pin: _pin, ...node }) => node),
});
const moved = (document: PipelineDocument, [x, y]: Place): PipelineDocument => ({
  ...document,
  layout: Object.fromEntries(Object.entries(document.layout).map(([id, at]) => [id, [at[0] + x, at[1] + y]])),
});
const allIds = (document: PipelineDocument): string[] => [...idsOf(document), ...groupsOf(document).map(({ id }) => id)];

/** Which nodes and groups of the source are still in the group, and of the same type. */
function livingIds(document: PipelineDocument, group: DocumentGroup, versions: readonly PipelineDocument[]): Map<string, string> {
  const members = membersOf(document, group.id);
  const types = new Map(document.nodes.map((node) => [node.id, node.type]));
  const there = new Map(versions.flatMap((version) => version.nodes.map((node) => [node.id, node.type] as const)));
  return new Map(
    Object.entries(group.source?.ids ?? {}).filter(([source, here]) => {
      const type = there.get(source);
      return type === undefined ? isInside(document, here, group.id) : members.has(here) && types.get(here) === type;
    }),
  );
}

/** How far the group stands from where its source stands. */
function offsetOf(document: PipelineDocument, id: string, source: PipelineDocument, ids: Ids): Place {
  for (const [there, here] of ids) {
    const [from, to] = [own(source.layout, there), own(document.layout, here)];
    if (from && to) return [to[0] - from[0], to[1] - from[1]];
  }
  const [from, to] = [boundsOf(source, [...idsOf(source)]), boundsOf(document, [...membersOf(document, id)])];
  return from && to ? [to.x - from.x, to.y - from.y] : [0, 0];
}

/** The inside of a group as a pipeline that can be saved for others to use; results that stand for nodes stay behind. */
export function subPipelineOf(document: PipelineDocument, id: string, name: string): PipelineDocument {
  const inside = withoutPins(insideOf(document, id));
  const { x, y } = boundsOf(inside, [...idsOf(inside)]) ?? { x: 0, y: 0 };
  return { ...moved(inside, [-x, -y]), name: name.trim().slice(0, 200) || 'Sub-pipeline', kind: 'sub-pipeline' };
}

/** Tells a group that it is what was saved from it by `subPipelineOf`. */
export function linkGroup(document: PipelineDocument, id: string, source: SourceVersion): PipelineDocument {
  const ids = Object.fromEntries(allIds(insideOf(document, id)).map((each) => [each, each]));
  return withGroup(document, id, (group) => ({ ...group, source: { ...source, ids } }));
}

/** Makes the group a plain one, which follows no sub-pipeline. */
export function detachGroup(document: PipelineDocument, id: string): PipelineDocument {
  return groupOf(document, id)?.source ? withGroup(document, id, ({ source: _source, ...group }) => group) : document;
}

/** Puts a sub-pipeline on the canvas as one card; its top left corner comes to the given place. */
export function placeSubPipeline(
  document: PipelineDocument,
  { source, from, at }: { readonly source: SourceVersion; readonly from: PipelineDocument; readonly at: Place },
): { document: PipelineDocument; id: string; nodes: readonly string[] } {
  const inner = groupsOf(from);
  const whole = freeGroupId(inner);
  const held = new Set(inner.flatMap((group) => group.nodes));
  const title = source.name.slice(0, 200);
  const group: DocumentGroup = { id: whole, title, colour: 'script', collapsed: true, nodes: [...idsOf(from)].filter((id) => !held.has(id)) };
  const { x, y } = boundsOf(from, [...idsOf(from)]) ?? { x: 0, y: 0 };
  const groups = [...inner.map((each) => inGroup(each, each.parent ?? whole)), group];
  const pasted = pasteNodes(document, { ...partOf(from), groups }, [at[0] - x, at[1] - y]);
  const id = pasted.groups[whole]!;
  const ids = { ...pasted.ids, ...Object.fromEntries(Object.entries(pasted.groups).filter(([each]) => each !== whole)) };
  return { document: withGroup(pasted.document, id, (each) => ({ ...each, source: { ...source, ids } })), id, nodes: Object.values(pasted.ids) };
}

/** What differs between a group and the version that it was made from; null for a plain group. */
export function differsFromSource(document: PipelineDocument, id: string, base: PipelineDocument): DocumentDifference | null {
  const group = groupOf(document, id);
  if (!group?.source) return null;
  const ids = livingIds(document, group, [base]);
  const names = freshIds(document, ids, [base]);
  return difference(withoutPins(renameIds(partOf(base), names)), withoutPins(insideOf(document, id)));
}

/** What both changed stays as it is here; what the new version dropped goes. */
const keepMine: Choose = ({ path, theirs }) => (path[0] === 'nodes' && path.length === 2 && theirs === undefined ? 'theirs' : 'mine');

/**
 * Brings a group to another version of its source: what changed between `base`, the version that it was made from, and `next` is taken over,
 * and what was changed here is kept wherever the node still exists.
 */
export function updateGroup(
  document: PipelineDocument,
  id: string,
  { source, base, next }: { readonly source: SourceVersion; readonly base: PipelineDocument; readonly next: PipelineDocument },
): PipelineDocument {
  const group = groupOf(document, id);
  if (!group?.source) return document;
  const living = livingIds(document, group, [base, next]);
  const names = freshIds(document, living, [base, next]);
  const away = offsetOf(document, id, base, living);
  const here = (version: PipelineDocument): PipelineDocument => moved(renameIds(withoutPins(partOf(version)), names), away);
  const { document: joined } = merge(here(base), insideOf(document, id), here(next), keepMine);
  const ids = Object.fromEntries([...names].filter(([, each]) => allIds(joined).includes(each)));
  return putInside(document, { ...group, source: { ...source, ids } }, joined);
}

/**
 * The draft of a sub-pipeline with what was changed in a group that was made from its version `base`; what was changed in the draft itself
 * meanwhile is kept. `ids` then names all of the group's nodes, so that `updateGroup` can take the new version in.
 */
export function publishedFrom(
  document: PipelineDocument,
  id: string,
  { base, draft }: { readonly base: PipelineDocument; readonly draft: PipelineDocument },
): { draft: PipelineDocument; ids: Readonly<Record<string, string>> } | null {
  const group = groupOf(document, id);
  if (!group?.source) return null;
  const inside = withoutPins(insideOf(document, id));
  const living = livingIds(document, group, [base]);
  const [x, y] = offsetOf(document, id, base, living);
  const there = new Map([...living].map(([source, each]) => [each, source]));
  const taken = new Set([base, draft].flatMap(allIds));
  for (const each of allIds(inside)) {
    if (there.has(each)) continue;
    const free = freeId(taken, each);
    taken.add(free);
    there.set(each, free);
  }
  const { nodes, edges, groups, layout } = moved(renameIds(inside, there), [-x, -y]);
  const present = new Set(nodes.map((node) => node.id));
  const mine: PipelineDocument = { ...base, nodes, edges, layout, parameters: base.parameters.filter(({ node }) => present.has(node)) };
  const merged = merge(withGroups(base, groupsOf(base)), withGroups(mine, groups ?? []), withGroups(draft, groupsOf(draft)));
  return { draft: merged.document, ids: Object.fromEntries([...there].map(([each, source]) => [source, each])) };
}

const withGroups = (document: PipelineDocument, groups: readonly DocumentGroup[]): PipelineDocument => {
  const { groups: _before, ...rest } = document;
  return groups.length === 0 ? rest : { ...rest, groups: [...groups] };
};

const withGroup = (document: PipelineDocument, id: string, change: (group: DocumentGroup) => DocumentGroup): PipelineDocument =>
  groupOf(document, id)
    ? withGroups(
        document,
        groupsOf(document).map((group) => (group.id === id ? change(group) : group)),
      )
    : document;

/** An id here for everything in the versions: the one that it has, or a free one. */
function freshIds(document: PipelineDocument, living: Ids, versions: readonly PipelineDocument[]): Map<string, string> {
  const names = new Map(living);
  const taken = new Set(allIds(document));
  for (const version of versions)
    for (const id of allIds(version)) {
      if (names.has(id)) continue;
      const free = freeId(taken, id);
      taken.add(free);
      names.set(id, free);
    }
  return names;
}

/** The document with another inside of a group; wires from and to the outside stay where both of their ends do. */
function putInside(document: PipelineDocument, group: DocumentGroup, inside: PipelineDocument): PipelineDocument {
  const before = membersOf(document, group.id);
  const after = new Map(inside.nodes.map((node) => [node.id, node]));
  const stays = (id: string): boolean => !before.has(id) || after.has(id);
  const outer = document.edges.filter(({ from, to }) => !(before.has(from.node) && before.has(to.node)) && stays(from.node) && stays(to.node));
  const fed = new Set(outer.map(({ to }) => `${to.node}\n${to.port}`));
  const held = new Set(groupsOf(inside).flatMap(({ nodes }) => nodes));
  const inner = groupsOf(inside).map((each) => inGroup(each, each.parent ?? group.id));
  const whole: DocumentGroup = { ...group, nodes: [...after.keys()].filter((id) => !held.has(id)) };
  const groups = groupsOf(document).flatMap((each) => (each.id === group.id ? [whole] : isInside(document, each.id, group.id) ? [] : [each]));
  const nodes = document.nodes.flatMap((node): DocumentNode[] => (before.has(node.id) ? [after.get(node.id)].filter((each) => each !== undefined) : [node]));
  const layout = Object.fromEntries(Object.entries(document.layout).filter(([id]) => !before.has(id)));
  return {
    ...withGroups(document, livingGroups([...groups, ...inner])),
    nodes: [...nodes, ...inside.nodes.filter((node) => !before.has(node.id))],
    edges: [...outer, ...inside.edges.filter(({ to }) => !fed.has(`${to.node}\n${to.port}`))],
    parameters: document.parameters.filter(({ node }) => stays(node)),
    layout: { ...layout, ...inside.layout },
  };
}
