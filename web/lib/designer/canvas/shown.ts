import type { DocumentEdge, DocumentGroup, DocumentNode } from '#pipelines/document.ts';
import type { PortPlace } from '../state/keys.ts';

/** How groups bear on what stands on the canvas: all of the document, with cards in place of collapsed groups, or the inside of one group. */
export interface Shown {
  /** Node → the collapsed group that stands for it. */
  readonly hidden: ReadonlyMap<string, string>;
  readonly collapsed: readonly DocumentGroup[];
  /** Groups that are drawn as frames. */
  readonly frames: readonly DocumentGroup[];
  /** The group whose inside is shown, with its nodes. */
  readonly opened: DocumentGroup | null;
  readonly members: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();
const NOWHERE: ReadonlyMap<string, string> = new Map();

export function shownOf(groups: readonly DocumentGroup[], inside: string | null): Shown {
  const opened = groups.find((group) => group.id === inside) ?? null;
  if (opened) return { hidden: NOWHERE, collapsed: [], frames: [], opened, members: new Set(opened.nodes) };
  const [collapsed, frames] = [groups.filter((group) => group.collapsed), groups.filter((group) => !group.collapsed)];
  const hidden = collapsed.length === 0 ? NOWHERE : new Map(collapsed.flatMap((group) => group.nodes.map((node) => [node, group.id] as const)));
  return { hidden, collapsed, frames, opened, members: NOTHING };
}

/** Whether a node has a card of its own on the canvas. */
export const isShown = ({ hidden, opened, members }: Shown, node: string): boolean => (opened ? members.has(node) : !hidden.has(node));

/** The nodes that have cards of their own; the same list when all have. */
export const shownNodes = (shown: Shown, nodes: readonly DocumentNode[]): readonly DocumentNode[] =>
  shown.opened || shown.hidden.size > 0 ? nodes.filter((node) => isShown(shown, node.id)) : nodes;

/** Node ids have no colon and no slash, so that these are nobody else's. */
export const groupCardId = (group: string): string => `group:${group}`;
/** What stands for the far end of a wire that leaves the opened group, by the port inside it. */
export const outsideId = (side: 'inputs' | 'outputs', { node, port }: PortPlace): string => `outside:${side}:${node}/${port}`;
export const groupHandle = ({ node, port }: PortPlace): string => `${node}/${port}`;

/** The port of the document that a port on the canvas stands for. */
export function placeAt(flowNode: string, handle: string): PortPlace {
  if (!flowNode.startsWith('group:')) return { node: flowNode, port: handle };
  const at = handle.indexOf('/');
  return { node: handle.slice(0, at), port: handle.slice(at + 1) };
}

export interface ShownEnd {
  readonly card: string;
  readonly handle: string;
}

export interface ShownEnds {
  readonly source: ShownEnd;
  readonly target: ShownEnd;
}

/** Where the ends of a wire stand on the canvas; null for a wire that is not seen. */
export function shownEnds({ hidden, opened, members }: Shown, { from, to }: DocumentEdge): ShownEnds | null {
  if (opened) {
    const [begins, ends] = [members.has(from.node), members.has(to.node)];
    if (!begins && !ends) return null;
    return {
      source: begins ? { card: from.node, handle: from.port } : { card: outsideId('inputs', to), handle: 'end' },
      target: ends ? { card: to.node, handle: to.port } : { card: outsideId('outputs', from), handle: 'end' },
    };
  }
  const [one, other] = [hidden.get(from.node), hidden.get(to.node)];
  if (one !== undefined && one === other) return null;
  const end = (group: string | undefined, place: PortPlace): ShownEnd =>
    group === undefined ? { card: place.node, handle: place.port } : { card: groupCardId(group), handle: groupHandle(place) };
  return { source: end(one, from), target: end(other, to) };
}
