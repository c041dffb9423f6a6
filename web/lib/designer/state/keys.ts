import type { DocumentEdge } from '#pipelines/document.ts';

/** The id of a wire on the canvas. */
export const wireId = ({ from, to }: DocumentEdge): string => `${from.node}/${from.port}>${to.node}/${to.port}`;

/** A place on a card: a node's port. */
export interface PortPlace {
  readonly node: string;
  readonly port: string;
}
