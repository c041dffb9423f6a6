import type { Ports } from '#nodes/kit/define.ts';

/** Sizes of the canvas in pixels at 100 % (tokens.css holds the same for the styles). */
export const NODE_WIDTH = 216;
export const NODE_HEIGHT = 72;
/** The end of a wire that leaves an opened group. */
export const OUTSIDE_WIDTH = 160;
export const OUTSIDE_HEIGHT = 28;
export const LEVEL_GAP = 32;
export const COLUMN_GAP = 68;
export const PORT_FIRST = 16;
export const PORT_PITCH = 40;
export const LEAST_ZOOM = 0.05;
export const MOST_ZOOM = 2;
/** What stays empty around what is fitted to the canvas: the tools at the top, and a share of its width. */
export const FIT_PADDING = { top: '52px', bottom: '20px', x: 0.06 } as const;
/** The map of the canvas; smaller on small screens, as its styles say. */
export const MAP = { width: 150, height: 94, small: { width: 112, height: 76 }, margin: 12, border: 1 } as const;
/** How near a wire in the hand must be to a port to be pulled to it. */
export const SNAP = 48;

/** The least distance of two ports that the pointer can tell apart. */
const LEAST_PITCH = 20;

/** How wide a card is that has so many ports on one side. */
export const cardWidth = (count: number): number => Math.max(NODE_WIDTH, 2 * PORT_FIRST + (count - 1) * LEAST_PITCH);

/** Middle of the port with that index among `count`, from the card's left edge; many ports move together, so that all stand on the card. */
export const portX = (index: number, count: number, width = NODE_WIDTH): number =>
  PORT_FIRST + Math.min(PORT_PITCH, (width - 2 * PORT_FIRST) / Math.max(1, count - 1)) * index;

/** The same for a port by its name; the first where there is none of that name. */
export function portPlace(ports: Ports, name: string): number {
  const names = Object.keys(ports);
  return portX(Math.max(0, names.indexOf(name)), names.length);
}
