import { binPlainly, exponentAbove, round } from './boosted-trees.twin.ts';
import type { ForestData, ForestOptions, ForestTree } from './forest.ts';
import { randomNumbers } from './random.ts';

/** The same algorithm as the kernel of forests, written plainly and slowly: the oracle of its tests. Trees must be equal to the bit. */
export function trainForestPlainly(data: ForestData, options: ForestOptions): Omit<ForestTree, 'leafSums'>[] {
  const columns = data.columns.map(({ values }) => binPlainly(values, options.maximumBins ?? 255));
  const random = randomNumbers(options.seed);
  const seeds = Array.from({ length: options.trees }, () => Math.floor(random() * 2 ** 32));
  return seeds.map((seed) => growPlainly(data, columns, options, randomNumbers(seed)));
}

type PlainColumn = ReturnType<typeof binPlainly>;
interface Row {
  readonly row: number;
  readonly answer: number;
  readonly weight: number;
}
interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
}
interface Open {
  readonly node: number;
  readonly rows: readonly Row[];
  readonly depth: number;
  readonly split: Split;
}
interface Units {
  readonly answer: number;
  readonly weight: number;
}

function growPlainly(data: ForestData, columns: readonly PlainColumn[], options: ForestOptions, random: () => number): Omit<ForestTree, 'leafSums'> {
  const { centre, units } = unitsOf(data, options);
  const order = columns.map((_, feature) => feature);
  const nodes: { feature: number; threshold: number; left: number; right: number; missingLeft: number; rows: number; gain: number; value: number }[] = [];
  const open: Open[] = [];
  let leaves = 0;
  const newNode = (rows: readonly Row[], depth: number): number => {
    const [answer, weight] = sums(rows);
    nodes.push({
      feature: -1,
      threshold: 0,
      left: 0,
      right: 0,
      missingLeft: 0,
      rows: rows.length,
      gain: 0,
      value: (answer * units.answer) / (weight * units.weight) + centre,
    });
    const node = nodes.length - 1;
    leaves += 1;
    if (rows.length < 2 * Math.max(1, options.minimumSamples) || (options.maximumDepth > 0 && depth >= options.maximumDepth)) return node;
    const split = bestSplit(data, columns, order, rows, options, units, random);
    if (split) open.push({ node, rows, depth, split });
    return node;
  };
  newNode(drawPlainly(data, options, centre, units, random), 0);
  while (open.length > 0 && (!options.maximumLeaves || leaves < options.maximumLeaves)) {
    let next = open.length - 1;
    if (options.maximumLeaves) open.forEach(({ split }, other) => split.gain > open[next]!.split.gain && (next = other));
    const { node, rows, depth, split } = open[next]!;
    const last = open.pop()!;
    if (next < open.length) open[next] = last;
    leaves -= 1;
    const { bins, binCount, edges } = columns[split.feature]!;
    const goesLeft = ({ row }: Row) => (bins[row] === binCount ? split.missingLeft : bins[row]! <= split.bin);
    const left = newNode(rows.filter(goesLeft), depth + 1);
    const right = newNode(
      rows.filter((row) => !goesLeft(row)),
      depth + 1,
    );
    const threshold = edges[split.bin] ?? Infinity;
    Object.assign(nodes[node]!, { feature: split.feature, threshold, left, right, missingLeft: Number(split.missingLeft), gain: split.gain });
  }
  return {
    feature: Int32Array.from(nodes, (each) => each.feature),
    threshold: Float32Array.from(nodes, (each) => each.threshold),
    left: Int32Array.from(nodes, (each) => each.left),
    right: Int32Array.from(nodes, (each) => each.right),
    missingLeft: Uint8Array.from(nodes, (each) => each.missingLeft),
    rows: Uint32Array.from(nodes, (each) => each.rows),
    gain: Float64Array.from(nodes, (each) => each.gain),
    value: Float64Array.from(nodes, (each) => each.value),
  };
}

const sums = (rows: readonly Row[]): [number, number] =>
  rows.reduce<[number, number]>(([answer, weight], each) => [answer + each.answer, weight + each.weight], [0, 0]);

function unitsOf({ targets, weights }: ForestData, { classes = 0 }: ForestOptions): { centre: number; units: Units } {
  const plain = classes > 0 || targets.every((each) => each === 0 || each === 1);
  const centre = plain ? 0 : targets.reduce((sum, each) => sum + each, 0) / targets.length;
  const size = 32 - Math.clz32(targets.length);
  const largest = classes > 0 ? 0 : targets.reduce((most, each, row) => Math.max(most, Math.abs((each - centre) * (weights?.[row] ?? 1))), 0);
  const heaviest = weights ? Math.max(...weights) : 1;
  return {
    centre,
    units: { answer: 2 ** (exponentAbove(largest) + size - 50), weight: 2 ** (exponentAbove(heaviest) - Math.min(62 - 2 * size, 50 - size)) },
  };
}

