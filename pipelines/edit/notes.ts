import type { Colour, DocumentNote, PipelineDocument } from '../document.ts';

export function addNote(document: PipelineDocument, note: Omit<DocumentNote, 'id'>): { document: PipelineDocument; id: string } {
  const taken = new Set(document.notes.map((each) => each.id));
  let number = document.notes.length + 1;
  while (taken.has(`note-${number}`)) number++;
  const id = `note-${number}`;
  return { document: { ...document, notes: [...document.notes, { ...note, id, text: note.text.slice(0, 10_000) }] }, id };
}

export function setNoteText(document: PipelineDocument, id: string, text: string): PipelineDocument {
  return changeNote(document, id, { text: text.slice(0, 10_000) });
}

export function moveNote(document: PipelineDocument, id: string, x: number, y: number): PipelineDocument {
  return changeNote(document, id, { x, y });
}

/** Gives a note a size, in pixels at 100 %. */
export function resizeNote(document: PipelineDocument, id: string, size: { x: number; y: number; width: number; height: number }): PipelineDocument {
  const within = (value: number, least: number): number => Math.round(Math.min(2_000, Math.max(least, value)));
  return changeNote(document, id, { x: Math.round(size.x), y: Math.round(size.y), width: within(size.width, 120), height: within(size.height, 40) });
}

/** Gives a note a colour; undefined = that of paper. */
export function colourNote(document: PipelineDocument, id: string, colour: Colour | undefined): PipelineDocument {
  return {
    ...document,
    notes: document.notes.map(({ colour: before, ...note }) =>
      note.id !== id ? { ...note, ...(before && { colour: before }) } : { ...note, ...(colour && { colour }) },
    ),
  };
}

export function removeNote(document: PipelineDocument, id: string): PipelineDocument {
  return { ...document, notes: document.notes.filter((each) => each.id !== id) };
}

function changeNote(document: PipelineDocument, id: string, change: Partial<DocumentNote>): PipelineDocument {
  return { ...document, notes: document.notes.map((each) => (each.id === id ? { ...each, ...change } : each)) };
}
