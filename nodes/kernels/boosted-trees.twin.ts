import { startScore, type Ensemble, type Tree, type TreeData, type TreeOptions } from './boosted-trees.ts';

/**
 * The same algorithm as the kernels, written plainly and slowly: the oracle of their tests. It repeats each floating-point operation in the
 * same order, so trees must be equal to the bit.
 */
export function trainBoostedTreesPlainly(data: TreeData, options: TreeOptions): Ensemble {
  const rows = data.targets.length;
  const weights = data.weights ?? new Float64Array(rows).fill(1);
  const heaviest = data.weights ? Math.max(...data.weights) : 1;
  const columns = data.columns.map((values) => binPlainly(values, options.maximumBins ?? 255));
  const start = startScore(data.targets, data.weights, options.loss);
  const scores = new Float64Array(rows).fill(start);
  const trees: Tree[] = [];
  for (let index = 0; index < options.trees; index += 1) {
    const sums = gradientsOf(scores, data.targets, weights, heaviest, options.loss);
    const tree = growPlainly(columns, sums, scores, options);
    if (!tree) break;
    trees.push(tree);
  }
  return { start, trees, history: [] };
}

interface PlainColumn {
  readonly edges: number[];
  readonly bins: Int32Array;
  readonly binCount: number;
}

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
function exponentAbove(x: number): number {
  if (x === 0) return 0;
  bits.setFloat64(0, x);
  return ((bits.getUint32(0) >>> 20) & 0x7ff) - 1022;
}
const round = (x: number): number => x + 6755399441055744 - 6755399441055744;

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

function gradientsOf(scores: Float64Array, targets: Float64Array, weights: Float64Array, heaviest: number, loss: TreeOptions['loss']): Sums {
  const rows = scores.length;
  const size = 32 - Math.clz32(rows);
  const raw = Float64Array.from(scores, (score, row) => {
    if (loss === 'squared') return weights[row]! * (score - targets[row]!);
    return (1 / (1 + exponential(-score)) - targets[row]!) * weights[row]!;
  });
  const largest = loss === 'squared' ? raw.reduce((most, each) => Math.max(most, Math.abs(each)), 0) : heaviest;
  const gradientUnit = 2 ** (exponentAbove(largest) + size - 50);
  const hessianUnit = 2 ** (exponentAbove(loss === 'squared' ? heaviest : 0.25 * heaviest) - Math.min(62 - 2 * size, 50 - size));
  const hessians = Float64Array.from(scores, (score, row) => {
    const p = 1 / (1 + exponential(-score));
    return loss === 'squared' ? weights[row]! : p * (1 - p) * weights[row]!;
  });
  return { gradients: raw.map((each) => round(each / gradientUnit)), hessians: hessians.map((each) => round(each / hessianUnit)), gradientUnit, hessianUnit };
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
}
interface Leaf {
  node: number;
  readonly rows: readonly number[];
  readonly split: Split | null;
}

function growPlainly(columns: readonly PlainColumn[], sums: Sums, scores: Float64Array, options: TreeOptions): Tree | null {
  const nodes: { feature: number; threshold: number; left: number; right: number; missingLeft: number; rows: number; gain: number; value: number }[] = [];
  const newLeaf = (rows: readonly number[]): Leaf => {
    const g = rows.reduce((sum, row) => sum + sums.gradients[row]!, 0);
    const h = rows.reduce((sum, row) => sum + sums.hessians[row]!, 0);
    const value = (-options.learningRate * (g * sums.gradientUnit)) / (h * sums.hessianUnit + (options.l2 ?? 0) + 1e-300);
    nodes.push({ feature: -1, threshold: 0, left: 0, right: 0, missingLeft: 0, rows: rows.length, gain: 0, value: Math.fround(value) });
    return { node: nodes.length - 1, rows, split: bestSplit(columns, sums, rows, options) };
  };
  const leaves: Leaf[] = [newLeaf(Array.from(scores.keys()))];
  while (leaves.length < options.leaves) {
    let chosen = -1;
    leaves.forEach(({ split }, index) => {
      if (split && split.gain > (leaves[chosen]?.split?.gain ?? 0)) chosen = index;
    });
    if (chosen < 0) break;
    const { node, rows, split } = leaves[chosen]!;
    const { feature, bin, missingLeft, gain } = split!;
    const { bins, binCount, edges } = columns[feature]!;
    const goesLeft = (row: number) => (bins[row] === binCount ? missingLeft : bins[row]! <= bin);
    leaves[chosen] = newLeaf(rows.filter(goesLeft));
    leaves.push(newLeaf(rows.filter((row) => !goesLeft(row))));
    Object.assign(nodes[node]!, {
      feature,
      threshold: edges[bin] ?? Infinity,
      left: leaves[chosen]!.node,
      right: leaves.at(-1)!.node,
      missingLeft: Number(missingLeft),
      gain,
    });
  }
  if (leaves.length === 1) return null;
  for (const { node, rows } of leaves) for (const row of rows) scores[row]! += nodes[node]!.value;
  return {
    feature: Int32Array.from(nodes, (each) => each.feature),
    threshold: Float32Array.from(nodes, (each) => each.threshold),
    left: Int32Array.from(nodes, (each) => each.left),
    right: Int32Array.from(nodes, (each) => each.right),
    missingLeft: Uint8Array.from(nodes, (each) => each.missingLeft),
    rows: Uint32Array.from(nodes, (each) => each.rows),
    gain: Float64Array.from(nodes, (each) => each.gain),
    value: Float32Array.from(nodes, (each) => each.value),
  };
}

function bestSplit(columns: readonly PlainColumn[], sums: Sums, rows: readonly number[], options: TreeOptions): Split | null {
  const l2 = options.l2 ?? 0;
  const least = Math.max(1, options.minimumSamples);
  const lightest = options.minimumWeight ?? 1e-3;
  const total = { g: 0, h: 0 };
  for (const row of rows) {
    total.g += sums.gradients[row]!;
    total.h += sums.hessians[row]!;
  }
  const score = (g: number, h: number) => (g * sums.gradientUnit * (g * sums.gradientUnit)) / (h * sums.hessianUnit + l2);
  const parent = score(total.g, total.h);
  const floor = 1e-12 * parent;
  let best: Split = { gain: floor, feature: 0, bin: 0, missingLeft: false };
  columns.forEach(({ bins, binCount }, feature) => {
    const cells = Array.from({ length: binCount + 1 }, () => ({ g: 0, h: 0, n: 0 }));
    for (const row of rows) {
      const cell = cells[bins[row]!]!;
      cell.g += sums.gradients[row]!;
      cell.h += sums.hessians[row]!;
      cell.n += 1;
    }
    const missing = cells[binCount]!;
    for (const missingFirst of missing.n > 0 ? [false, true] : [false]) {
      const left = missingFirst ? { ...missing } : { g: 0, h: 0, n: 0 };
      for (let bin = 0; bin < binCount; bin += 1) {
        const cell = cells[bin]!;
        if (cell.n === 0) continue;
        left.g += cell.g;
        left.h += cell.h;
        left.n += cell.n;
        if (left.n < least || rows.length - left.n < least) continue;
        const rest = { g: total.g - left.g, h: total.h - left.h };
        if (left.h * sums.hessianUnit < lightest || rest.h * sums.hessianUnit < lightest) continue;
        const gain = score(left.g, left.h) + score(rest.g, rest.h) - parent;
        if (gain > best.gain) best = { gain, feature, bin, missingLeft: missing.n > 0 ? missingFirst : left.n * 2 >= rows.length };
      }
    }
  });
  return best.gain > floor ? best : null;
}
