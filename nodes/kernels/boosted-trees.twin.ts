import { startScores, weightedQuantile } from './boosted-trees-start.ts';
import type { Ensemble, Tree, TreeData, TreeOptions } from './boosted-trees.ts';

/**
 * The same algorithm as the kernels, written plainly and slowly: the oracle of their tests. It repeats each floating-point operation in the
 * same order, so trees must be equal to the bit.
 */
export function trainBoostedTreesPlainly(data: TreeData, options: TreeOptions): Ensemble {
  const rows = data.targets.length;
  const weights = data.weights ?? new Float64Array(rows).fill(1);
  const heaviest = data.weights ? Math.max(...data.weights) : 1;
  const columns = data.columns.map(({ values, levels }) => (levels ? levelsPlainly(values, levels) : binPlainly(values, options.maximumBins ?? 255)));
  const starts = startScores(data, options);
  const scores = starts.map((start) => new Float64Array(rows).fill(start));
  const trees: Tree[] = [];
  for (let index = 0; index < options.trees; index += 1) {
    const before = scores.map((each) => each.slice());
    const grown = starts.map((_, which) => {
      const sums = gradientsOf(before, which, data.targets, weights, heaviest, options);
      return growPlainly(columns, sums, scores[which]!, options, renewal(data, options, before[which]!));
    });
    if (grown.every((tree) => tree.feature.length === 1)) break;
    trees.push(...grown);
  }
  return { starts, trees, history: [] };
}

/** The value of a leaf with the absolute or the quantile loss. */
function renewal({ targets, weights }: TreeData, { loss, quantile = 0.5, learningRate }: TreeOptions, scores: Float64Array) {
  if (loss !== 'absolute' && loss !== 'quantile') return null;
  return (rows: readonly number[]) =>
    learningRate *
    weightedQuantile(
      Float64Array.from(rows, (row) => targets[row]! - scores[row]!),
      weights && Float64Array.from(rows, (row) => weights[row]!),
      loss === 'absolute' ? 0.5 : quantile,
    );
}

interface PlainColumn {
  readonly edges: number[];
  readonly bins: Int32Array;
  readonly binCount: number;
  readonly isCategory?: boolean;
}

const levelsPlainly = (values: Float32Array, levels: number): PlainColumn => ({
  edges: [],
  bins: Int32Array.from(values, (value) => (value >= 0 && value < levels ? value : levels)),
  binCount: levels,
  isCategory: true,
});

export function binPlainly(values: Float32Array, maximumBins: number): PlainColumn {
  const present = Float32Array.from(
    values.filter((each) => !Number.isNaN(each)),
    (each) => each + 0,
  ).sort();
  const distinct: { value: number; count: number }[] = [];
  for (const value of present) {
    const last = distinct.at(-1);
    if (last && last.value === value) last.count += 1;
    else distinct.push({ value, count: 1 });
  }
  const edges: number[] = [];
  let inBin = 0;
  let remaining = present.length;
  distinct.forEach(({ value, count }, index) => {
    const target = remaining / (maximumBins - edges.length);
    if (index > 0 && (distinct.length <= maximumBins || (edges.length + 1 < maximumBins && inBin + count * 0.5 > target))) {
      const before = distinct[index - 1]!.value;
      const middle = Math.fround((before + value) * 0.5);
      edges.push(middle >= before && middle < value ? middle : before);
      remaining -= inBin;
      inBin = 0;
    }
    inBin += count;
  });
  const binCount = edges.length + 1;
  const bins = Int32Array.from(values, (value) => (Number.isNaN(value) ? binCount : edges.filter((edge) => edge < value).length));
  return { edges, bins, binCount };
}

const bits = new DataView(new ArrayBuffer(8));
export function exponentAbove(x: number): number {
  if (x === 0) return 0;
  bits.setFloat64(0, x);
  return ((bits.getUint32(0) >>> 20) & 0x7ff) - 1022;
}
export const round = (x: number): number => x + 6755399441055744 - 6755399441055744;

/** As in assembly/math.ts. */
export function exponential(x: number): number {
  const clamped = Math.max(Math.min(x, 700), -700);
  const n = round(clamped * 1.4426950408889634);
  const r = clamped - n * 0.69314718036912381649 - n * 1.90821492927058770002e-10;
  const linear = (constant: number, slope: number) => constant + slope * r;
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = 1 + r + linear(0.5, 1 / 6) * r2;
  const middle = linear(1 / 24, 1 / 120) + linear(1 / 720, 1 / 5040) * r2;
  const high = linear(1 / 40320, 1 / 362880) + linear(1 / 3628800, 1 / 39916800) * r2 + linear(1 / 479001600, 1 / 6227020800) * r4;
  return (low + (middle + high * r4) * r4) * 2 ** n;
}

