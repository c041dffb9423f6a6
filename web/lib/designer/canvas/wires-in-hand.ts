import type { Connection, OnConnectEnd, OnConnectStartParams } from '@xyflow/svelte';
import type { DocumentEdge } from '#pipelines/document.ts';
import { connect, reroute, whyNotConnect } from '#pipelines/edit/wires.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Flow } from './doors.ts';
import type { FlowEdge } from './project.ts';
import { placeAt } from './shown.ts';

const edgeOf = ({ source, sourceHandle, target, targetHandle }: Connection | FlowEdge): DocumentEdge => ({
  from: placeAt(source, sourceHandle ?? ''),
  to: placeAt(target, targetHandle ?? ''),
});

/** A wire in the hand, from the port or the end where it is taken to where it is let go. */
export class WiresInHand {
  readonly #designer: Designer;
  readonly #flow: Flow;
  /** The wire whose end is in the hand. */
  #rerouting: FlowEdge | null = null;

  constructor(designer: Designer, flow: Flow) {
    this.#designer = designer;
    this.#flow = flow;
  }

  readonly isValid = (connection: Connection | FlowEdge): boolean =>
    whyNotConnect(this.#designer.document, this.#designer.catalog, edgeOf(connection)) === null;

  readonly begin = (_event: MouseEvent | TouchEvent, { nodeId, handleId, handleType }: OnConnectStartParams): void => {
    if (nodeId === null || handleId === null) return;
    this.#designer.wiring.start(this.#designer.document, this.#designer.catalog, placeAt(nodeId, handleId), handleType === 'target' ? 'input' : 'output');
  };

  readonly draw = (connection: Connection): false => {
    const edge = edgeOf(connection);
    this.#designer.edit('Draw a wire', (document) => connect(document, this.#designer.catalog, edge));
    return false;
  };

  readonly beginReroute = (_event: MouseEvent | TouchEvent, edge: FlowEdge): void => {
    this.#rerouting = edge;
  };

  readonly reroute = (connection: FlowEdge, { data }: FlowEdge): false => {
    const wanted = edgeOf(connection);
    if (!data) return false;
    const edge = { from: data.from, to: data.to };
    const end = wanted.from.node === edge.from.node && wanted.from.port === edge.from.port ? 'to' : 'from';
    this.#designer.edit('Move a wire', (document) => reroute(document, this.#designer.catalog, edge, end, wanted[end]));
    return false;
  };

  readonly endReroute = (): void => {
    this.#rerouting = null;
  };

  readonly end: OnConnectEnd = (event, state) => {
    const { wiring, view, document, catalog } = this.#designer;
    const { from } = wiring;
    wiring.stop();
    if (state.isValid || !from || !state.pointer) return;
    const point = 'clientX' in event ? event : event.changedTouches[0];
    if (state.toHandle) {
      const place = placeAt(state.toHandle.nodeId, state.toHandle.id ?? '');
      const why = whyNotConnect(document, catalog, from.end === 'output' ? { from, to: place } : { from: place, to: from });
      if (why) view.say(why);
      return;
    }
    if (this.#rerouting) {
      view.say('The wire stays where it was.');
      return;
    }
    // Dropped on empty canvas: offer the node types that fit there.
    if (point && !(event.target as Element | null)?.closest?.('.node')) {
      const at = { x: point.clientX, y: point.clientY };
      view.finder = { ...at, place: this.#flow.screenToFlowPosition(at), wire: from };
    }
  };
}
