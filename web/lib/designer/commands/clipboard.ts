import { z } from 'zod';
import { documentEdge, documentNode } from '#pipelines/document.ts';
import type { Clip } from '#pipelines/edit/nodes.ts';

const clip = z.object({
  modelwright: z.literal('nodes'),
  nodes: z.array(documentNode).min(1).max(1_000),
  edges: z.array(documentEdge).max(5_000),
  layout: z.record(z.string(), z.tuple([z.number(), z.number()])),
});

/** Copied nodes as text: JSON that can be pasted here, into another pipeline, or into an editor. */
export const clipText = (copied: Clip): string => JSON.stringify({ modelwright: 'nodes', ...copied }, null, 2);

/** Nodes from pasted text, or null when the text is something else. */
export function readClip(text: string): Clip | null {
  try {
    const parsed = clip.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
