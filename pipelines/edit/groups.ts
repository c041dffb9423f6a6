import type { DocumentGroup, PipelineDocument } from '../document.ts';

const NONE: readonly DocumentGroup[] = [];
export const groupsOf = (document: Pick<PipelineDocument, 'groups'>): readonly DocumentGroup[] => document.groups ?? NONE;

export const groupOfNode = (document: Pick<PipelineDocument, 'groups'>, node: string): DocumentGroup | undefined =>
  groupsOf(document).find((group) => group.nodes.includes(node));

function withGroups(document: PipelineDocument, groups: readonly DocumentGroup[]): PipelineDocument {
  const { groups: _before, ...rest } = document;
  return groups.length === 0 ? rest : { ...rest, groups: [...groups] };
}

/** Groups without these nodes; a group that has none left is gone. */
export function withoutNodes(groups: readonly DocumentGroup[], ids: ReadonlySet<string>): DocumentGroup[] {
  return groups.flatMap((group) => {
    const nodes = group.nodes.filter((id) => !ids.has(id));
    return nodes.length === group.nodes.length ? group : nodes.length === 0 ? [] : { ...group, nodes };
  });
}

/** An id that no group has. */
export function freeGroupId(groups: readonly DocumentGroup[]): string {
  const taken = new Set(groups.map((group) => group.id));
  let number = groups.length + 1;
  while (taken.has(`group-${number}`)) number++;
  return `group-${number}`;
}

/** Puts nodes together; they leave the groups that they were in. Without nodes nothing changes and the id is null. */
export function addGroup(
  document: PipelineDocument,
  { nodes, title = '', colour = 'data', collapsed = false }: { nodes: readonly string[] } & Partial<Omit<DocumentGroup, 'id' | 'nodes'>>,
): { document: PipelineDocument; id: string | null } {
  const chosen = new Set(nodes);
  const members = document.nodes.filter((node) => chosen.has(node.id)).map((node) => node.id);
  if (members.length === 0) return { document, id: null };
  const id = freeGroupId(groupsOf(document));
  const others = withoutNodes(groupsOf(document), chosen);
  return { document: withGroups(document, [...others, { id, title: title.slice(0, 200), colour, collapsed, nodes: members }]), id };
}

export function editGroup(document: PipelineDocument, id: string, change: Partial<Omit<DocumentGroup, 'id' | 'nodes'>>): PipelineDocument {
  const group = groupsOf(document).find((each) => each.id === id);
  if (!group) return document;
  const next = { ...group, ...change, title: (change.title ?? group.title).trim().slice(0, 200) };
  const same = next.title === group.title && next.colour === group.colour && next.collapsed === group.collapsed;
  return same
    ? document
    : withGroups(
        document,
        groupsOf(document).map((each) => (each === group ? next : each)),
      );
}

/** Takes a group apart; its nodes stay. */
export function removeGroup(document: PipelineDocument, id: string): PipelineDocument {
  const groups = groupsOf(document).filter((group) => group.id !== id);
  return groups.length === groupsOf(document).length ? document : withGroups(document, groups);
}

/** Moves nodes into a group, or with null out of theirs. */
export function moveToGroup(document: PipelineDocument, ids: readonly string[], group: string | null): PipelineDocument {
  const known = new Set(document.nodes.map((node) => node.id));
  const moved = new Set(ids.filter((id) => known.has(id) && (groupOfNode(document, id)?.id ?? null) !== group));
  if (moved.size === 0 || (group !== null && !groupsOf(document).some((each) => each.id === group))) return document;
  const joined = groupsOf(document).map((each) => (each.id === group ? { ...each, nodes: [...each.nodes, ...moved] } : each));
  return withGroups(
    document,
    joined.flatMap((each) => (each.id === group ? each : withoutNodes([each], moved))),
  );
}

/** The document after these nodes are gone, as far as groups know them. */
export const forgetNodes = (document: PipelineDocument, ids: ReadonlySet<string>): PipelineDocument =>
  document.groups ? withGroups(document, withoutNodes(document.groups, ids)) : document;
