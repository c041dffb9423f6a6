import type { MatrixSource } from './binning.server.ts';

export interface ForestData {
  readonly columns: readonly MatrixSource[];
  /** Numbers; 0 or 1 for two classes; not read for several. */
  readonly targets: Float64Array;
  /** Above zero. */
  readonly weights?: Float64Array;
  /** The class of each row, or the place of its answer in a grid. */
  readonly groups?: Uint16Array;
}

export interface ForestOptions {
  readonly trees: number;
  readonly seed: number;
  readonly minimumSamples: number;
  /** 0: no limit. */
  readonly maximumDepth: number;
  /** 0: no limit, else trees grow by the best gain. */
  readonly maximumLeaves?: number;
  /** How many columns a split may choose from. */
  readonly columnsTried: number;
  /** One cut at random for each column tried, instead of the best. */
  readonly randomCuts?: boolean;
  /** `all` rows, as many as there are with repetition, or each row with the chance `rowShare`. */
  readonly sampling: 'all' | 'bootstrap' | 'share';
  readonly rowShare?: number;
  /** Of several classes: splits by Gini's impurity over `groups`; 0: by the variance of `targets`. */
  readonly classes?: number;
  /** How many groups there are to sum the weights of, in each leaf. */
  readonly groupCount?: number;
  /** At most 255, the default. */
  readonly maximumBins?: number;
}

/** Node 0 is the root. `feature` −1 marks a leaf; x ≤ threshold goes left. */
export interface ForestTree {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  /** Rows drawn for the tree that are in the node, each counted once. */
  readonly rows: Uint32Array;
  readonly gain: Float64Array;
  /** The weighted mean of the targets. */
  readonly value: Float64Array;
  /** By leaf in the order of nodes, then by group: sums of weights. */
  readonly leafSums?: Float64Array;
}

export interface Forest {
  readonly trees: readonly ForestTree[];
}