interface Sums {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
  readonly gradientUnit: number;
  readonly hessianUnit: number;
}

function gradientsOf(
  scores: readonly Float64Array[],
  which: number,
  targets: Float64Array,
  weights: Float64Array,
  heaviest: number,
  { loss, quantile = 0.5 }: TreeOptions,
): Sums {
  const rows = targets.length;
  const size = 32 - Math.clz32(rows);
  const coupling = scores.length / Math.max(1, scores.length - 1);
  const pairs = Array.from({ length: rows }, (_, row): [number, number] => {
    const [score, y, w] = [scores[which]![row]!, targets[row]!, weights[row]!];
    if (loss === 'logistic') {
      const p = 1 / (1 + exponential(-score));
      return [(p - y) * w, p * (1 - p) * w];
    }
    if (loss === 'squared') return [w * (score - y), w];
    if (loss === 'poisson') return [w * (exponential(score) - y), w * exponential(score)];
    if (loss === 'softmax') {
      const own = scores.map((each) => each[row]!);
      const largest = Math.max(...own);
      const p = exponential(score - largest) / own.reduce((sum, each) => sum + exponential(each - largest), 0);
      return [(p - Number(y === which)) * w, coupling * p * (1 - p) * w];
    }
    const q = loss === 'absolute' ? 0.5 : quantile;
    return [w * (score - y >= 0 ? 1 - q : -q), w];
  });
  const bounded = loss === 'logistic' || loss === 'softmax';
  const largest = (at: 0 | 1) => pairs.reduce((most, each) => Math.max(most, Math.abs(each[at])), 0);
  const gradientUnit = 2 ** (exponentAbove(bounded ? heaviest : largest(0)) + size - 50);
  const hessianUnit =
    2 ** (exponentAbove(bounded ? (loss === 'softmax' ? 0.25 * coupling : 0.25) * heaviest : largest(1)) - Math.min(62 - 2 * size, 50 - size));
  return {
    gradients: Float64Array.from(pairs, ([g]) => round(g * (1 / gradientUnit))),
    hessians: Float64Array.from(pairs, ([, h]) => round(h * (1 / hessianUnit))),
    gradientUnit,
    hessianUnit,
  };
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly set?: readonly number[];
}
interface Leaf {
  node: number;
  readonly depth: number;
  readonly rows: readonly number[];
  readonly split: Split | null;
}

function growPlainly(
  columns: readonly PlainColumn[],
  sums: Sums,
  scores: Float64Array,
  options: TreeOptions,
  renew: ((rows: readonly number[]) => number) | null,
): Tree {
  const nodes: { feature: number; threshold: number; left: number; right: number; missingLeft: number; rows: number; gain: number; value: number }[] = [];
  const sets = new Map<number, readonly number[]>();
  const newLeaf = (rows: readonly number[], depth: number): Leaf => {
    const g = rows.reduce((sum, row) => sum + sums.gradients[row]!, 0);
    const h = rows.reduce((sum, row) => sum + sums.hessians[row]!, 0);
    const value = (-options.learningRate * (g * sums.gradientUnit)) / (h * sums.hessianUnit + (options.l2 ?? 0) + 1e-300);
    nodes.push({ feature: -1, threshold: 0, left: 0, right: 0, missingLeft: 0, rows: rows.length, gain: 0, value: Math.fround(value) });
    const deep = depth >= (options.maximumDepth || Infinity);
    return { node: nodes.length - 1, rows, depth, split: deep ? null : bestSplit(columns, sums, rows, options) };
  };
  const leaves: Leaf[] = [newLeaf(Array.from(scores.keys()), 0)];
  while (leaves.length < options.leaves) {
    let chosen = -1;
    leaves.forEach(({ split }, index) => {
      if (split && split.gain > (leaves[chosen]?.split?.gain ?? 0)) chosen = index;
    });
    if (chosen < 0) break;
    const { node, rows, split, depth } = leaves[chosen]!;
    const { feature, bin, missingLeft, gain, set } = split!;
    const { bins, binCount, edges } = columns[feature]!;
    const goesLeft = (row: number) => (bins[row] === binCount ? missingLeft : set ? set.includes(bins[row]!) : bins[row]! <= bin);
    leaves[chosen] = newLeaf(rows.filter(goesLeft), depth + 1);
    leaves.push(
      newLeaf(
        rows.filter((row) => !goesLeft(row)),
        depth + 1,
      ),
    );
    if (set) sets.set(node, set);
    Object.assign(nodes[node]!, {
      feature,
      threshold: set ? 0 : (edges[bin] ?? Infinity),
      left: leaves[chosen]!.node,
      right: leaves.at(-1)!.node,
      missingLeft: Number(missingLeft),
      gain,
    });
  }
  for (const { node, rows } of leaves) {
    if (renew) nodes[node]!.value = Math.fround(renew(rows));
    for (const row of rows) scores[row]! += nodes[node]!.value;
  }
  return {
    feature: Int32Array.from(nodes, (each) => each.feature),
    threshold: Float32Array.from(nodes, (each) => each.threshold),
    left: Int32Array.from(nodes, (each) => each.left),
    right: Int32Array.from(nodes, (each) => each.right),
    missingLeft: Uint8Array.from(nodes, (each) => each.missingLeft),
    rows: Uint32Array.from(nodes, (each) => each.rows),
    gain: Float64Array.from(nodes, (each) => each.gain),
    value: Float32Array.from(nodes, (each) => each.value),
    sets,
  };
}

