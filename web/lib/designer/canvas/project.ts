import type { Edge, Node } from '@xyflow/svelte';
import { Position } from '@xyflow/svelte';
import type { Ports } from '#nodes/kit/define.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { boundsOf } from '#pipelines/edit/arrange.ts';
import type { OuterPorts } from '#pipelines/outer-ports.ts';
import { wireId, type PortPlace } from '../state/keys.ts';
import { cardWidth, NODE_HEIGHT, NODE_WIDTH, OUTSIDE_HEIGHT, OUTSIDE_WIDTH, portPlace, portX } from './measures.ts';
import { groupCardId, groupHandle, outsideId, shownEnds, shownNodes, type Shown } from './shown.ts';

/** What xyflow holds of a card: its place and whether it is chosen; all else is looked up by the id. `outside`: what a port of an opened group leads to. */
export type FlowNode = Node<{ id: string; end?: PortPlace & { side: 'inputs' | 'outputs' } }, 'step' | 'note' | 'group' | 'outside'>;
/** A wire on the canvas; an end may stand on the card of a collapsed group, `from` and `to` are its true ones. */
export type FlowEdge = Edge<{ id: string; from: PortPlace; to: PortPlace }, 'wire'>;

const PORT_SIZE = 16;
/** The card inside says what it is; xyflow's own frame around it must not say so a second time. */
const SILENT: FlowNode['domAttributes'] = { 'aria-roledescription': undefined };

/** The wire inside says what it is (`wireWords`), and xyflow's frame around it nothing. */
const SILENT_WIRE: Pick<FlowEdge, 'ariaRole' | 'domAttributes'> = {
  ariaRole: 'presentation',
  // xyflow's type leaves the label out, though this is the way to none.
  domAttributes: { 'aria-roledescription': undefined, ...{ 'aria-label': undefined } },
};

type Handle = { readonly id: string; readonly x: number };
const at = (ports: Ports): Handle[] => Object.keys(ports).map((id) => ({ id, x: portPlace(ports, id) }));

/** Ports of a card as xyflow needs them, so that wires stand before anything is measured. */
function handlesOf(inputs: readonly Handle[], outputs: readonly Handle[], height = NODE_HEIGHT): FlowNode['handles'] {
  const side = (handles: readonly Handle[], type: 'target' | 'source') =>
    handles.map(({ id, x }) => ({
      id,
      type,
      position: type === 'target' ? Position.Top : Position.Bottom,
      x: x - PORT_SIZE / 2,
      y: (type === 'target' ? 0 : height) - PORT_SIZE / 2,
      width: PORT_SIZE,
      height: PORT_SIZE,
    }));
  return [...side(inputs, 'target'), ...side(outputs, 'source')];
}

/** The list of before when it holds the very same things. */
const sameItems = <T>(before: readonly T[], after: T[]): T[] =>
  before.length === after.length && after.every((item, index) => item === before[index]) ? (before as T[]) : after;

interface Chosen {
  readonly nodes: ReadonlySet<string>;
  readonly notes: ReadonlySet<string>;
  readonly wires: ReadonlySet<string>;
}

/**
 * The document as xyflow's nodes. An object that says the same as before is kept, so that only what changed is drawn again; a node that is
 * being dragged keeps its place in the hand.
 */
