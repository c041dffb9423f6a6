import dagre from '@dagrejs/dagre';
import type { DocumentEdge, PipelineDocument } from '#pipelines/document.ts';
import { COLUMN_GAP, LEVEL_GAP, NODE_HEIGHT, NODE_WIDTH } from './measures.ts';

/** How far a card may be moved sideways to stand straight below the one that feeds it. */
const REACH = 168;
const LEAST_GAP = 32;

/**
 * New places for every card: levels downwards, wires short, columns 68 apart, on the 8 px grid; what hangs on one spine stands in one column.
 * @param isSpine whether a wire leads from a first output to a first input, so that it runs straight when both cards stand in one column
 */
export function tidy(document: PipelineDocument, isSpine: (edge: DocumentEdge) => boolean = () => false): PipelineDocument['layout'] {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', ranksep: LEVEL_GAP, nodesep: COLUMN_GAP, edgesep: 24, marginx: 24, marginy: 16, ranker: 'network-simplex' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of document.nodes) graph.setNode(node.id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  document.edges.forEach((edge, index) => {
    if (graph.hasNode(edge.from.node) && graph.hasNode(edge.to.node))
      graph.setEdge(edge.from.node, edge.to.node, { weight: isSpine(edge) ? 8 : 1 }, String(index));
  });
  dagre.layout(graph);
  const snap = (value: number): number => Math.round(value / 8) * 8;
  const places = new Map(
    document.nodes.map(({ id }) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, { x: snap(x - NODE_WIDTH / 2), y: snap(y - NODE_HEIGHT / 2) }];
    }),
  );
  straighten(places, document.edges.filter(isSpine));
  return Object.fromEntries([...places].map(([id, { x, y }]) => [id, [x, y] as [number, number]]));
}

/** Moves cards below the one that feeds them where that is near and free, from the top down. */
function straighten(places: Map<string, { x: number; y: number }>, spines: readonly DocumentEdge[]): void {
  const byLevel = spines.toSorted((a, b) => (places.get(a.to.node)?.y ?? 0) - (places.get(b.to.node)?.y ?? 0));
  for (const { from, to } of byLevel) {
    const [source, target] = [places.get(from.node), places.get(to.node)];
    if (!source || !target || source.x === target.x || Math.abs(source.x - target.x) > REACH) continue;
    const free = [...places].every(
      ([id, other]) => id === to.node || Math.abs(other.y - target.y) >= NODE_HEIGHT || Math.abs(other.x - source.x) >= NODE_WIDTH + LEAST_GAP,
    );
    if (free) target.x = source.x;
  }
}
