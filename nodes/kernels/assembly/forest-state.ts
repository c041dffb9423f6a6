// What a forest's training holds. The bins, answers and weights of the rows are shared; each thread grows trees in a region of its own.
import { exponentAbove, powerOfTwo } from './math';

export const FOREST_NODE_BYTES: usize = 48;
export const OPEN_BYTES: usize = 88;
/** How a tree's rows are drawn. */
export const ALL_ROWS: u32 = 0;
export const BOOTSTRAP: u32 = 1;

export let rows: u32 = 0;
export let features: u32 = 0;
/** Number of classes; 0 where the answer is a number. */
export let classes: u32 = 0;

export let minSamples: i64 = 1;
export let maxDepth: u32 = 0;
export let maxLeaves: u32 = 0;
/** How many columns a split may choose from. */
export let tried: u32 = 1;
/** One cut at random for each column tried (extremely randomised trees) instead of the best. */
export let randomCut: bool = false;
export let sampling: u32 = 0;
/** A row is drawn when its random number is below. */
export let share: f64 = 1;
export let weighted: bool = false;

export let binsByRow: usize = 0;
export let binCounts: usize = 0;
export let missingFlags: usize = 0;
export let edges: usize = 0;
export let targets: usize = 0;
export let weights: usize = 0;
/** Two bytes a row: its class, or the place of its answer in a grid. */
export let groups: usize = 0;

// Of this thread.
export let order: usize = 0;
export let cells: usize = 0;
export let spareOrder: usize = 0;
export let spareCells: usize = 0;
export let counts: usize = 0;
export let nodes: usize = 0;
export let open: usize = 0;
export let candidates: usize = 0;
/** Which bins of the feature at hand have rows: 256 bits. */
export let present: usize = 0;
export let histogram: usize = 0;
/** Of several classes: sums of weights of a bin, of a node and left of a cut. */
export let classCells: usize = 0;
export let nodeSums: usize = 0;
export let leftSums: usize = 0;
export let leafSums: usize = 0;
/** Of the tree under way: the number of its rows that lie in leaves, and the number of its rows; four bytes each. */
export let settled: usize = 0;

export let countShift: i64 = 0;
export let weightMask: i64 = 0;
export let answerUnit: f64 = 1;
export let weightUnit: f64 = 1;

let free: usize = 0;
function take(bytes: usize): usize {
  const at = (free + 63) & ~63;
  free = at + bytes;
  return at;
}

/** Places what all threads share from `base` on; gives the end. `binEdges`: 255 a feature. */
export function shareMatrix(base: usize, binEdges: usize, rowCount: u32, featureCount: u32, classCount: u32): usize {
  rows = rowCount;
  features = featureCount;
  classes = classCount;
  edges = binEdges;
  free = base;
  binsByRow = take(<usize>rows * <usize>features + 16);
  binCounts = take(<usize>features * 4);
  missingFlags = take(<usize>features);
  targets = take(<usize>rows * 8);
  weights = take(<usize>rows * 8);
  groups = take(<usize>rows * 2);
  return take(0);
}

/** Places what this thread needs from `base` on; gives the end. `groupCount`: classes or places of the grid, for `sumLeaves`. */
export function ownRegion(base: usize, nodeLimit: u32, openLimit: u32, leafLimit: u32, groupCount: u32): usize {
  free = base;
  const each = <usize>rows;
  order = take(each * 4);
  cells = take(each * 16);
  spareOrder = take(each * 4);
  spareCells = take(each * 16);
  counts = take(each * 2);
  nodes = take(<usize>nodeLimit * FOREST_NODE_BYTES);
  open = take(<usize>openLimit * OPEN_BYTES);
  candidates = take(<usize>features * 4);
  settled = take(8);
  present = take(32);
  histogram = take(4 * 4096);
  classCells = take(<usize>classes * 256 * 8);
  nodeSums = take(<usize>classes * 8);
  leftSums = take(<usize>classes * 8);
  leafSums = take(<usize>leafLimit * <usize>groupCount * 8);
  const end = take(0);
  memory.fill(histogram, 0, 4 * 4096);
  memory.fill(classCells, 0, <usize>classes * 256 * 8);
  return end;
}

export function setOptions(samples: u32, depth: u32, leaves: u32, columns: u32, cutsAtRandom: bool, drawing: u32, rowShare: f64, hasWeights: bool): void {
  minSamples = max(<i64>samples, 1);
  maxDepth = depth;
  maxLeaves = leaves;
  tried = columns;
  randomCut = cutsAtRandom;
  sampling = drawing;
  share = rowShare;
  weighted = hasWeights;
}

/** Units in which no sum over all rows reaches 2^51, nor weights and count together 2^63. */
export function setUnits(largestAnswer: f64, largestWeight: f64): void {
  const bits = 32 - clz(rows);
  countShift = 63 - bits;
  weightMask = (<i64>1 << countShift) - 1;
  answerUnit = powerOfTwo(exponentAbove(largestAnswer) + bits - 50);
  weightUnit = powerOfTwo(exponentAbove(largestWeight) - min(62 - 2 * bits, 50 - bits));
}
