import type { DocumentNote, PipelineDocument } from '../document.ts';

export function addNote(document: PipelineDocument, note: Omit<DocumentNote, 'id'>): { document: PipelineDocument; id: string } {
  const taken = new Set(document.notes.map((each) => each.id));
  let number = document.notes.length + 1;
  while (taken.has(`note-${number}`)) number++;
  const id = `note-${number}`;
  return { document: { ...document, notes: [...document.notes, { id, text: note.text.slice(0, 10_000), x: note.x, y: note.y }] }, id };
}

export function setNoteText(document: PipelineDocument, id: string, text: string): PipelineDocument {
  return changeNote(document, id, { text: text.slice(0, 10_000) });
}

export function moveNote(document: PipelineDocument, id: string, x: number, y: number): PipelineDocument {
  return changeNote(document, id, { x, y });
}

export function removeNote(document: PipelineDocument, id: string): PipelineDocument {
  return { ...document, notes: document.notes.filter((each) => each.id !== id) };
}

function changeNote(document: PipelineDocument, id: string, change: Partial<DocumentNote>): PipelineDocument {
  return { ...document, notes: document.notes.map((each) => (each.id === id ? { ...each, ...change } : each)) };
}
