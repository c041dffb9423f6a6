import type { ForestOptions } from './forest.ts';

/** Bytes of a node in the kernel's memory. */
export const NODE_BYTES = 48;
/** Of a node as it is kept, and as the model writes it. */
const KEPT_BYTES = 37 + 60;

export interface ForestPlan {
  readonly rowCount: number;
  readonly columnCount: number;
  /** At most so many a tree can have. */
  readonly leaves: number;
  /** Nodes that wait to be split. */
  readonly open: number;
  /** Bytes that a thread takes. */
  readonly own: number;
}

export type ForestSize = Pick<ForestOptions, 'classes' | 'groupCount' | 'maximumDepth' | 'maximumLeaves' | 'minimumSamples'>;

/** What growing a tree holds at a time. */
export function forestPlan(
  { rowCount, columnCount }: Pick<ForestPlan, 'rowCount' | 'columnCount'>,
  { classes = 0, groupCount = 0, maximumDepth, maximumLeaves = 0, minimumSamples }: ForestSize,
): ForestPlan {
  const deepest = maximumDepth > 0 ? 2 ** Math.min(maximumDepth, 40) : Infinity;
  const leaves = Math.max(1, Math.min(rowCount, Math.floor(rowCount / minimumSamples), deepest, maximumLeaves || Infinity));
  const open = maximumLeaves > 0 || maximumDepth === 0 ? leaves + 2 : Math.min(leaves, maximumDepth) + 2;
  const own = rowCount * 42 + leaves * 2 * NODE_BYTES + open * 88 + columnCount * 4 + classes * 256 * 8 + classes * 16 + leaves * groupCount * 8 + 80_000;
  return { rowCount, columnCount, leaves, open, own };
}

/** Bytes that the kernel takes behind the bins, for so many threads that grow a tree each. */
export const kernelBytes = ({ rowCount, columnCount, own }: ForestPlan, members: number): number =>
  rowCount * (columnCount + 18) + columnCount * 5 + 4_096 + members * own;

/** About the bytes of a tree that is kept, and of its share of the model; of each leaf the sums, of each node the shares of groups. */
export const forestTreeBytes = (nodeCount: number, leafCount: number, groupCount: number): number =>
  nodeCount * (KEPT_BYTES + groupCount * 4) + leafCount * groupCount * 8;
