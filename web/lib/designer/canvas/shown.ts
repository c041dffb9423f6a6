import type { DocumentEdge, DocumentGroup, DocumentNode } from '#pipelines/document.ts';
import { groupsAround } from '#pipelines/nesting.ts';
import type { PortPlace } from '../state/keys.ts';

/** How groups bear on what stands on the canvas: all of the document or the inside of one group, with cards in place of the collapsed groups in it. */
export interface Shown {
  /** Node → the outermost collapsed group that stands for it. */
  readonly hidden: ReadonlyMap<string, string>;
  readonly collapsed: readonly DocumentGroup[];
  /** Groups that are drawn as frames, some perhaps within others. */
  readonly frames: readonly DocumentGroup[];
  /** The group whose inside is shown, with its nodes. */
  readonly opened: DocumentGroup | null;
  readonly members: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();
const NOWHERE: ReadonlyMap<string, string> = new Map();

/** `groups` have all of their nodes (`wholeGroups`); of those in a collapsed one nothing is seen. */
export function shownOf(groups: readonly DocumentGroup[], inside: string | null): Shown {
  const opened = groups.find((group) => group.id === inside) ?? null;
  const seen = groups.filter((group) => {
    if (group === opened) return false;
    const around = groupsAround(groups, group.id);
    const end = opened ? around.findIndex(({ id }) => id === opened.id) : around.length;
    return end >= 0 && around.slice(0, end).every((outer) => !outer.collapsed);
  });
  const [collapsed, frames] = [seen.filter((group) => group.collapsed), seen.filter((group) => !group.collapsed)];
  const hidden = collapsed.length === 0 ? NOWHERE : new Map(collapsed.flatMap((group) => group.nodes.map((node) => [node, group.id] as const)));
  return { hidden, collapsed, frames, opened, members: opened ? new Set(opened.nodes) : NOTHING };
}

/** Whether a node has a card of its own on the canvas. */
export const isShown = ({ hidden, opened, members }: Shown, node: string): boolean => !hidden.has(node) && (!opened || members.has(node));

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
  const [begins, ends] = [!opened || members.has(from.node), !opened || members.has(to.node)];
  if (!begins && !ends) return null;
  const [one, other] = [hidden.get(from.node), hidden.get(to.node)];
  if (one !== undefined && one === other) return null;
  const end = (group: string | undefined, place: PortPlace): ShownEnd =>
    group === undefined ? { card: place.node, handle: place.port } : { card: groupCardId(group), handle: groupHandle(place) };
  return {
    source: begins ? end(one, from) : { card: outsideId('inputs', to), handle: 'end' },
    target: ends ? end(other, to) : { card: outsideId('outputs', from), handle: 'end' },
  };
}
