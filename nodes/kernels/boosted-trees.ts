import type { MatrixSource } from './binning.server.ts';

/** Rows with their answers: numbers, 0 or 1 for the logistic loss, class numbers for softmax. */
export interface TreeRows {
  readonly columns: readonly MatrixSource[];
  readonly targets: Float64Array;
  /** Not negative, not all zero. */
  readonly weights?: Float64Array;
}

export interface TreeData extends TreeRows {
  /** Rows that decide when to stop; their columns are those of the data. */
  readonly validation?: TreeRows;
}

/** In the order of the kernel's numbers; the absolute loss is the quantile loss at one half. */
export const KERNEL_LOSSES = ['logistic', 'squared', 'quantile', 'poisson', 'softmax'] as const;
export type Loss = (typeof KERNEL_LOSSES)[number] | 'absolute';

export interface TreeOptions {
  readonly loss: Loss;
  readonly trees: number;
  readonly leaves: number;
  readonly minimumSamples: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Least sum of hessians in a leaf; 0.001 by default. */
  readonly minimumWeight?: number;
  readonly l2?: number;
  /** 0, the default: no limit. */
  readonly maximumDepth?: number;
  /** For softmax. */
  readonly classes?: number;
  /** For the quantile loss. */
  readonly quantile?: number;
  /** Share of the rows, and of the columns, that each tree sees; 1 by default. */
  readonly rowShare?: number;
  readonly columnShare?: number;
  /** Training ends when the validation loss has not fallen for so many rounds, and the trees after the best one are dropped. */
  readonly patience?: number;
  /** At most 255, the default. */
  readonly maximumBins?: number;
  /** Histograms kept for subtraction; leaves beyond that build both children. 512 MB by default. */
  readonly histogramBytes?: number;
}

/** Node 0 is the root. `feature` −1 marks a leaf. Values are float32 as in the exported graph, learning rate included. */
export interface Tree {
  readonly feature: Int32Array;
  /** x ≤ threshold goes left, unless the node has a set. */
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  /** Rows of the training data in the node. */
  readonly rows: Uint32Array;
  readonly gain: Float64Array;
  readonly value: Float32Array;
  /** By node: the level numbers that go left. */
  readonly sets: ReadonlyMap<number, readonly number[]>;
}

export interface Ensemble {
  /** The score of each class (one for a single score) before the first tree. */
  readonly starts: readonly number[];
  /** Round by round, in each one tree a class. */
  readonly trees: readonly Tree[];
  /** Mean loss on the training rows after each round. */
  readonly history: readonly number[];
  readonly validationHistory?: readonly number[];
}

/** The place in a tree that a row comes to; `value` gives the row's value in a column. */
export function leafOf(tree: Pick<Tree, 'feature' | 'threshold' | 'left' | 'right' | 'missingLeft' | 'sets'>, value: (column: number) => number): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    const x = value(tree.feature[node]!);
    const set = tree.sets.get(node);
    const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : set ? set.includes(x) : x <= tree.threshold[node]!;
    node = goesLeft ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

/** The sum of all trees for each row, class after class: log-odds for the logistic loss, logits for softmax, logarithms for Poisson. */
export function predictScores({ starts, trees }: Ensemble, columns: readonly Float32Array[], rowCount: number): Float64Array[] {
  const scores = starts.map((start) => new Float64Array(rowCount).fill(start));
  trees.forEach((tree, index) => {
    const own = scores[index % starts.length]!;
    for (let row = 0; row < rowCount; row += 1) own[row]! += tree.value[leafOf(tree, (column) => columns[column]![row]!)]!;
  });
  return scores;
}

export const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));
