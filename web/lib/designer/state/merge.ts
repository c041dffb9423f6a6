import type { DocumentEdge, PipelineDocument } from '#pipelines/document.ts';

export interface Merged {
  readonly document: PipelineDocument;
  /** Places that both changed; mine was kept there. */
  readonly clashes: readonly string[];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const edgeKey = (edge: DocumentEdge): string => `${edge.from.node}/${edge.from.port}>${edge.to.node}/${edge.to.port}`;

type Clash = (place: string) => void;

/** Takes each place from whoever changed it; where both did, mine, and says so. */
function mergeMaps<V>(
  base: Map<string, V>,
  mine: Map<string, V>,
  theirs: Map<string, V>,
  clash: (key: string) => void,
  both?: (b: V, m: V, t: V, key: string) => V,
): Map<string, V> {
  const result = new Map<string, V>();
  for (const key of new Set([...theirs.keys(), ...mine.keys()])) {
    const [b, m, t] = [base.get(key), mine.get(key), theirs.get(key)];
    const mineChanged = !same(b, m);
    const theirsChanged = !same(b, t);
    let value = mineChanged ? m : t;
    if (mineChanged && theirsChanged && !same(m, t)) {
      if (both && b !== undefined && m !== undefined && t !== undefined) value = both(b, m, t, key);
      else {
        clash(key);
        // What one deleted and the other changed stays: a change is harder to make again than a deletion.
        value = m ?? t;
      }
    }
    if (value !== undefined) result.set(key, value);
  }
  return result;
}

const mapOf = <T extends { id: string }>(items: readonly T[]): Map<string, T> => new Map(items.map((item) => [item.id, item]));

/** Joins two people's changes to the same saved document. Unlike places never clash; of like places mine is kept and named. */
export function mergeDocuments(base: PipelineDocument, mine: PipelineDocument, theirs: PipelineDocument): Merged {
  const clashes: string[] = [];
  const clash: Clash = (place) => void clashes.push(place);
  const nameOf = (id: string): string => mine.nodes.find((node) => node.id === id)?.name || theirs.nodes.find((node) => node.id === id)?.name || id;
  const nodes = mergeMaps(
    mapOf(base.nodes),
    mapOf(mine.nodes),
    mapOf(theirs.nodes),
    (key) => clash(nameOf(key)),
    (b, m, t, key) => ({
      ...t,
      ...Object.fromEntries(Object.entries(m).filter(([field, value]) => !same(value, b[field as keyof typeof b]))),
      params: Object.fromEntries(
        mergeMaps(new Map(Object.entries(b.params)), new Map(Object.entries(m.params)), new Map(Object.entries(t.params)), (param) =>
          clash(`${nameOf(key)} · ${param}`),
        ),
      ),
    }),
  );
  const edgeMap = (document: PipelineDocument): Map<string, DocumentEdge> => new Map(document.edges.map((edge) => [edgeKey(edge), edge]));
  const taken = new Set<string>();
  const edges = [...mergeMaps(edgeMap(base), edgeMap(mine), edgeMap(theirs), clash).values()]
    .sort((a, b) => Number(edgeMap(mine).has(edgeKey(b))) - Number(edgeMap(mine).has(edgeKey(a))))
    .filter((edge) => {
      const input = `${edge.to.node}/${edge.to.port}`;
      if (!nodes.has(edge.from.node) || !nodes.has(edge.to.node)) return false;
      if (taken.has(input)) {
        clash(`${nameOf(edge.to.node)} · ${edge.to.port}`);
        return false;
      }
      taken.add(input);
      return true;
    });
  const one = <K extends 'name' | 'description'>(field: K): string => {
    if (!same(mine[field], base[field]) && !same(theirs[field], base[field]) && mine[field] !== theirs[field]) clash(field);
    return same(mine[field], base[field]) ? theirs[field] : mine[field];
  };
  const parameterMap = (document: PipelineDocument) => new Map(document.parameters.map((each) => [each.name, each]));
  const layoutMap = (document: PipelineDocument) => new Map(Object.entries(document.layout));
  return {
    document: {
      ...theirs,
      name: one('name'),
      description: one('description'),
      nodes: [...nodes.values()],
      edges,
      parameters: [...mergeMaps(parameterMap(base), parameterMap(mine), parameterMap(theirs), clash).values()],
      notes: [...mergeMaps(mapOf(base.notes), mapOf(mine.notes), mapOf(theirs.notes), () => clash('a note')).values()],
      layout: Object.fromEntries(mergeMaps(layoutMap(base), layoutMap(mine), layoutMap(theirs), () => undefined)),
    },
    clashes: [...new Set(clashes)],
  };
}
