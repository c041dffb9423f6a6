import type { PipelineDocument } from './document.ts';
import { tidy } from './layout.ts';

/** What a thumbnail needs: nodes by type and place (pixels at 100 %, from (0, 0)), and wires by node. */
export interface Outline {
  readonly nodes: readonly { readonly id: string; readonly type: string; readonly x: number; readonly y: number }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** The outline of a document; at most `limit` nodes, with the wires among them. */
export function outlineOf(document: Pick<PipelineDocument, 'nodes' | 'edges' | 'layout'>, limit = 200): Outline {
  const shown = document.nodes.slice(0, limit);
  const ids = new Set(shown.map((node) => node.id));
  const edges = document.edges.filter(({ from, to }) => ids.has(from.node) && ids.has(to.node));
  const places = shown.every((node) => Object.hasOwn(document.layout, node.id)) ? document.layout : tidy({ ...document, nodes: shown, edges });
  const left = Math.min(...shown.map((node) => places[node.id]![0]));
  const top = Math.min(...shown.map((node) => places[node.id]![1]));
  const pairs = new Map<string, { from: string; to: string }>();
  for (const { from, to } of edges) pairs.set(`${from.node}\n${to.node}`, { from: from.node, to: to.node });
  return {
    nodes: shown.map(({ id, type }) => ({ id, type, x: Math.round(places[id]![0] - left), y: Math.round(places[id]![1] - top) })),
    edges: [...pairs.values()],
  };
}
