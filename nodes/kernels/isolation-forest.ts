import { randomNumbers } from './random.ts';

export interface IsolationTree {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly rows: Uint32Array;
  /** At a leaf: its depth, and the mean depth of a tree of the rows that it holds. */
  readonly value: Float64Array;
  /** At a split: rows that it tells apart, over the depth. */
  readonly gain: Float64Array;
}

const EULER = 0.5772156649015329;

/** The mean depth of the leaves of a search tree of `count` rows: c(n) of Liu, Ting & Zhou 2008, equation 1. */
export function meanDepth(count: number): number {
  if (count <= 1) return 0;
  return count === 2 ? 1 : 2 * (Math.log(count - 1) + EULER) - (2 * (count - 1)) / count;
}

/**
 * A tree that parts the given rows by columns and cuts at random until each is alone or as deep as ⌈log₂ rows⌉ (Liu, Ting & Zhou 2008, algorithm
 * 2). A missing value goes with the larger side.
 */
export function isolationTree(columns: readonly Float32Array[], rows: Uint32Array, seed: number): IsolationTree {
  const random = randomNumbers(seed);
  const deepest = Math.ceil(Math.log2(Math.max(2, rows.length)));
  type Node = { feature: number; threshold: number; left: number; right: number; missingLeft: number; rows: number; value: number; gain: number };
  const nodes: Node[] = [];
  const grow = (own: Uint32Array, depth: number): number => {
    const node: Node = { feature: -1, threshold: 0, left: 0, right: 0, missingLeft: 0, rows: own.length, value: depth + meanDepth(own.length), gain: 0 };
    nodes.push(node);
    const place = nodes.length - 1;
    const found = own.length > 1 && depth < deepest ? drawCut(columns, own, random) : null;
    if (!found) return place;
    const { feature, threshold } = found;
    const values = columns[feature]!;
    const present = own.filter((row) => !Number.isNaN(values[row]!));
    const below = present.filter((row) => values[row]! <= threshold).length;
    const missingLeft = below * 2 >= present.length;
    const goesLeft = (row: number) => (Number.isNaN(values[row]!) ? missingLeft : values[row]! <= threshold);
    const left = grow(own.filter(goesLeft), depth + 1);
    const right = grow(
      own.filter((row) => !goesLeft(row)),
      depth + 1,
    );
    Object.assign(node, { feature, threshold, left, right, missingLeft: Number(missingLeft), gain: own.length / (depth + 1) });
    return place;
  };
  grow(rows, 0);
  return {
    feature: Int32Array.from(nodes, (each) => each.feature),
    threshold: Float32Array.from(nodes, (each) => each.threshold),
    left: Int32Array.from(nodes, (each) => each.left),
    right: Int32Array.from(nodes, (each) => each.right),
    missingLeft: Uint8Array.from(nodes, (each) => each.missingLeft),
    rows: Uint32Array.from(nodes, (each) => each.rows),
    value: Float64Array.from(nodes, (each) => each.value),
    gain: Float64Array.from(nodes, (each) => each.gain),
  };
}

/** A column drawn among those that tell the rows apart, and a cut drawn between its smallest and largest value; null where none does. */
function drawCut(columns: readonly Float32Array[], rows: Uint32Array, random: () => number): { feature: number; threshold: number } | null {
  const order = columns.map((_, feature) => feature);
  for (let drawn = 0; drawn < order.length; drawn += 1) {
    const other = drawn + Math.floor(random() * (order.length - drawn));
    [order[drawn], order[other]] = [order[other]!, order[drawn]!];
    const values = columns[order[drawn]!]!;
    let [low, high] = [Infinity, -Infinity];
    for (const row of rows) {
      const value = values[row]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (!(low < high) || !Number.isFinite(high - low)) continue;
    const threshold = Math.fround(low + random() * (high - low));
    return { feature: order[drawn]!, threshold: threshold < high ? threshold : low };
  }
  return null;
}
