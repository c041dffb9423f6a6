import type { Edge, Node } from '@xyflow/svelte';
import { Position } from '@xyflow/svelte';
import type { Ports } from '#nodes/kit/define.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { wireId } from '../state/keys.ts';
import { NODE_HEIGHT, NODE_WIDTH, portPlace } from './measures.ts';

/** What xyflow holds of a node or note: its place and whether it is chosen; all else is looked up by the id. */
export type FlowNode = Node<{ id: string }, 'step' | 'note'>;
export type FlowEdge = Edge<{ id: string }, 'wire'>;

const PORT_SIZE = 16;
/** The card inside says what it is; xyflow's own frame around it must not say so a second time. */
const SILENT: FlowNode['domAttributes'] = { 'aria-roledescription': undefined };

/** Ports of a card as xyflow needs them, so that wires stand before anything is measured. */
function handlesOf(inputs: Ports, outputs: Ports): FlowNode['handles'] {
  const side = (ports: Ports, type: 'target' | 'source') =>
    Object.keys(ports).map((id) => ({
      id,
      type,
      position: type === 'target' ? Position.Top : Position.Bottom,
      x: portPlace(ports, id) - PORT_SIZE / 2,
      y: (type === 'target' ? 0 : NODE_HEIGHT) - PORT_SIZE / 2,
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
  chosen: Chosen,
  before: readonly FlowNode[],
  portsOf: (node: string, side: 'inputs' | 'outputs') => Ports,
): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const steps = document.nodes.map((node, index): FlowNode => {
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
      handles: handlesOf(portsOf(node.id, 'inputs'), portsOf(node.id, 'outputs')),
    };
  });
  const notes = document.notes.map((note): FlowNode => {
    const old = known.get(note.id);
    const selected = chosen.notes.has(note.id);
    if (old?.dragging) return old;
    if (old && old.position.x === note.x && old.position.y === note.y && Boolean(old.selected) === selected) return old;
    return {
      measured: { width: NODE_WIDTH, height: 40 },
      ...old,
      id: note.id,
      type: 'note',
      data: { id: note.id },
      position: { x: note.x, y: note.y },
      selected,
      connectable: false,
    };
  });
  return sameItems(before, [...steps, ...notes]);
}

export function projectEdges(document: PipelineDocument, chosen: Chosen, before: readonly FlowEdge[]): FlowEdge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const edges = document.edges.map((edge): FlowEdge => {
    const id = wireId(edge);
    const old = known.get(id);
    const selected = chosen.wires.has(id);
    if (old && Boolean(old.selected) === selected) return old;
    return { id, type: 'wire', data: { id }, source: edge.from.node, sourceHandle: edge.from.port, target: edge.to.node, targetHandle: edge.to.port, selected };
  });
  return sameItems(before, edges);
}
