import { copyNodes, duplicateNodes, pasteNodes, readClip, type Clip, type Pasted } from '#pipelines/edit/clip.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { plural } from '../../format.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Command } from './command.ts';
import { remove } from './edit.ts';

/** The last copy, for browsers that let no page read the clipboard. */
let lastCopy = '';

const some = ({ selection }: Designer): boolean => selection.nodes.size + selection.notes.size > 0;

/** Nodes from pasted text, such as a copy or a whole pipeline file; null when the text is something else. */
export function clipFrom(text: string): Clip | null {
  try {
    return readClip(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What is chosen, as text for the clipboard; null when it is neither a node nor a note. */
export function copied(designer: Designer): string | null {
  if (!some(designer)) return null;
  const { nodes, notes } = designer.selection;
  lastCopy = JSON.stringify(copyNodes(designer.document, [...nodes], [...notes]), null, 2);
  designer.view.say(`${plural(nodes.size + notes.size, 'thing')} copied.`);
  return lastCopy;
}

/** Moves a clip so that its top left corner comes to the pointer; a little beside where it was copied while the pointer is elsewhere. */
function offsetOf(designer: Designer, clip: Clip): readonly [number, number] {
  const pointer = designer.view.canvas?.pointer();
  const corners = [...clip.nodes.flatMap(({ id }) => (clip.layout[id] ? [clip.layout[id]] : [])), ...(clip.notes ?? []).map(({ x, y }) => [x, y] as const)];
  if (!pointer || corners.length === 0) return [32, 32];
  const snap = (value: number): number => Math.round(value / 8) * 8;
  return [snap(pointer.x - Math.min(...corners.map(([x]) => x))), snap(pointer.y - Math.min(...corners.map(([, y]) => y)))];
}

function take(designer: Designer, name: string, change: (document: PipelineDocument) => Pasted): void {
  let added: Pasted | null = null;
  designer.edit(name, (document) => (added = change(document)).document);
  const { ids, notes } = (added as Pasted | null) ?? { ids: {}, notes: [] };
  designer.selection.choose(Object.values(ids), { notes });
}

/** Puts the nodes of a text on the canvas, or says why not. */
export function pasteText(designer: Designer, text: string): void {
  const clip = clipFrom(text);
  if (!clip || clip.nodes.length + (clip.notes?.length ?? 0) === 0) {
    designer.view.tell('The clipboard holds no nodes of a pipeline. Copy some nodes first.');
    return;
  }
  take(designer, `Paste ${plural(clip.nodes.length + (clip.notes?.length ?? 0), 'thing')}`, (document) => pasteNodes(document, clip, offsetOf(designer, clip)));
}

export const copy: Command = {
  name: 'copy',
  title: 'Copy',
  group: 'Edit',
  keys: ['Mod+C'],
  icon: 'copy',
  onCanvas: true,
  enabled: some,
  async run(designer) {
    const text = copied(designer);
    if (text !== null) await navigator.clipboard?.writeText(text).catch(() => undefined);
  },
};

export const cut: Command = {
  name: 'cut',
  title: 'Cut',
  group: 'Edit',
  keys: ['Mod+X'],
  onCanvas: true,
  enabled: (designer) => designer.editable && some(designer),
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
    const text = await navigator.clipboard?.readText().catch(() => lastCopy);
    pasteText(designer, text ?? lastCopy);
  },
};

export const duplicate: Command = {
  name: 'duplicate',
  title: 'Duplicate',
  group: 'Edit',
  keys: ['Mod+D'],
  icon: 'clone',
  enabled: (designer) => designer.editable && some(designer),
  run(designer) {
    const { nodes, notes } = designer.selection;
    const name = nodes.size === 1 && notes.size === 0 ? designer.nameOf([...nodes][0]!) : plural(nodes.size + notes.size, 'thing');
    take(designer, `Duplicate ${name}`, (document) => duplicateNodes(document, [...nodes], { notes: [...notes] }));
  },
};

/** Answers the browser's own copy, cut and paste while the canvas has the focus; these work where a page may not read the clipboard by itself. */
export function clipboardEvent(designer: Designer, event: ClipboardEvent): void {
  if (event.type === 'paste') {
    if (!paste.enabled(designer)) return;
    event.preventDefault();
    pasteText(designer, event.clipboardData?.getData('text/plain') ?? '');
    return;
  }
  if (String(getSelection()) !== '' || (event.type === 'cut' && !cut.enabled(designer))) return;
  const text = copied(designer);
  if (text === null) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  if (event.type === 'cut') void remove.run(designer);
}
