import { getContext, setContext, untrack } from 'svelte';
import type { DocumentEdge } from '#pipelines/document.ts';
import type { Designer } from '../designer.svelte.ts';
import { wireId, type PortPlace } from '../state/keys.ts';
import { NODE_HEIGHT, NODE_WIDTH, portPlace } from './measures.ts';
import type { FlowNode } from './project.ts';
import { routeWires, wireAt, type Point, type Route, type Wire } from './route.ts';
import { groupCardId, groupHandle, shownEnds, type ShownEnd, type ShownEnds } from './shown.ts';

const CONTEXT = Symbol('routes');
/** How far beside a wire the pointer still is on it. */
const REACH = 8;

/** Where every wire runs, from where the cards stand now (also while one is dragged). */
export class Routes {
  nodes = $state.raw<readonly FlowNode[]>([]);
  readonly #designer: Designer;
  readonly #edges: readonly DocumentEdge[] = $derived.by(() => this.#designer.document.edges);
  readonly #places: ReadonlyMap<string, FlowNode> = $derived.by(() => new Map(this.nodes.map((node) => [node.id, node])));
  /** The routes of when nothing was last in the hand. */
  #settled: ReadonlyMap<string, Route> = new Map();
  readonly #all: ReadonlyMap<string, Route> = $derived.by(() => {
    void this.#designer.typesKey;
    const held = new Set(this.nodes.filter((node) => node.dragging).map((node) => node.id));
    const boxes = this.nodes
      .filter((node) => node.type === 'step' || node.type === 'group')
      .map((node) => ({ ...node.position, width: node.width ?? NODE_WIDTH, height: NODE_HEIGHT }));
    if (held.size === 0) return (this.#settled = routeWires(this.#wires(), boxes));
    // Only the wires of what is in the hand move along; all find their lanes anew when it is let go.
    const moved = this.#wires(({ source, target }) => held.has(source.card) || held.has(target.card));
    return new Map([...this.#settled, ...routeWires(moved, boxes)]);
  });

  constructor(designer: Designer) {
    this.#designer = designer;
  }

  /** Where a port of the document stands on the canvas; null when it is not seen. */
  anchorOf(place: PortPlace, side: 'inputs' | 'outputs'): Point | null {
    const group = this.#designer.groups.shown.hidden.get(place.node);
    return this.#anchor(group === undefined ? { card: place.node, handle: place.port } : { card: groupCardId(group), handle: groupHandle(place) }, side);
  }

  #wires(wanted: (ends: ShownEnds) => boolean = () => true): Wire[] {
    const shown = this.#designer.groups.shown;
    return this.#edges.flatMap((edge) => {
      const ends = shownEnds(shown, edge);
      if (!ends || !wanted(ends)) return [];
      const [from, to] = [this.#anchor(ends.source, 'outputs'), this.#anchor(ends.target, 'inputs')];
      return from && to ? [{ id: wireId(edge), source: `${edge.from.node}/${edge.from.port}`, from, to }] : [];
    });
  }

  #anchor({ card, handle }: ShownEnd, side: 'inputs' | 'outputs'): Point | null {
    const node = this.#places.get(card);
    if (!node) return null;
    const { x, y } = node.position;
    if (node.type === 'step')
      return { x: x + untrack(() => portPlace(this.#designer.portsOf(card, side), handle)), y: side === 'outputs' ? y + NODE_HEIGHT : y };
    const port = node.handles?.find((each) => each.id === handle && (each.type === 'source') === (side === 'outputs'));
    return port ? { x: x + port.x + (port.width ?? 0) / 2, y: y + port.y + (port.height ?? 0) / 2 } : null;
  }

  of(id: string): Route | undefined {
    return this.#all.get(id);
  }

  /** The wire near a point of the canvas. */
  at(point: Point): string | null {
    return wireAt(this.#all, point, REACH);
  }
}

export const provideRoutes = (routes: Routes): Routes => setContext(CONTEXT, routes);
export const useRoutes = (): Routes => getContext<Routes>(CONTEXT);
