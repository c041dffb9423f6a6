import { addGroup, editGroup, moveToGroup, removeGroup } from '#pipelines/edit/groups.ts';
import type { DocumentGroup } from '#pipelines/document.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Command } from './command.ts';

const titleOf = (designer: Designer, id: string): string => designer.groups.all.find((group) => group.id === id)?.title || 'the group';
const fitSoon = (designer: Designer): void => void setTimeout(() => designer.view.canvas?.fit(), 30);

/** Shows the inside of a group, in place of the whole pipeline. */
export function openGroup(designer: Designer, id: string): void {
  designer.groups.inside = id;
  designer.selection.clear();
  designer.view.say(`Inside ${titleOf(designer, id)}. Escape leads back.`);
  fitSoon(designer);
}

/** Shows what the card of the opened group stands in: the inside of another group, or the whole pipeline. */
export function leaveGroup(designer: Designer): void {
  const { inside, all } = designer.groups;
  const left = all.find((group) => group.id === inside);
  const outer = designer.groups.collapsedAround(left && designer.groups.around(left.id)[0]);
  designer.groups.inside = outer;
  designer.selection.choose(left?.nodes ?? []);
  designer.view.say(outer === null ? 'The whole pipeline.' : `Inside ${titleOf(designer, outer)}.`);
  fitSoon(designer);
}

export function leaveAllGroups(designer: Designer): void {
  designer.groups.inside = null;
  designer.selection.clear();
  fitSoon(designer);
}

export function collapseGroup(designer: Designer, id: string, collapsed: boolean): void {
  designer.edit(`${collapsed ? 'Collapse' : 'Expand'} ${titleOf(designer, id)}`, (document) => editGroup(document, id, { collapsed }));
}

export function showAllPorts(designer: Designer, { id, allPorts }: DocumentGroup): void {
  designer.edit(`${allPorts ? 'Fewer' : 'All'} ports of ${titleOf(designer, id)}`, (document) => editGroup(document, id, { allPorts: !allPorts }));
}

export const group: Command = {
  name: 'group',
  title: 'Group',
  group: 'Arrange',
  keys: ['Mod+G'],
  icon: 'group',
  enabled: ({ editable, selection, groups }) => editable && selection.nodes.size > 0 && groups.chosen === null,
  run(designer) {
    const [nodes, within] = [[...designer.selection.nodes], designer.groups.inside];
    designer.edit('Group', (document) => addGroup(document, { nodes, title: 'Group', within }).document);
    designer.view.say('Grouped. Its title and colour stand in the inspector.');
  },
};

/** One card in place of the chosen nodes, which opens in place. */
export const subPipeline: Command = {
  name: 'sub-pipeline',
  title: 'Make a sub-pipeline',
  group: 'Arrange',
  keys: ['Mod+Shift+G'],
  icon: 'clone',
  enabled: group.enabled,
  run(designer) {
    const [nodes, within] = [[...designer.selection.nodes], designer.groups.inside];
    designer.edit('Make a sub-pipeline', (document) => addGroup(document, { nodes, title: 'Sub-pipeline', collapsed: true, within }).document);
    designer.view.say('One card stands for them now. Enter opens it.');
  },
};

export const ungroup: Command = {
  name: 'ungroup',
  title: 'Ungroup',
  group: 'Arrange',
  keys: ['Mod+U'],
  icon: 'x',
  enabled: ({ editable, groups }) => editable && groups.chosen !== null,
  run(designer) {
    const { id } = designer.groups.chosen!;
    designer.edit(`Ungroup ${titleOf(designer, id)}`, (document) => removeGroup(document, id));
  },
};

export const toggleCollapsed: Command = {
  name: 'collapse',
  title: 'Collapse or expand the group',
  group: 'Arrange',
  keys: ['G'],
  icon: 'minus',
  onCanvas: true,
  enabled: ungroup.enabled,
  titleNow: ({ groups }) => (groups.chosen?.collapsed ? 'Expand the group' : 'Collapse the group'),
  run: (designer) => collapseGroup(designer, designer.groups.chosen!.id, !designer.groups.chosen!.collapsed),
};

export const togglePorts: Command = {
  name: 'all-ports',
  title: 'Show all ports of the sub-pipeline',
  group: 'Arrange',
  keys: [],
  enabled: ({ editable, groups }) => editable && groups.chosen?.collapsed === true && (groups.chosen.allPorts || groups.outerOf(groups.chosen.id).more > 0),
  titleNow: ({ groups }) => (groups.chosen?.allPorts ? 'Show fewer ports of the sub-pipeline' : 'Show all ports of the sub-pipeline'),
  run: (designer) => showAllPorts(designer, designer.groups.chosen!),
};

export const openChosen: Command = {
  name: 'open-group',
  title: 'Open the group in place',
  group: 'Arrange',
  keys: ['O'],
  icon: 'fit',
  onCanvas: true,
  enabled: ({ groups }) => groups.chosen !== null,
  run: (designer) => openGroup(designer, designer.groups.chosen!.id),
};

const outdated = ({ groups, subPipelines }: Designer): string[] => groups.all.filter(({ id }) => subPipelines.of(id)?.newer).map(({ id }) => id);

export const updateAll: Command = {
  name: 'update-sub-pipelines',
  title: 'Update all sub-pipelines',
  group: 'Arrange',
  keys: [],
  icon: 'refresh',
  enabled: (designer) => designer.editable && outdated(designer).length > 0,
  async run(designer) {
    const { updateGroups } = await import('./sub-pipelines.ts');
    await updateGroups(designer, outdated(designer)).catch((error: unknown) => designer.view.fail(error));
  },
};

export const saveForOthers: Command = {
  name: 'save-sub-pipeline',
  title: 'Save the group for other pipelines',
  group: 'Arrange',
  keys: [],
  icon: 'upload',
  enabled: ({ editable, groups }) => editable && groups.chosen !== null && groups.chosen.source === undefined,
  async run(designer) {
    const { saveGroup } = await import('./sub-pipelines.ts');
    await saveGroup(designer, designer.groups.chosen!.id).catch((error: unknown) => designer.view.fail(error));
  },
};

export const leaveGroupOf: Command = {
  name: 'leave-group',
  title: 'Take out of the group',
  group: 'Arrange',
  keys: [],
  enabled: ({ editable, selection, groups }) => editable && groups.chosen === null && [...selection.nodes].some((id) => groups.of(id)),
  run(designer) {
    const nodes = [...designer.selection.nodes];
    const from = nodes.flatMap((id) => designer.groups.of(id) ?? [])[0];
    designer.edit('Take out of the group', (document) => moveToGroup(document, nodes, from?.parent ?? null));
  },
};

export const groupCommands: readonly Command[] = [
  group,
  subPipeline,
  ungroup,
  toggleCollapsed,
  togglePorts,
  openChosen,
  saveForOthers,
  updateAll,
  leaveGroupOf,
];
