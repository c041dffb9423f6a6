import type { DocumentGroup, GroupSource } from './document.ts';

/** The groups that a group stands in, nearest first. */
export function groupsAround(groups: readonly DocumentGroup[], id: string): DocumentGroup[] {
  const around: DocumentGroup[] = [];
  const seen = new Set([id]);
  for (let at = groups.find((group) => group.id === id)?.parent; at !== undefined && !seen.has(at); at = around.at(-1)!.parent) {
    const parent = groups.find((group) => group.id === at);
    if (!parent) break;
    seen.add(at);
    around.push(parent);
  }
  return around;
}

/** Groups with all of their nodes, also those of the groups in them. */
export function wholeGroups(groups: readonly DocumentGroup[]): readonly DocumentGroup[] {
  if (groups.every((group) => group.parent === undefined)) return groups;
  const members = new Map(groups.map((group) => [group.id, [...group.nodes]]));
  for (const group of groups) for (const { id } of groupsAround(groups, group.id)) members.get(id)!.push(...group.nodes);
  return groups.map((group) => ({ ...group, nodes: members.get(group.id)! }));
}

/** The same group elsewhere; undefined = in none. */
export function inGroup(group: DocumentGroup, parent: string | undefined): DocumentGroup {
  if (group.parent === parent) return group;
  const { parent: _before, ...rest } = group;
  return parent === undefined ? rest : { ...rest, parent };
}

/** Groups that have a node in them, at any depth, none of them in itself or in one that is not there. */
export function livingGroups(groups: readonly DocumentGroup[]): DocumentGroup[] {
  const parents = new Map<string, string>();
  const known = new Set(groups.map((group) => group.id));
  const leadsTo = (from: string, id: string): boolean => {
    for (let at: string | undefined = from; at !== undefined; at = parents.get(at)) if (at === id) return true;
    return false;
  };
  for (const { id, parent } of groups.toSorted((one, other) => (one.id < other.id ? -1 : 1)))
    if (parent !== undefined && known.has(parent) && !leadsTo(parent, id)) parents.set(id, parent);
  const placed = groups.map((group) => inGroup(group, parents.get(group.id)));
  const filled = new Set(wholeGroups(placed).flatMap((group) => (group.nodes.length > 0 ? [group.id] : [])));
  return placed.filter((group) => filled.has(group.id));
}

/** Those of the groups that stand in none of the others. */
export const outermost = (groups: readonly DocumentGroup[], all: readonly DocumentGroup[]): DocumentGroup[] => {
  const ids = new Set(groups.map((group) => group.id));
  return groups.filter((group) => !groupsAround(all, group.id).some(({ id }) => ids.has(id)));
};

/** The same source where things have other ids here. */
export const renameSource = (source: GroupSource, name: (id: string) => string): GroupSource => ({
  ...source,
  ids: Object.fromEntries(Object.entries(source.ids).map(([there, here]) => [there, name(here)])),
});
