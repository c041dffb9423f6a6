import { addNode, insertOnEdge, type NewNode } from '#pipelines/edit/nodes.ts';
import { connect } from '#pipelines/edit/wires.ts';
import type { SourceVersion } from '#pipelines/edit/instances.ts';
import type { DocumentEdge, PipelineDocument } from '#pipelines/document.ts';
import type { Ports } from '#nodes/kit/define.ts';
import { COLUMN_GAP, LEVEL_GAP, NODE_HEIGHT, NODE_WIDTH, portPlace } from '../canvas/measures.ts';
import type { Designer } from '../designer.svelte.ts';
import type { PortPlace } from '../state/keys.ts';
import type { End } from '../state/wiring.svelte.ts';

type Place = readonly [number, number];
const snap = (value: number): number => Math.round(value / 8) * 8;

/** Least distance of what is added from what stands there. */
const GAP = 16;
/** The height that a note has at least. */
const NOTE_HEIGHT = 40;

/** The nearest place to the wish where a card touches no other and no note: downwards first, then to the right. */
export function freePlace(document: PipelineDocument, wish: Place): Place {
  const cards = Object.values(document.layout).map(([x, y]) => ({ x, y, width: NODE_WIDTH, height: NODE_HEIGHT }));
  const notes = document.notes.map(({ x, y, width = NODE_WIDTH, height = NOTE_HEIGHT }) => ({ x, y, width, height }));
  const taken = [...cards, ...notes];
  const clashes = ([x, y]: Place): boolean =>
    taken.some((box) => x < box.x + box.width + GAP && x + NODE_WIDTH + GAP > box.x && y < box.y + box.height + GAP && y + NODE_HEIGHT + GAP > box.y);
  for (let column = 0; column < 6; column += 1) {
    for (let level = 0; level < 8; level += 1) {
      const place: Place = [snap(wish[0]) + column * (NODE_WIDTH + COLUMN_GAP), snap(wish[1]) + level * (NODE_HEIGHT + LEVEL_GAP)];
      if (!clashes(place)) return place;
    }
  }
  return [snap(wish[0]), snap(wish[1])];
}

export interface Placing {
  readonly type: string;
  /** In place of a node a saved sub-pipeline; it comes a moment later. */
  readonly subPipeline?: SourceVersion;
  readonly params?: NewNode['params'];
  readonly name?: string;
  /** Where on the canvas; without it below the chosen node, or in the middle of what is seen. */
  readonly at?: { readonly x: number; readonly y: number } | null;
  /** A port to wire it to. */
  readonly wire?: (PortPlace & { readonly end: End }) | null;
  /** A wire to put it into, where its kinds fit. */
  readonly into?: DocumentEdge | null;
}

/** Adds a node, wires it where asked, chooses it, and gives its id. */
export function placeNode(designer: Designer, { type, subPipeline, params, name, at, wire, into }: Placing): string | null {
  if (subPipeline) {
    void import('./sub-pipelines.ts')
      .then(({ placeSaved }) => placeSaved(designer, subPipeline, { at, wire }))
      .catch((error: unknown) => designer.view.fail(error));
    return null;
  }
  const definition = designer.catalog[type];
  if (!definition) return null;
  const single = designer.selection.single;
  const below = single === null ? undefined : designer.document.layout[single];
  const centre = designer.view.canvas?.centre() ?? { x: 320, y: 240 };
  const kind = wire && designer.portOf(wire, wire.end === 'output' ? 'outputs' : 'inputs')?.kind;
  const ports = (wire?.end === 'output' ? definition.inputs : definition.outputs) as Ports;
  const port = kind ? Object.keys(ports).find((each) => ports[each]!.kind === kind) : undefined;
  const wish: Place = at
    ? [at.x - (wire ? portPlace(ports, port ?? '') : NODE_WIDTH / 2), at.y - (wire ? (wire.end === 'output' ? 0 : NODE_HEIGHT) : NODE_HEIGHT / 2)]
    : below
      ? [below[0], below[1] + NODE_HEIGHT + LEVEL_GAP]
      : [centre.x - NODE_WIDTH / 2, centre.y - NODE_HEIGHT / 2];
  let id: string | null = null;
  designer.edit(into ? `Insert ${definition.title}` : `Add ${definition.title}`, (document) => {
    const node = { type, params, name, position: freePlace(document, wish) };
    const inserted = into && insertOnEdge(document, designer.catalog, into, node);
    if (inserted) {
      id = inserted.id;
      return inserted.document;
    }
    const added = addNode(document, designer.catalog, node);
    id = added.id;
    if (!wire || port === undefined) return added.document;
    const [mine, theirs] = [
      { node: added.id, port },
      { node: wire.node, port: wire.port },
    ];
    return connect(added.document, designer.catalog, wire.end === 'output' ? { from: theirs, to: mine } : { from: mine, to: theirs });
  });
  if (id !== null) {
    const beside = designer.nodes.get((wire ?? into?.from)?.node ?? '')?.type;
    designer.library.added(type, beside === undefined ? {} : wire?.end === 'input' ? { later: beside } : { earlier: beside });
    designer.selection.choose([id]);
    designer.selection.focus = id;
    designer.view.say(`${definition.title} added.`);
  }
  return id;
}