function drawPlainly(
  { targets, weights }: ForestData,
  { sampling, rowShare = 1, classes = 0 }: ForestOptions,
  centre: number,
  units: Units,
  random: () => number,
) {
  const rows = targets.length;
  const counts = new Uint16Array(rows);
  if (sampling === 'bootstrap') for (let draw = 0; draw < Math.floor(rowShare * rows + 0.5); draw += 1) counts[Math.floor(random() * rows)]! += 1;
  else for (let row = 0; row < rows; row += 1) counts[row] = sampling === 'all' || random() < rowShare ? 1 : 0;
  return Array.from(counts.keys())
    .filter((row) => counts[row]! > 0)
    .map((row): Row => {
      const weight = (weights?.[row] ?? 1) * counts[row]!;
      const answer = classes > 0 ? 0 : weight * (targets[row]! - centre);
      return { row, answer: round(answer / units.answer), weight: round(weight / units.weight) };
    });
}

/** The middle of a bin; the first and the last are taken to be as wide as their neighbours. */
function centreOf(edges: ArrayLike<number>, bin: number): number {
  const [left, right] = [edges[bin - 1], edges[bin]];
  if (left !== undefined && right !== undefined) return (left + right) / 2;
  if (left === undefined) return edges.length > 1 ? right! - (edges[1]! - right!) / 2 : right!;
  return edges.length > 1 ? left + (left - edges[bin - 2]!) / 2 : left;
}

function bestSplit(
  { groups }: ForestData,
  columns: readonly PlainColumn[],
  order: number[],
  rows: readonly Row[],
  options: ForestOptions,
  units: Units,
  random: () => number,
): Split | null {
  const { classes = 0, columnsTried, randomCuts = false } = options;
  const least = Math.max(1, options.minimumSamples);
  const byClass = (some: readonly Row[]) => {
    const found = new Float64Array(classes);
    if (classes > 0) for (const { row, weight } of some) found[groups![row]!]! += weight * units.weight;
    return found;
  };
  const [answer, weight] = sums(rows);
  const total = byClass(rows);
  const heavy = total.reduce((sum, each) => sum + each, 0);
  const parent = classes > 0 ? total.reduce((sum, each) => sum + each * each, 0) / heavy : (answer * units.answer) ** 2 / (weight * units.weight);
  const gainOf = (left: readonly Row[]): number => {
    if (classes > 0) {
      const own = byClass(left);
      const light = own.reduce((sum, each) => sum + each, 0);
      const squares = own.reduce((sum, each) => sum + each * each, 0);
      return squares / light + total.reduce((sum, each, index) => sum + (each - own[index]!) ** 2, 0) / (heavy - light) - parent;
    }
    const [a, w] = sums(left);
    const score = (some: number, light: number) => (some * units.answer * (some * units.answer)) / (light * units.weight);
    return score(a, w) + score(answer - a, weight - w) - parent;
  };
  const floor = 1e-10 * parent;
  let best: Split = { gain: floor, feature: 0, bin: 0, missingLeft: false };
  const search = (feature: number) => {
    const { bins, binCount, edges } = columns[feature]!;
    const present = [...new Set(rows.map(({ row }) => bins[row]!))].filter((bin) => bin < binCount).sort((a, b) => a - b);
    const missing = rows.filter(({ row }) => bins[row] === binCount);
    let [only, drawn] = [-1, -1];
    if (randomCuts && present.length > 1) {
      const [first, last] = [present[0]!, present.at(-1)!];
      const low = centreOf(edges, first);
      const cut = low + random() * (centreOf(edges, last) - low);
      drawn = first;
      while (drawn + 1 < last && centreOf(edges, drawn + 1) <= cut) drawn += 1;
      only = present.findLast((bin) => bin <= drawn)!;
    }
    for (const missingLeft of missing.length > 0 ? [false, true] : [false]) {
      for (const bin of present) {
        if (only >= 0 && bin !== only) continue;
        const left = rows.filter(({ row }) => (bins[row] === binCount ? missingLeft : bins[row]! <= bin));
        if (left.length < least || rows.length - left.length < least) continue;
        const gain = gainOf(left);
        if (gain > best.gain)
          best = { gain, feature, bin: only >= 0 ? drawn : bin, missingLeft: missing.length > 0 ? missingLeft : left.length * 2 >= rows.length };
      }
    }
  };
  for (let drawn = 0; drawn < order.length;) {
    const limit = drawn < columnsTried ? Math.min(columnsTried, drawn + 4) : drawn + 1;
    for (let place = drawn; place < limit; place += 1) {
      const other = place + Math.floor(random() * (order.length - place));
      [order[place], order[other]] = [order[other]!, order[place]!];
    }
    for (const feature of order.slice(drawn, limit)) search(feature);
    drawn = limit;
    if (drawn >= columnsTried && best.gain > floor) break;
  }
  return best.gain > floor ? best : null;
}
