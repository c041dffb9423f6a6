import { removeNodes } from '#pipelines/edit/nodes.ts';
import { addNote, removeNote } from '#pipelines/edit/notes.ts';
import { disconnect } from '#pipelines/edit/wires.ts';
import { plural } from '../../format.ts';
import { wireId } from '../state/keys.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Command } from './command.ts';

const chosen = (designer: Designer): boolean => designer.editable && !designer.selection.isEmpty;
export const undo: Command = {
  name: 'undo',
  title: 'Undo',
  group: 'Edit',
  keys: ['Mod+Z'],
  icon: 'undo',
  titleNow: ({ history }) => (history.undoName === null ? 'Undo' : `Undo: ${history.undoName}`),
  enabled: (designer) => designer.editable && designer.history.canUndo,
  run: (designer) => designer.undo(),
};
export const redo: Command = {
  name: 'redo',
  title: 'Redo',
  group: 'Edit',
  keys: ['Mod+Shift+Z', 'Mod+Y'],
  icon: 'redo',
  titleNow: ({ history }) => (history.redoName === null ? 'Redo' : `Redo: ${history.redoName}`),
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
          : `Delete ${plural(count, 'thing')}`;
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
