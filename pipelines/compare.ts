import { difference, type DocumentDifference } from './diff.ts';
import type { DocumentEdge, PipelineDocument } from './document.ts';

export type Mark = 'added' | 'removed' | 'changed';
/** Two states of a pipeline laid over each other. */
export interface Comparison {
  /** The later state, with what it no longer has at its earlier place. */
  readonly document: PipelineDocument;
  readonly difference: DocumentDifference;
  readonly nodes: ReadonlyMap<string, Mark>;
  /** By `edgeKey`. */
  readonly edges: ReadonlyMap<string, Mark>;
  readonly notes: ReadonlyMap<string, Mark>;
}

export const edgeKey = ({ from, to }: DocumentEdge): string => `${from.node}/${from.port}>${to.node}/${to.port}`;

/** Lays two states over each other, so that one canvas shows what came, went and changed. */
export function compare(before: PipelineDocument, after: PipelineDocument): Comparison {
  const found = difference(before, after);
  const gone = new Set(found.nodes.removed);
  const goneNotes = new Set(found.notes.removed);
  const places = Object.fromEntries(Object.entries(before.layout).filter(([id]) => gone.has(id)));
  return {
    document: {
      ...after,
      nodes: [...after.nodes, ...before.nodes.filter(({ id }) => gone.has(id))],
      edges: [...after.edges, ...found.edges.removed],
      notes: [...after.notes, ...before.notes.filter(({ id }) => goneNotes.has(id))],
      layout: { ...places, ...after.layout },
    },
    difference: found,
    nodes: marksOf(
      found.nodes.added,
      found.nodes.removed,
      found.nodes.changed.map(({ id }) => id),
    ),
    edges: marksOf(found.edges.added.map(edgeKey), found.edges.removed.map(edgeKey), []),
    notes: marksOf(found.notes.added, found.notes.removed, found.notes.changed),
  };
}

const marksOf = (added: readonly string[], removed: readonly string[], changed: readonly string[]): Map<string, Mark> =>
  new Map<string, Mark>([
    ...added.map((key): [string, Mark] => [key, 'added']),
    ...removed.map((key): [string, Mark] => [key, 'removed']),
    ...changed.map((key): [string, Mark] => [key, 'changed']),
  ]);
