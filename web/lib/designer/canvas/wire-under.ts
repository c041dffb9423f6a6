import type { DocumentEdge, PipelineDocument } from '#pipelines/document.ts';
import { wireId } from '../state/keys.ts';

/** The wire at a point of the page, also where a card lies over it; `wireAt` knows those that are not drawn one by one. */
export function wireUnder(document: PipelineDocument, point: { readonly x: number; readonly y: number }, wireAt: () => string | null): DocumentEdge | null {
  const drawn = globalThis.document.elementsFromPoint(point.x, point.y).map((element) => element.closest<SVGElement>('.svelte-flow__edge')?.dataset.id);
  const id = drawn.find((each) => each !== undefined) ?? wireAt();
  return document.edges.find((edge) => wireId(edge) === id) ?? null;
}
