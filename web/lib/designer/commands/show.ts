import type { DocumentEdge } from '#pipelines/document.ts';
import { wireId } from '../state/keys.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Command } from './command.ts';

const always = (): boolean => true;
const withFocus = (designer: Designer): boolean => designer.selection.focus !== null;

/** The wire that is chosen, when nothing else is. */
function chosenWire({ selection, document }: Designer): DocumentEdge | undefined {
  const { nodes, notes, wires } = selection;
  return wires.size === 1 && nodes.size + notes.size === 0 ? document.edges.find((edge) => wires.has(wireId(edge))) : undefined;
}

/** Opens the list of node types over the canvas, near the middle of what is seen; what is chosen there goes into the chosen wire. */
export const find: Command = {
  name: 'find',
  title: 'Find a node to add',
  group: 'Find and show',
  keys: ['/'],
  icon: 'search',
  enabled: (designer) => designer.editable,
  run: (designer) =>
    void (designer.view.finder = { x: innerWidth / 2 - 160, y: Math.max(72, innerHeight / 2 - 260), place: null, wire: null, into: chosenWire(designer) }),
};

/** Everything that can be done, by name. */
export const palette: Command = {
  name: 'palette',
  title: 'Do anything',
  group: 'Find and show',
  keys: ['Mod+K'],
  icon: 'search',
  enabled: always,
  run: (designer) => void (designer.view.palette = true),
};

export const settings: Command = {
  name: 'settings',
  title: 'Open the settings of the node',
  group: 'Find and show',
  keys: ['Enter'],
  onCanvas: true,
  enabled: withFocus,
  run(designer) {
    designer.selection.choose([designer.selection.focus!]);
    designer.frame.toggle('inspector', true);
    designer.view.inspectorTab = 'settings';
    setTimeout(() => document.querySelector<HTMLElement>('[data-region=inspector] [role=tab][aria-selected=true]')?.focus(), 0);
  },
};

export const preview: Command = {
  name: 'preview',
  title: 'Show the data of the node',
  group: 'Find and show',
  keys: ['Space'],
  icon: 'data',
  onCanvas: true,
  enabled: withFocus,
  run(designer) {
    const node = designer.selection.focus!;
    const ports = Object.keys(designer.portsOf(node, 'outputs'));
    const shown = designer.view.place;
    const again = shown?.node === node && designer.view.panelTab === 'data' ? (ports.indexOf(shown.port) + 1) % ports.length : 0;
    if (ports[again] === undefined) designer.view.say(`${designer.nameOf(node)} has no output.`);
    else designer.view.showData({ node, port: ports[again] });
  },
};

export const keysList: Command = {
  name: 'keys',
  title: 'All keys',
  group: 'Find and show',
  keys: ['?'],
  icon: 'help',
  enabled: always,
  run: (designer) => void (designer.view.cheatSheet = true),
};
export const listView: Command = {
  name: 'list',
  title: 'List of nodes and wires',
  group: 'Find and show',
  keys: ['L'],
  icon: 'list',
  onCanvas: true,
  enabled: always,
  run: (designer) => void (designer.view.listView = true),
};
export const minimap: Command = {
  name: 'minimap',
  title: 'Minimap',
  group: 'Find and show',
  keys: ['M'],
  icon: 'map',
  onCanvas: true,
  enabled: always,
  run: (designer) => designer.frame.toggleMap(),
};
export const foldLibrary: Command = {
  name: 'fold-library',
  title: 'Library',
  group: 'Find and show',
  keys: ['['],
  onCanvas: true,
  enabled: always,
  run: (designer) => designer.frame.toggle('library'),
};
export const foldInspector: Command = {
  name: 'fold-inspector',
  title: 'Inspector',
  group: 'Find and show',
  keys: [']'],
  onCanvas: true,
  enabled: always,
  run: (designer) => designer.frame.toggle('inspector'),
};
export const foldPanel: Command = {
  name: 'fold-panel',
  title: 'Bottom panel',
  group: 'Find and show',
  keys: ['P'],
  onCanvas: true,
  enabled: always,
  run: (designer) => designer.frame.toggle('bottom'),
};
export const save: Command = { name: 'save', title: 'Save now', group: 'Edit', keys: ['Mod+S'], enabled: always, run: (designer) => designer.save.flush() };

/** Shows the help of a node type in the place of the inspector. */
export function showHelp(designer: Designer, type: string): void {
  designer.view.help = type;
  designer.frame.toggle('inspector', true);
}
