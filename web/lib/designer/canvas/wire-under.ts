import type { DocumentEdge, PipelineDocument } from '#pipelines/document.ts';
import { wireId } from '../state/keys.ts';

/** The wire at a point of the page, also where a card lies over it. */
export function wireUnder(document: PipelineDocument, point: { readonly x: number; readonly y: number }): DocumentEdge | null {
  for (const element of globalThis.document.elementsFromPoint(point.x, point.y)) {
    const id = element.closest<SVGElement>('.svelte-flow__edge')?.dataset.id;
    const edge = id === undefined ? undefined : document.edges.find((each) => wireId(each) === id);
    if (edge) return edge;
  }
  return null;
}
