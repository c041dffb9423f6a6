import type { TreeOptions } from './boosted-trees.ts';

const HISTOGRAM_BYTES = 512 * 2 ** 20;
const NODE_BYTES = 64;

export interface TreePlan {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Of all columns, with those of missing values. */
  readonly totalBins: number;
  readonly classes: number;
  /** At most so many a tree can have. */
  readonly leaves: number;
  /** Histograms that are kept. */
  readonly slots: number;
}

export interface TreeShape {
  /** With those for validation. */
  readonly rowCount: number;
  readonly trainedCount: number;
  readonly columnCount: number;
}

/** What training a tree holds at a time. */
export function treePlan(
  { rowCount, trainedCount, columnCount }: TreeShape,
  options: Pick<TreeOptions, 'leaves' | 'minimumSamples' | 'classes' | 'histogramBytes'>,
  totalBins: number,
): TreePlan {
  const leaves = Math.max(1, Math.min(options.leaves, Math.floor(trainedCount / Math.max(1, options.minimumSamples))));
  return {
    rowCount,
    columnCount,
    totalBins,
    classes: options.classes ?? 1,
    leaves,
    slots: Math.max(1, Math.min(leaves, Math.floor((options.histogramBytes ?? HISTOGRAM_BYTES) / (totalBins * 16)))),
  };
}

/** Bytes that the kernel takes behind the bins: no less than what its `layout` takes, see assembly/state.ts. */
export function treeBytes({ rowCount, columnCount, totalBins, classes, leaves, slots }: TreePlan, threads: number): number {
  const perRow = columnCount * 1.25 + 64 + classes * 8 + 16;
  return rowCount * perRow + columnCount * 16 + leaves * 300 + slots * 4 + (slots + 2) * totalBins * 16 + threads * 24_000 + 8_192;
}

/** About the bytes of all trees and of the model made of them, where each has so many nodes. */
export const ensembleBytes = (nodeCount: number, trees: number): number => nodeCount * trees * 2 * NODE_BYTES;
