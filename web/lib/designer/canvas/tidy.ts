import dagre from '@dagrejs/dagre';
import type { PipelineDocument } from '#pipelines/document.ts';
import { LEVEL_GAP, NODE_HEIGHT, NODE_WIDTH, COLUMN_GAP } from './measures.ts';

/** New places for every card: levels downwards, wires short, columns 68 apart; snapped to the 8 px rhythm. */
export function tidy(document: PipelineDocument): PipelineDocument['layout'] {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', ranksep: LEVEL_GAP, nodesep: COLUMN_GAP, edgesep: 24, marginx: 24, marginy: 16, ranker: 'network-simplex' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of document.nodes) graph.setNode(node.id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  document.edges.forEach((edge, index) => {
    if (graph.hasNode(edge.from.node) && graph.hasNode(edge.to.node)) graph.setEdge(edge.from.node, edge.to.node, {}, String(index));
  });
  dagre.layout(graph);
  const snap = (value: number): number => Math.round(value / 8) * 8;
  return Object.fromEntries(
    document.nodes.map(({ id }) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, [snap(x - NODE_WIDTH / 2), snap(y - NODE_HEIGHT / 2)] as [number, number]];
    }),
  );
}
