import type { DocumentGroup, PipelineDocument } from '../document.ts';
import { deepEqual } from '../equal.ts';
import { groupsAround, inGroup, livingGroups, outermost, wholeGroups } from '../nesting.ts';

const NONE: readonly DocumentGroup[] = [];
export const groupsOf = (document: Pick<PipelineDocument, 'groups'>): readonly DocumentGroup[] => document.groups ?? NONE;

export const groupOfNode = (document: Pick<PipelineDocument, 'groups'>, node: string): DocumentGroup | undefined =>
  groupsOf(document).find((group) => group.nodes.includes(node));

function withGroups(document: PipelineDocument, groups: readonly DocumentGroup[]): PipelineDocument {
  const { groups: _before, ...rest } = document;
  const living = livingGroups(groups);
  return living.length === 0 ? rest : { ...rest, groups: living };
}

const without = (group: DocumentGroup, ids: ReadonlySet<string>): DocumentGroup => {
  const nodes = group.nodes.filter((id) => !ids.has(id));
  return nodes.length === group.nodes.length ? group : { ...group, nodes };
};

/** An id that no group has. */
export function freeGroupId(groups: readonly DocumentGroup[]): string {
  const taken = new Set(groups.map((group) => group.id));
  let number = groups.length + 1;
  while (taken.has(`group-${number}`)) number++;
  return `group-${number}`;
}

interface NewGroup extends Partial<Omit<DocumentGroup, 'id' | 'nodes' | 'parent'>> {
  readonly nodes: readonly string[];
  /** The group whose inside is looked at: the new one stands in it, however many of its nodes are chosen. */
  readonly within?: string | null;
}

/**
 * Puts nodes together. Groups of which all nodes are chosen come along whole; the other nodes leave the groups that they were in. The new group
 * stands in the innermost one that held all of them. Without nodes nothing changes and the id is null.
 */
export function addGroup(
  document: PipelineDocument,
  { nodes, title = '', colour = 'data', collapsed = false, within = null }: NewGroup,
): { document: PipelineDocument; id: string | null } {
  const chosen = new Set(nodes);
  const members = document.nodes.filter((node) => chosen.has(node.id)).map((node) => node.id);
  if (members.length === 0) return { document, id: null };
  const groups = groupsOf(document);
  const whole = wholeGroups(groups);
  const around = new Set(within === null ? [] : [within, ...groupsAround(groups, within).map((group) => group.id)]);
  const joining = outermost(
    whole.filter((group) => !around.has(group.id) && group.nodes.every((node) => chosen.has(node))),
    groups,
  );
  const held = new Set(joining.flatMap((group) => group.nodes));
  const joined = new Set(joining.map((group) => group.id));
  const parent = whole
    .filter((group) => !joined.has(group.id) && members.every((node) => group.nodes.includes(node)) && !joining.some(({ id }) => isIn(groups, group.id, id)))
    .toSorted((one, other) => groupsAround(groups, other.id).length - groupsAround(groups, one.id).length)[0]?.id;
  const id = freeGroupId(groups);
  const own = new Set(members.filter((node) => !held.has(node)));
  const others = groups.map((group) => (joined.has(group.id) ? inGroup(group, id) : without(group, own)));
  const added = inGroup({ id, title: title.slice(0, 200), colour, collapsed, nodes: [...own] }, parent);
  return { document: withGroups(document, [...others, added]), id };
}

const isIn = (groups: readonly DocumentGroup[], id: string, outer: string): boolean => groupsAround(groups, id).some((group) => group.id === outer);

type GroupChange = Partial<Pick<DocumentGroup, 'title' | 'colour' | 'collapsed'>> & { readonly allPorts?: boolean };

export function editGroup(document: PipelineDocument, id: string, { allPorts, ...change }: GroupChange): PipelineDocument {
  const group = groupsOf(document).find((each) => each.id === id);
  if (!group) return document;
  const { allPorts: before, ...rest } = group;
  const next: DocumentGroup = {
    ...rest,
    ...change,
    title: (change.title ?? group.title).trim().slice(0, 200),
    ...((allPorts ?? before) ? { allPorts: true } : {}),
  };
  return deepEqual(next, group)
    ? document
    : withGroups(
        document,
        groupsOf(document).map((each) => (each === group ? next : each)),
      );
}

/** Takes a group apart; what was in it stays, in the group around it if there is one. */
export function removeGroup(document: PipelineDocument, id: string): PipelineDocument {
  const removed = groupsOf(document).find((group) => group.id === id);
  if (!removed) return document;
  const others = groupsOf(document).flatMap((group) => {
    if (group === removed) return [];
    if (group.id === removed.parent) return [{ ...group, nodes: [...group.nodes, ...removed.nodes] }];
    return [group.parent === id ? inGroup(group, removed.parent) : group];
  });
  return withGroups(document, others);
}

/** Moves nodes into a group, or with null out of all; groups of which all nodes are moved come along whole. */
export function moveToGroup(document: PipelineDocument, ids: readonly string[], group: string | null): PipelineDocument {
  const groups = groupsOf(document);
  if (group !== null && !groups.some((each) => each.id === group)) return document;
  const known = new Set(document.nodes.map((node) => node.id));
  const wanted = new Set(ids.filter((id) => known.has(id)));
  const around = new Set(group === null ? [] : [group, ...groupsAround(groups, group).map(({ id }) => id)]);
  const joining = outermost(
    wholeGroups(groups).filter((each) => !around.has(each.id) && each.nodes.every((id) => wanted.has(id))),
    groups,
  );
  const held = new Set(joining.flatMap((each) => each.nodes));
  const moved = new Set([...wanted].filter((id) => !held.has(id) && (groupOfNode(document, id)?.id ?? null) !== group));
  const joined = new Set(joining.flatMap((each) => (each.parent === (group ?? undefined) ? [] : [each.id])));
  if (moved.size === 0 && joined.size === 0) return document;
  return withGroups(
    document,
    groups.map((each) => {
      if (each.id === group) return { ...each, nodes: [...each.nodes, ...moved] };
      return joined.has(each.id) ? inGroup(each, group ?? undefined) : without(each, moved);
    }),
  );
}

/** The document after these nodes are gone, as far as groups know them. */
export const forgetNodes = (document: PipelineDocument, ids: ReadonlySet<string>): PipelineDocument =>
  document.groups
    ? withGroups(
        document,
        document.groups.map((group) => without(group, ids)),
      )
    : document;
