import type { PipelineDocument } from '../document.ts';
import { own } from '../look-up.ts';

/** Names the pipeline; an empty name changes nothing. */
export function renameDocument(document: PipelineDocument, name: string): PipelineDocument {
  const short = name.trim().slice(0, 200);
  return short === '' || short === document.name ? document : { ...document, name: short };
}

export function describeDocument(document: PipelineDocument, description: string): PipelineDocument {
  return { ...document, description: description.slice(0, 10_000) };
}

/** Takes a layout for all nodes, such as one of `tidy`; places of absent nodes are left out, nodes without a place keep theirs. */
export function applyLayout(document: PipelineDocument, layout: Readonly<Record<string, readonly [number, number]>>): PipelineDocument {
  const places: PipelineDocument['layout'] = {};
  for (const { id } of document.nodes) {
    const place = own(layout, id) ?? own(document.layout, id);
    if (place) places[id] = [place[0], place[1]];
  }
  return { ...document, layout: places };
}