export function projectNodes(
  document: PipelineDocument,
  shown: Shown,
  chosen: Chosen,
  before: readonly FlowNode[],
  portsOf: PortsOf,
  outerOf: (group: string) => OuterPorts,
): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const steps = shownNodes(shown, document.nodes).map((node, index): FlowNode => {
    const old = known.get(node.id);
    const [x, y] = document.layout[node.id] ?? [(index % 4) * 284, Math.floor(index / 4) * 104];
    const selected = chosen.nodes.has(node.id);
    if (old?.dragging) return old.selected === selected ? old : { ...old, selected };
    if (old && old.position.x === x && old.position.y === y && Boolean(old.selected) === selected) return old;
    if (old) return { ...old, position: { x, y }, selected };
    return {
      id: node.id,
      type: 'step',
      data: { id: node.id },
      position: { x, y },
      selected,
      width: NODE_WIDTH,
      height: NODE_HEIGHT,
      measured: { width: NODE_WIDTH, height: NODE_HEIGHT },
      domAttributes: SILENT,
      handles: handlesOf(at(portsOf(node.id, 'inputs')), at(portsOf(node.id, 'outputs'))),
    };
  });
  const notes = (shown.opened ? [] : document.notes).map((note): FlowNode => {
    const old = known.get(note.id);
    const selected = chosen.notes.has(note.id);
    if (old?.dragging) return old;
    const size = note.width === undefined ? {} : { width: note.width, height: note.height };
    if (
      old &&
      old.position.x === note.x &&
      old.position.y === note.y &&
      Boolean(old.selected) === selected &&
      old.width === size.width &&
      old.height === size.height
    )
      return old;
    return {
      measured: { width: note.width ?? NODE_WIDTH, height: note.height ?? 40 },
      ...old,
      ...size,
      id: note.id,
      type: 'note',
      data: { id: note.id },
      position: { x: note.x, y: note.y },
      selected,
      connectable: false,
    };
  });
  const cards = shown.collapsed.flatMap((group): FlowNode[] => {
    const id = groupCardId(group.id);
    const old = known.get(id);
    const bounds = boundsOf(document, group.nodes);
    if (!bounds) return [];
    const selected = group.nodes.every((node) => chosen.nodes.has(node));
    if (old?.dragging) return [old];
    const { inputs, outputs } = outerOf(group.id);
    const width = cardWidth(Math.max(inputs.length, outputs.length));
    const handle = (list: OuterPorts['inputs']): Handle[] =>
      list.map(({ node, name }, index) => ({ id: groupHandle({ node, port: name }), x: portX(index, list.length, width) }));
    const handles = handlesOf(handle(inputs), handle(outputs));
    const same = old?.handles?.map((each) => each.id).join() === handles?.map((each) => each.id).join();
    if (old && same && old.position.x === bounds.x && old.position.y === bounds.y && Boolean(old.selected) === selected) return [old];
    const measured = { width, height: NODE_HEIGHT };
    return [
      { id, type: 'group', data: { id: group.id }, position: { x: bounds.x, y: bounds.y }, selected, ...measured, measured, domAttributes: SILENT, handles },
    ];
  });
  return sameItems(before, [...steps, ...notes, ...cards, ...(shown.opened ? outsides(document, shown, known, portsOf, outerOf(shown.opened.id)) : [])]);
}

type PortsOf = (node: string, side: 'inputs' | 'outputs') => Ports;

/** Above and below the opened nodes: what their wires to the outside lead to. */
function outsides(document: PipelineDocument, { opened }: Shown, known: ReadonlyMap<string, FlowNode>, portsOf: PortsOf, outer: OuterPorts): FlowNode[] {
  const bounds = boundsOf(document, opened!.nodes);
  if (!bounds) return [];
  const row = (side: 'inputs' | 'outputs'): FlowNode[] => {
    let free = -Infinity;
    return outer[side]
      .filter(({ wired }) => wired)
      .map(({ node, name }) => ({ node, name, x: (document.layout[node]?.[0] ?? bounds.x) + portPlace(portsOf(node, side), name) - OUTSIDE_WIDTH / 2 }))
      .sort((one, other) => one.x - other.x)
      .map(({ node, name, x: wish }): FlowNode => {
        const x = Math.max(wish, free);
        free = x + OUTSIDE_WIDTH + 16;
        const place = { node, port: name };
        const id = outsideId(side, place);
        const y = side === 'inputs' ? bounds.y - 56 - OUTSIDE_HEIGHT : bounds.y + bounds.height + 56;
        const old = known.get(id);
        if (old && old.position.x === x && old.position.y === y) return old;
        const handle = [{ id: 'end', x: OUTSIDE_WIDTH / 2 }];
        const measured = { width: OUTSIDE_WIDTH, height: OUTSIDE_HEIGHT };
        const handles = side === 'inputs' ? handlesOf([], handle, OUTSIDE_HEIGHT) : handlesOf(handle, [], OUTSIDE_HEIGHT);
        const still = { draggable: false, selectable: false, connectable: false, domAttributes: SILENT };
        return { id, type: 'outside', data: { id: node, end: { ...place, side } }, position: { x, y }, ...measured, measured, handles, ...still };
      });
  };
  return [...row('inputs'), ...row('outputs')];
}

export function projectEdges(document: PipelineDocument, shown: Shown, chosen: Chosen, before: readonly FlowEdge[]): FlowEdge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const edges = document.edges.flatMap((edge): FlowEdge[] => {
    const ends = shownEnds(shown, edge);
    if (!ends) return [];
    const id = wireId(edge);
    const old = known.get(id);
    const selected = chosen.wires.has(id);
    const { source, target } = ends;
    if (old && Boolean(old.selected) === selected && old.source === source.card && old.target === target.card) return [old];
    const data = { id, from: edge.from, to: edge.to };
    const [from, to] = [
      { source: source.card, sourceHandle: source.handle },
      { target: target.card, targetHandle: target.handle },
    ];
    return [{ id, type: 'wire', data, ...from, ...to, selected, ...SILENT_WIRE }];
  });
  return sameItems(before, edges);
}
