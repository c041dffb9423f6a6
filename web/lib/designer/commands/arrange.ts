import { alignNodes, distributeNodes, type Alignment } from '#pipelines/edit/arrange.ts';
import { moveNodes } from '#pipelines/edit/nodes.ts';
import { moveNote } from '#pipelines/edit/notes.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Command } from './command.ts';

const several =
  (least: number) =>
  ({ editable, selection }: Designer): boolean =>
    editable && selection.nodes.size >= least;

const align = (how: Alignment, title: string, key: string): Command => ({
  name: `align-${how}`,
  title,
  group: 'Arrange',
  keys: [key],
  onCanvas: true,
  enabled: several(2),
  run: (designer) => designer.edit(title, (document) => alignNodes(document, [...designer.selection.nodes], how)),
});
const distribute = (direction: 'x' | 'y', title: string, key: string): Command => ({
  name: `distribute-${direction}`,
  title,
  group: 'Arrange',
  keys: [key],
  onCanvas: true,
  enabled: several(3),
  run: (designer) => designer.edit(title, (document) => distributeNodes(document, [...designer.selection.nodes], direction)),
});

/** Lines up what is chosen, or gives it equal distances. */
export const arranges: readonly Command[] = [
  align('left', 'Align left', 'Alt+A'),
  align('centre', 'Align centres', 'Alt+H'),
  align('right', 'Align right', 'Alt+D'),
  align('top', 'Align tops', 'Alt+W'),
  align('middle', 'Align middles', 'Alt+V'),
  align('bottom', 'Align bottoms', 'Alt+S'),
  distribute('x', 'Distribute across', 'Alt+Shift+H'),
  distribute('y', 'Distribute down', 'Alt+Shift+V'),
];

const nudge = (name: string, title: string, key: string, x: number, y: number): Command => ({
  name,
  title,
  group: 'Arrange',
  keys: [key],
  onCanvas: true,
  enabled: ({ editable, selection }) => editable && selection.nodes.size + selection.notes.size > 0,
  run: (designer) =>
    designer.edit(
      `Move ${designer.selection.nodes.size === 1 ? designer.nameOf([...designer.selection.nodes][0]!) : 'what is chosen'}`,
      (document) => {
        const places = [...designer.selection.nodes].map((id) => [id, [(document.layout[id]?.[0] ?? 0) + x, (document.layout[id]?.[1] ?? 0) + y] as const]);
        const notes = document.notes.filter((note) => designer.selection.notes.has(note.id));
        return notes.reduce((next, note) => moveNote(next, note.id, note.x + x, note.y + y), moveNodes(document, Object.fromEntries(places)));
      },
      'nudge',
    ),
});
export const nudges: readonly Command[] = [
  nudge('move-up', 'Move up', 'Alt+ArrowUp', 0, -8),
  nudge('move-down', 'Move down', 'Alt+ArrowDown', 0, 8),
  nudge('move-left', 'Move left', 'Alt+ArrowLeft', -8, 0),
  nudge('move-right', 'Move right', 'Alt+ArrowRight', 8, 0),
  nudge('move-up-fine', 'Move up by a pixel', 'Alt+Shift+ArrowUp', 0, -1),
  nudge('move-down-fine', 'Move down by a pixel', 'Alt+Shift+ArrowDown', 0, 1),
  nudge('move-left-fine', 'Move left by a pixel', 'Alt+Shift+ArrowLeft', -1, 0),
  nudge('move-right-fine', 'Move right by a pixel', 'Alt+Shift+ArrowRight', 1, 0),
];

export const snap: Command = {
  name: 'snap',
  title: 'Snap to grid',
  group: 'Arrange',
  keys: ['S'],
  onCanvas: true,
  enabled: () => true,
  run(designer) {
    designer.frame.toggleSnap();
    designer.view.say(designer.frame.snap ? 'Cards snap to the grid.' : 'Cards can be put anywhere.');
  },
};
