import { untrack } from 'svelte';
import { boundsOf } from '#pipelines/edit/arrange.ts';
import type { Designer } from '../designer.svelte.ts';
import { projectEdges, projectNodes, type FlowEdge, type FlowNode } from './project.ts';

const NONE: readonly string[] = [];

/**
 * Cards and wires as xyflow holds them: none until they are first followed, then those of the document. What is in the hand keeps its place until
 * it is let go.
 */
export class FlowCards {
  nodes = $state.raw<FlowNode[]>([]);
  edges = $state.raw<FlowEdge[]>([]);
  readonly #designer: Designer;

  constructor(designer: Designer) {
    this.#designer = designer;
  }

  /** The cards of the document as it is now. */
  project(): FlowNode[] {
    const designer = this.#designer;
    return projectNodes(
      designer.document,
      designer.groups.shown,
      designer.selection,
      untrack(() => this.nodes),
      (node, side) => designer.portsOf(node, side),
      (group) => designer.groups.outerOf(group),
    );
  }

  /** Takes in the document and the selection as they are now. */
  follow(): void {
    const { document, groups, selection } = this.#designer;
    const [nodes, edges] = [
      this.project(),
      projectEdges(
        document,
        groups.shown,
        selection,
        untrack(() => this.edges),
      ),
    ];
    [this.nodes, this.edges] = [nodes, edges];
  }

  /** Takes in what xyflow made of wires that it was given, of all or of some. */
  takeEdges(edges: readonly FlowEdge[]): void {
    const changed = new Map(edges.map((edge) => [edge.id, edge]));
    this.edges = this.edges.map((edge) => changed.get(edge.id) ?? edge);
  }

  /** The nodes that the card of a group stands for. */
  membersOf(card: FlowNode): readonly string[] {
    return this.#designer.groups.all.find((group) => group.id === card.data.id)?.nodes ?? NONE;
  }

  /** What is chosen by pointer goes into the selection. */
  take({ nodes, edges }: { nodes: FlowNode[]; edges: FlowEdge[] }): void {
    // xyflow calls this within an effect of its own, which must not come to depend on the selection.
    untrack(() =>
      this.#designer.selection.choose(
        nodes.flatMap((node) => (node.type === 'step' ? [node.id] : node.type === 'group' ? this.membersOf(node) : [])),
        { notes: nodes.filter((node) => node.type === 'note').map((node) => node.id), wires: edges.map((edge) => edge.id) },
      ),
    );
  }

  /** Moves cards in the hand along with their frame; null lets go of them. */
  moveTogether(ids: ReadonlySet<string>, by: { x: number; y: number } | null): void {
    this.nodes = this.nodes.map((node) => {
      const place = this.#placeAmong(node, ids);
      if (!place) return node;
      return by ? { ...node, position: { x: place.x + by.x, y: place.y + by.y }, dragging: true } : { ...node, dragging: false };
    });
  }

  /** Where the document has a card of these nodes; null for the card of others. */
  #placeAmong(card: FlowNode, ids: ReadonlySet<string>): { x: number; y: number } | null {
    const { layout } = this.#designer.document;
    if (card.type === 'group') {
      const members = this.membersOf(card);
      return members.every((id) => ids.has(id)) ? boundsOf({ layout }, members) : null;
    }
    const place = ids.has(card.id) ? layout[card.id] : undefined;
    return place ? { x: place[0], y: place[1] } : null;
  }
}
