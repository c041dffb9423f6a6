import type { DocumentEdge, PipelineDocument } from '#pipelines/document.ts';
import { boundsOf } from '#pipelines/edit/arrange.ts';
import { insertOnEdge, moveNodes, threadOnEdge } from '#pipelines/edit/nodes.ts';
import { moveNote } from '#pipelines/edit/notes.ts';
import { placeNode } from '../commands/place.ts';
import type { Designer } from '../designer.svelte.ts';
import { readDragged } from '../library/drag.ts';
import { wireId } from '../state/keys.ts';
import type { Flow } from './doors.ts';
import type { Far } from './far/far.svelte.ts';
import type { FlowCards } from './flow-cards.svelte.ts';
import type { FlowNode } from './project.ts';
import type { Routes } from './routes.svelte.ts';
import { wireUnder } from './wire-under.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}
interface Parts {
  readonly designer: Designer;
  readonly flow: Flow;
  readonly cards: FlowCards;
  readonly routes: Routes;
  readonly far: Far;
}

/** Cards in the hand, of the canvas and from the library, and where they are let go: on empty canvas or on a wire. */
export class CardsInHand {
  /** Where the pointer stands on the page, while over the canvas. */
  pointer: Point | null = null;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The wire at a point of the page while the canvas is seen from afar, where wires are not drawn one by one. */
  wireAt(point: Point): string | null {
    const { far, routes, flow } = this.#parts;
    return far.active ? routes.at(flow.screenToFlowPosition(point, { snapToGrid: false })) : null;
  }

  readonly drag = ({ nodes: dragged, event }: { nodes: readonly FlowNode[]; event: MouseEvent | TouchEvent }): void => {
    const { designer } = this.#parts;
    const point = 'clientX' in event ? event : event.touches[0];
    if (point) this.pointer = { x: point.clientX, y: point.clientY };
    if (!this.pointer || !this.#standsAlone(dragged)) return;
    this.#markWire((edge) => threadOnEdge(designer.document, designer.catalog, edge, dragged[0]!.id) !== null, this.pointer);
  };

  readonly letGo = ({ nodes: dragged }: { nodes: readonly FlowNode[] }): void => {
    const { designer } = this.#parts;
    const into = this.#takeAimedWire();
    const [first] = dragged;
    const name = into ? `Insert ${this.#nameOf(first)}` : dragged.length === 1 ? `Move ${this.#nameOf(first)}` : `Move ${dragged.length} nodes`;
    designer.edit(name, (document) => {
      const moved = this.#moved(document, dragged);
      return (into && first && threadOnEdge(moved, designer.catalog, into, first.id)) || moved;
    });
  };

  readonly dragOver = (event: DragEvent): void => {
    const { designer } = this.#parts;
    if (!event.dataTransfer?.types.includes('application/x-modelwright-node')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    const { type, subPipeline } = designer.view.dragged ?? {};
    if (type === undefined || subPipeline) return;
    const fits = (edge: DocumentEdge): boolean => insertOnEdge(designer.document, designer.catalog, edge, { type, position: [0, 0] }) !== null;
    this.#markWire(fits, { x: event.clientX, y: event.clientY });
  };

  readonly drop = (event: DragEvent): void => {
    const { designer, flow } = this.#parts;
    const dragged = readDragged(event.dataTransfer);
    if (!dragged) return;
    event.preventDefault();
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const id = placeNode(designer, { ...dragged, at, into: this.#takeAimedWire() });
    if (id) designer.view.canvas?.focusNode(id);
  };

  #nameOf(card: FlowNode | undefined): string {
    const { designer } = this.#parts;
    if (card?.type === 'note') return 'a note';
    if (card?.type === 'group') return designer.groups.all.find((group) => group.id === card.data.id)?.title || 'a group';
    return designer.nameOf(card?.id ?? '');
  }

  #moved(document: PipelineDocument, dragged: readonly FlowNode[]): PipelineDocument {
    const places: Record<string, readonly [number, number]> = {};
    for (const card of dragged) {
      const [x, y] = [Math.round(card.position.x), Math.round(card.position.y)];
      if (card.type === 'step') places[card.id] = [x, y];
      if (card.type !== 'group') continue;
      const members = this.#parts.cards.membersOf(card);
      const bounds = boundsOf(document, members);
      for (const id of bounds ? members : []) {
        const place = document.layout[id];
        if (place) places[id] = [place[0] + x - bounds!.x, place[1] + y - bounds!.y];
      }
    }
    const changed = Object.entries(places).filter(([id, [x, y]]) => document.layout[id]?.[0] !== x || document.layout[id]?.[1] !== y);
    const moved = moveNodes(document, Object.fromEntries(changed));
    return dragged
      .filter((card) => card.type === 'note')
      .reduce((next, { id, position }) => {
        const note = next.notes.find((each) => each.id === id);
        const [x, y] = [Math.round(position.x), Math.round(position.y)];
        return note && (note.x !== x || note.y !== y) ? moveNote(next, id, x, y) : next;
      }, moved);
  }

  /** One card without wires, which may be put into one. */
  #standsAlone(dragged: readonly FlowNode[]): boolean {
    const [card] = dragged;
    return (
      dragged.length === 1 &&
      card!.type === 'step' &&
      !this.#parts.designer.document.edges.some(({ from, to }) => from.node === card!.id || to.node === card!.id)
    );
  }

  /** The wire that is lit for what is dropped now. */
  #takeAimedWire(): DocumentEdge | null {
    const { view, document } = this.#parts.designer;
    const id = view.overWire;
    view.overWire = null;
    return document.edges.find((edge) => wireId(edge) === id) ?? null;
  }

  #markWire(fits: (edge: DocumentEdge) => boolean, point: Point): void {
    const { designer } = this.#parts;
    const edge = wireUnder(designer.document, point, () => this.wireAt(point));
    designer.view.overWire = edge && fits(edge) ? wireId(edge) : null;
  }
}