interface Cell {
  g: number;
  h: number;
  n: number;
}

function bestSplit(columns: readonly PlainColumn[], sums: Sums, rows: readonly number[], options: TreeOptions): Split | null {
  const l2 = options.l2 ?? 0;
  const least = Math.max(1, options.minimumSamples);
  const lightest = options.minimumWeight ?? 1e-3;
  const total: Cell = { g: 0, h: 0, n: rows.length };
  for (const row of rows) {
    total.g += sums.gradients[row]!;
    total.h += sums.hessians[row]!;
  }
  const score = (g: number, h: number) => (g * sums.gradientUnit * (g * sums.gradientUnit)) / (h * sums.hessianUnit + l2);
  const parent = score(total.g, total.h);
  const floor = 1e-12 * parent;
  const smoothing = (10 * (total.h * sums.hessianUnit)) / rows.length;
  const allowed = (left: Cell) =>
    left.n >= least && rows.length - left.n >= least && left.h * sums.hessianUnit >= lightest && (total.h - left.h) * sums.hessianUnit >= lightest;
  let best: Split = { gain: floor, feature: 0, bin: 0, missingLeft: false };
  columns.forEach(({ bins, binCount, isCategory }, feature) => {
    const cells = Array.from({ length: binCount + 1 }, (): Cell => ({ g: 0, h: 0, n: 0 }));
    for (const row of rows) {
      const cell = cells[bins[row]!]!;
      cell.g += sums.gradients[row]!;
      cell.h += sums.hessians[row]!;
      cell.n += 1;
    }
    const missing = cells[binCount]!;
    const present = Array.from({ length: binCount }, (_, bin) => bin).filter(
      (bin) => cells[bin]!.n > 0 && (!isCategory || cells[bin]!.n >= Math.min(10, least)),
    );
    const quotient = (bin: number) => (cells[bin]!.g * sums.gradientUnit) / (cells[bin]!.h * sums.hessianUnit + smoothing);
    const order = isCategory ? [...present].sort((a, b) => quotient(a) - quotient(b) || a - b) : present;
    for (const missingFirst of missing.n > 0 ? [false, true] : [false]) {
      const first = missingFirst ? missing : { g: 0, h: 0, n: 0 };
      let left = { ...first };
      order.forEach((bin, place) => {
        const cell = cells[bin]!;
        left = { g: left.g + cell.g, h: left.h + cell.h, n: left.n + cell.n };
        if (!allowed(left)) return;
        const gain = score(left.g, left.h) + score(total.g - left.g, total.h - left.h) - parent;
        if (!(gain > best.gain)) return;
        const missingLeft = missing.n > 0 ? missingFirst : left.n * 2 >= rows.length;
        best = { gain, feature, bin, missingLeft };
        if (!isCategory) return;
        const chosen = new Set(order.slice(0, place + 1));
        const goes = (level: number) => (cells[level]!.n > 0 ? chosen.has(level) : missingLeft);
        best = { ...best, set: Array.from({ length: binCount }, (_, level) => level).filter(goes) };
      });
    }
  });
  return best.gain > floor ? best : null;
}
