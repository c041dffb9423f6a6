import { getContext, setContext, untrack } from 'svelte';
import type { DocumentEdge } from '#pipelines/document.ts';
import type { Designer } from '../designer.svelte.ts';
import { wireId } from '../state/keys.ts';
import { NODE_HEIGHT, NODE_WIDTH, portPlace } from './measures.ts';
import type { FlowNode } from './project.ts';
import { routeWires, type Route } from './route.ts';

const CONTEXT = Symbol('routes');

/** Where every wire runs, from where the cards stand now (also while one is dragged). */
export class Routes {
  nodes = $state.raw<readonly FlowNode[]>([]);
  readonly #designer: Designer;
  readonly #edges: readonly DocumentEdge[] = $derived.by(() => this.#designer.document.edges);
  readonly #all: ReadonlyMap<string, Route> = $derived.by(() => {
    const places = new Map(this.nodes.map((node) => [node.id, node.position]));
    void this.#designer.typesKey;
    const placeOf = (node: string, side: 'inputs' | 'outputs', port: string): number => untrack(() => portPlace(this.#designer.portsOf(node, side), port));
    const wires = this.#edges.flatMap((edge) => {
      const [from, to] = [places.get(edge.from.node), places.get(edge.to.node)];
      if (!from || !to) return [];
      return [
        {
          id: wireId(edge),
          source: `${edge.from.node}/${edge.from.port}`,
          from: { x: from.x + placeOf(edge.from.node, 'outputs', edge.from.port), y: from.y + NODE_HEIGHT },
          to: { x: to.x + placeOf(edge.to.node, 'inputs', edge.to.port), y: to.y },
        },
      ];
    });
    const boxes = this.nodes.filter((node) => node.type === 'step').map((node) => ({ ...node.position, width: NODE_WIDTH, height: NODE_HEIGHT }));
    return routeWires(wires, boxes);
  });

  constructor(designer: Designer) {
    this.#designer = designer;
  }

  of(id: string): Route | undefined {
    return this.#all.get(id);
  }
}

export const provideRoutes = (routes: Routes): Routes => setContext(CONTEXT, routes);
export const useRoutes = (): Routes => getContext<Routes>(CONTEXT);
