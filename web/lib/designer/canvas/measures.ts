/** Sizes of the canvas in pixels at 100 % (tokens.css holds the same for the styles). */
export const NODE_WIDTH = 216;
export const NODE_HEIGHT = 72;
export const LEVEL_GAP = 32;
export const COLUMN_GAP = 68;
export const PORT_FIRST = 16;
export const PORT_PITCH = 40;
/** How near a wire in the hand must be to a port to be pulled to it. */
export const SNAP = 48;

/** Middle of the port with that index, from the card's left edge. */
export const portX = (index: number): number => PORT_FIRST + PORT_PITCH * index;
