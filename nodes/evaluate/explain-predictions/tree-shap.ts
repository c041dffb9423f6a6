/** A tree as explanations need it; a leaf has the feature −1. */
export interface ExplainedTree {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly sets: ReadonlyMap<number, ReadonlySet<number>>;
  /** Of the training rows in each split the share that goes left. */
  readonly leftShare: Float32Array;
}

/** Whether a value goes left; a missing one is NaN. */
export function goesLeft(tree: ExplainedTree, node: number, value: number): boolean {
  if (Number.isNaN(value)) return tree.missingLeft[node] === 1;
  return tree.sets.get(node)?.has(value) ?? value <= tree.threshold[node]!;
}

/** The mean of the leaves by the share of training rows that ends in each: the score of a row of which nothing is known. */
export function expectedValue(tree: ExplainedTree, values: Float32Array, node = 0): number {
  if (tree.feature[node]! < 0) return values[node]!;
  const share = tree.leftShare[node]!;
  return share * expectedValue(tree, values, tree.left[node]!) + (1 - share) * expectedValue(tree, values, tree.right[node]!);
}

export function depthOf(tree: ExplainedTree, node = 0): number {
  return tree.feature[node]! < 0 ? 0 : 1 + Math.max(depthOf(tree, tree.left[node]!), depthOf(tree, tree.right[node]!));
}

/**
 * Path-dependent TreeSHAP: S. Lundberg et al., From local explanations to global understanding with explainable AI for trees, Nature Machine
 * Intelligence 2 (2020), Algorithm 2. Exact Shapley values of the game in which a split on an unknown feature is followed both ways by the share of
 * training rows. Work per row and tree: leaves × depth².
 */
export class TreeShap {
  // The path to a node: for each feature on it the shares of ways that flow on when it is unknown (zero) and known (one), and the weights by size of
  // the set of known features. One path for each depth, one after another.
  readonly #feature: Int32Array;
  readonly #zero: Float64Array;
  readonly #one: Float64Array;
  readonly #weight: Float64Array;

  constructor(deepest: number) {
    const size = ((deepest + 2) * (deepest + 3)) / 2 + deepest + 2;
    this.#feature = new Int32Array(size);
    this.#zero = new Float64Array(size);
    this.#one = new Float64Array(size);
    this.#weight = new Float64Array(size);
  }

  /** Adds the tree's contribution of each column of `row` to `into`; `values` are those of leaves. */
  add(tree: ExplainedTree, values: Float32Array, row: Float32Array, into: Float64Array): void {
    this.#walk(tree, values, row, into, 0, 0, 0, 1, 1, -1);
  }

  #walk(
    tree: ExplainedTree,
    values: Float32Array,
    row: Float32Array,
    into: Float64Array,
    node: number,
    parentDepth: number,
    parentPath: number,
    zero: number,
    one: number,
    by: number,
  ): void {
    let depth = parentDepth;
    const path = parentPath + depth + 1;
    for (const list of [this.#feature, this.#zero, this.#one, this.#weight]) list.copyWithin(path, parentPath, parentPath + depth + 1);
    this.#extend(path, depth, zero, one, by);
    const feature = tree.feature[node]!;
    if (feature < 0) {
      for (let at = 1; at <= depth; at += 1) {
        const place = path + at;
        into[this.#feature[place]!]! += this.#unwoundSum(path, depth, at) * (this.#one[place]! - this.#zero[place]!) * values[node]!;
      }
      return;
    }
    let [knownZero, knownOne] = [1, 1];
    for (let at = 1; at <= depth; at += 1) {
      if (this.#feature[path + at] !== feature) continue;
      [knownZero, knownOne] = [this.#zero[path + at]!, this.#one[path + at]!];
      this.#unwind(path, depth, at);
      depth -= 1;
      break;
    }
    const isLeft = goesLeft(tree, node, row[feature]!);
    const share = tree.leftShare[node]!;
    const ways = [
      [tree.left[node]!, share, isLeft],
      [tree.right[node]!, 1 - share, !isLeft],
    ] as const;
    for (const [child, portion, taken] of ways) {
      const [nextZero, nextOne] = [portion * knownZero, taken ? knownOne : 0];
      // Nothing flows there, whether the feature is known or not.
      if (nextZero === 0 && nextOne === 0) continue;
      this.#walk(tree, values, row, into, child, depth + 1, path, nextZero, nextOne, feature);
    }
  }

  #extend(path: number, depth: number, zero: number, one: number, feature: number): void {
    const weight = this.#weight;
    this.#feature[path + depth] = feature;
    this.#zero[path + depth] = zero;
    this.#one[path + depth] = one;
    weight[path + depth] = depth === 0 ? 1 : 0;
    for (let at = depth - 1; at >= 0; at -= 1) {
      weight[path + at + 1]! += (one * weight[path + at]! * (at + 1)) / (depth + 1);
      weight[path + at] = (zero * weight[path + at]! * (depth - at)) / (depth + 1);
    }
  }

  #unwind(path: number, depth: number, place: number): void {
    const weight = this.#weight;
    const [zero, one] = [this.#zero[path + place]!, this.#one[path + place]!];
    let next = weight[path + depth]!;
    for (let at = depth - 1; at >= 0; at -= 1) {
      if (one === 0) {
        weight[path + at] = (weight[path + at]! * (depth + 1)) / (zero * (depth - at));
        continue;
      }
      const before = weight[path + at]!;
      weight[path + at] = (next * (depth + 1)) / ((at + 1) * one);
      next = before - (weight[path + at]! * zero * (depth - at)) / (depth + 1);
    }
    for (const list of [this.#feature, this.#zero, this.#one]) list.copyWithin(path + place, path + place + 1, path + depth + 1);
  }

  /** The sum of weights that `unwind` would leave. */
  #unwoundSum(path: number, depth: number, place: number): number {
    const weight = this.#weight;
    const [zero, one] = [this.#zero[path + place]!, this.#one[path + place]!];
    let next = weight[path + depth]!;
    let total = 0;
    for (let at = depth - 1; at >= 0; at -= 1) {
      if (one === 0) {
        total += weight[path + at]! / (zero * (depth - at));
        continue;
      }
      const portion = next / ((at + 1) * one);
      total += portion;
      next = weight[path + at]! - portion * zero * (depth - at);
    }
    return total * (depth + 1);
  }
}
