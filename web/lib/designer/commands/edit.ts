import { copyNodes, duplicateNodes, pasteNodes, readClip, type Clip } from '#pipelines/edit/clip.ts';
import { moveNodes, removeNodes } from '#pipelines/edit/nodes.ts';
import { addNote, removeNote } from '#pipelines/edit/notes.ts';
import { disconnect } from '#pipelines/edit/wires.ts';
import { wireId } from '../state/keys.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Command } from './command.ts';

const chosen = (designer: Designer): boolean => designer.editable && !designer.selection.isEmpty;
const withNodes = (designer: Designer): boolean => designer.selection.nodes.size > 0;
/** Nodes from pasted text, or null when the text is something else. */
function clipFrom(text: string | undefined): Clip | null {
  try {
    return readClip(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

/** The last copy, for browsers that do not let a page read the clipboard. */
let lastCopy = '';

export const undo: Command = {
  name: 'undo',
  title: 'Undo',
  group: 'Edit',
  keys: ['Mod+Z'],
  icon: 'undo',
  enabled: (designer) => designer.editable && designer.history.canUndo,
  run: (designer) => designer.undo(),
};
export const redo: Command = {
  name: 'redo',
  title: 'Redo',
  group: 'Edit',
  keys: ['Mod+Shift+Z', 'Mod+Y'],
  icon: 'redo',
  enabled: (designer) => designer.editable && designer.history.canRedo,
  run: (designer) => designer.redo(),
};

export const remove: Command = {
  name: 'delete',
  title: 'Delete',
  group: 'Edit',
  keys: ['Delete', 'Backspace'],
  icon: 'trash',
  onCanvas: true,
  enabled: chosen,
  run(designer) {
    const { nodes, notes, wires } = designer.selection;
    const count = nodes.size + notes.size + wires.size;
    const name =
      nodes.size === 1 && count === 1
        ? `Delete ${designer.nameOf([...nodes][0]!)}`
        : count === 1 && wires.size === 1
          ? 'Delete wire'
          : `Delete ${count} things`;
    designer.edit(name, (document) => {
      let next = document;
      for (const edge of document.edges) if (wires.has(wireId(edge))) next = disconnect(next, edge);
      if (nodes.size > 0) next = removeNodes(next, designer.catalog, [...nodes]);
      for (const note of notes) next = removeNote(next, note);
      return next;
    });
    designer.selection.clear();
  },
};

export const duplicate: Command = {
  name: 'duplicate',
  title: 'Duplicate',
  group: 'Edit',
  keys: ['Mod+D'],
  icon: 'copy',
  enabled: (designer) => designer.editable && withNodes(designer),
  run(designer) {
    let ids: string[] = [];
    designer.edit('Duplicate', (document) => {
      const copied = duplicateNodes(document, [...designer.selection.nodes]);
      ids = Object.values(copied.ids);
      return copied.document;
    });
    designer.selection.choose(ids);
  },
};

export const copy: Command = {
  name: 'copy',
  title: 'Copy',
  group: 'Edit',
  keys: ['Mod+C'],
  icon: 'copy',
  onCanvas: true,
  enabled: withNodes,
  async run(designer) {
    lastCopy = JSON.stringify(copyNodes(designer.document, [...designer.selection.nodes]), null, 2);
    designer.view.say(`${designer.selection.nodes.size} copied.`);
    await navigator.clipboard?.writeText(lastCopy).catch(() => undefined);
  },
};

export const cut: Command = {
  name: 'cut',
  title: 'Cut',
  group: 'Edit',
  keys: ['Mod+X'],
  onCanvas: true,
  enabled: (designer) => designer.editable && withNodes(designer),
  async run(designer) {
    await copy.run(designer);
    await remove.run(designer);
  },
};

export const paste: Command = {
  name: 'paste',
  title: 'Paste',
  group: 'Edit',
  keys: ['Mod+V'],
  onCanvas: true,
  enabled: (designer) => designer.editable,
  async run(designer) {
    const text = await navigator.clipboard?.readText().catch(() => '');
    const clip = clipFrom(text) ?? clipFrom(lastCopy);
    if (!clip) {
      designer.view.say('There are no copied nodes to paste.');
      return;
    }
    let ids: string[] = [];
    designer.edit('Paste', (document) => {
      const pasted = pasteNodes(document, clip, [32, 32]);
      ids = Object.values(pasted.ids);
      return pasted.document;
    });
    designer.selection.choose(ids);
  },
};

export const selectAll: Command = {
  name: 'select-all',
  title: 'Select all',
  group: 'Edit',
  keys: ['Mod+A'],
  onCanvas: true,
  enabled: (designer) => designer.document.nodes.length > 0,
  run: (designer) =>
    designer.selection.choose(
      designer.document.nodes.map((node) => node.id),
      { notes: designer.document.notes.map((note) => note.id) },
    ),
};

export const rename: Command = {
  name: 'rename',
  title: 'Rename',
  group: 'Edit',
  keys: ['F2'],
  icon: 'edit',
  enabled: (designer) => designer.editable && designer.selection.single !== null,
  run: (designer) => void (designer.view.renaming = designer.selection.single),
};

export const note: Command = {
  name: 'note',
  title: 'Add a note',
  group: 'Edit',
  keys: ['N'],
  icon: 'note',
  onCanvas: true,
  enabled: (designer) => designer.editable,
  run(designer) {
    const { x, y } = designer.view.canvas?.centre() ?? { x: 0, y: 0 };
    let id = '';
    designer.edit('Add a note', (document) => {
      const added = addNote(document, { text: '', x: Math.round(x - 108), y: Math.round(y - 20) });
      id = added.id;
      return added.document;
    });
    designer.selection.choose([], { notes: [id] });
  },
};

const nudge = (name: string, title: string, key: string, x: number, y: number): Command => ({
  name,
  title,
  group: 'Edit',
  keys: [key],
  onCanvas: true,
  enabled: (designer) => designer.editable && withNodes(designer),
  run: (designer) =>
    designer.edit(
      'Move',
      (document) =>
        moveNodes(
          document,
          Object.fromEntries(
            [...designer.selection.nodes].map((id) => [id, [(document.layout[id]?.[0] ?? 0) + x, (document.layout[id]?.[1] ?? 0) + y] as const]),
          ),
        ),
      'nudge',
    ),
});
export const nudges: readonly Command[] = [
  nudge('move-up', 'Move up', 'Alt+ArrowUp', 0, -8),
  nudge('move-down', 'Move down', 'Alt+ArrowDown', 0, 8),
  nudge('move-left', 'Move left', 'Alt+ArrowLeft', -8, 0),
  nudge('move-right', 'Move right', 'Alt+ArrowRight', 8, 0),
];
