/** Features as float32 with NaN for missing; targets 0 or 1 for the logistic loss. */
export interface TreeData {
  readonly columns: readonly Float32Array[];
  readonly targets: Float64Array;
  /** Not negative, not all zero. */
  readonly weights?: Float64Array;
}

export interface TreeOptions {
  readonly loss: 'logistic' | 'squared';
  readonly trees: number;
  readonly leaves: number;
  readonly minimumSamples: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Least sum of hessians in a leaf; 0.001 by default. */
  readonly minimumWeight?: number;
  readonly l2?: number;
  /** At most 255, the default. */
  readonly maximumBins?: number;
  /** Histograms kept for subtraction; leaves beyond that build both children. 512 MB by default. */
  readonly histogramBytes?: number;
}

/** Node 0 is the root. `feature` −1 marks a leaf; x ≤ threshold goes left. Values are float32 as in the exported graph, learning rate included. */
export interface Tree {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly rows: Uint32Array;
  readonly gain: Float64Array;
  readonly value: Float32Array;
}

export interface Ensemble {
  /** The score before the first tree: log-odds or mean. */
  readonly start: number;
  readonly trees: readonly Tree[];
  /** Mean loss on the training rows after each tree: log loss or squared error. */
  readonly history: readonly number[];
}

/** The constant score with the least loss, as float32. */
export function startScore(targets: Float64Array, weights: Float64Array | undefined, loss: TreeOptions['loss']): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < targets.length; row += 1) {
    const weight = weights ? weights[row]! : 1;
    sum += weight * targets[row]!;
    total += weight;
  }
  return Math.fround(loss === 'squared' ? sum / total : Math.log(sum / (total - sum)));
}

/** The sum of all trees for each row: log-odds for the logistic loss. */
export function predictScores({ start, trees }: Ensemble, columns: readonly Float32Array[], rowCount: number): Float64Array {
  const scores = new Float64Array(rowCount).fill(start);
  for (const tree of trees) {
    for (let row = 0; row < rowCount; row += 1) {
      let node = 0;
      while (tree.feature[node]! >= 0) {
        const value = columns[tree.feature[node]!]![row]!;
        const goesLeft = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value <= tree.threshold[node]!;
        node = goesLeft ? tree.left[node]! : tree.right[node]!;
      }
      scores[row]! += tree.value[node]!;
    }
  }
  return scores;
}

export const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));
