import type { MemoryNeed } from '../kit/context.ts';
import { binMatrix, binnedBytes, binningBytes, MAXIMUM_BINS, type BinnedMatrix } from './binning.server.ts';
import { Crew } from './crew.server.ts';
import type { Forest, ForestData, ForestOptions, ForestTree } from './forest.ts';
import { forestPlan, forestTreeBytes, kernelBytes, NODE_BYTES, type ForestPlan } from './forest-memory.ts';
import { growShared, KERNEL_BYTES, readKernel, startKernel, type Kernel } from './load.server.ts';
import { freeMemory, requireMemory } from './memory.server.ts';
import { randomNumbers } from './random.ts';
import { turns } from './turns.ts';

type Matrix = [base: number, edges: number, rows: number, features: number, classes: number];
type Region = [base: number, nodes: number, open: number, leaves: number, groups: number];
type Options = [samples: number, depth: number, leaves: number, columns: number, randomCuts: number, sampling: number, share: number, weighted: number];

interface Exports {
  shareMatrix(...values: Matrix): number;
  ownRegion(...values: Region): number;
  setOptions(...values: Options): void;
  setUnits(largestAnswer: number, largestWeight: number): void;
  takeFeature(feature: number, column: number, bins: number, hasMissing: boolean): void;
  targetsAddress(): number;
  weightsAddress(): number;
  groupsAddress(): number;
  nodesAddress(): number;
  leafSumsAddress(): number;
  settledAddress(): number;
  growTree(seed: number): number;
  sumLeaves(groups: number): number;
}

export interface ForestContext {
  readonly signal: AbortSignal;
  /** 1 by default. The trees do not depend on it. */
  readonly threads?: number;
  /** Trees that are done, and of those under way how much, in trees. */
  tree?(done: number, partly: number): void;
}

const SAMPLING = ['all', 'bootstrap', 'share'] as const;
/** Cells of the matrix from which on other threads are worth their start. */
const CREW_CELLS = 200_000;
const TELL_MILLISECONDS = 100;

/**
 * A forest on histograms of at most 255 bins: each tree sees rows drawn for it, each split columns drawn for it. Deterministic: equal data, options
 * and seed give equal trees. Missing values go to the side that gained more, or with the larger child where none was missing.
 * Breiman 2001 (random forests), Geurts, Ernst & Wehenkel 2006 (extremely randomised trees).
 * Throws the signal's reason soon after an abort, and NodeError `memory_exhausted`.
 */
export async function trainForest(data: ForestData, options: ForestOptions, context: ForestContext): Promise<Forest> {
  const rowCount = data.targets.length;
  const breathe = turns(context.signal);
  // This thread only hands out trees, so that it can answer meanwhile.
  const alone = rowCount * data.columns.length < CREW_CELLS;
  const plan = forestPlan({ rowCount, columnCount: data.columns.length }, options);
  const members = fittingThreads(plan, alone ? 1 : Math.min(context.threads ?? 1, options.trees));
  const crew = new Crew(alone ? 1 : members + 1);
  const stop = () => void crew.dismiss();
  context.signal.addEventListener('abort', stop);
  try {
    const binning = { rowCount, trainedCount: rowCount, maximumBins: options.maximumBins ?? MAXIMUM_BINS, seed: options.seed };
    const matrix = await binMatrix(data.columns, binning, crew, breathe);
    const kernel = await start(data, matrix, options, plan, crew);
    const centre = centreOf(data, options);
    const random = randomNumbers(options.seed);
    const seeds = Array.from({ length: options.trees }, () => Math.floor(random() * 2 ** 32));
    const trees = Array.from<ForestTree>({ length: options.trees });
    let [next, done] = [0, 0];
    /** Of each thread that grows a tree: where it says how far it is. */
    const growing = new Map<number, number>();
    const tell = () => context.tree?.(done, partlyGrown(kernel.memory, growing.values()));
    const finish = (tree: number, nodeCount: number, leafCount: number, nodes: number, sums: number) => {
      trees[tree] = readTree(kernel.memory, nodeCount, leafCount, nodes >>> 0, sums >>> 0, matrix, centre, options);
      if (done === 0) {
        const bytes = forestTreeBytes(nodeCount, leafCount, options.groupCount ?? 0) * options.trees;
        requireMemory(bytes, `A forest of ${options.trees} trees like the first`, { advice: 'Use fewer trees, a smaller depth, or more samples per leaf.' });
      }
      done += 1;
      tell();
    };
    if (alone) {
      const { exports } = kernel;
      for (; next < options.trees; next += 1) {
        const nodeCount = exports.growTree(seeds[next]!);
        const leafCount = options.groupCount ? exports.sumLeaves(options.groupCount) : 0;
        finish(next, nodeCount, leafCount, exports.nodesAddress(), exports.leafSumsAddress());
        await breathe();
      }
      return { trees };
    }
    const member = async (which: number) => {
      const call = async (name: string, ...values: number[]) => (await crew.call(which, 'forest', name, values)) as number;
      const [nodes, sums, settled] = [await call('nodesAddress'), await call('leafSumsAddress'), await call('settledAddress')];
      while (next < options.trees) {
        const tree = next++;
        new Uint32Array(kernel.memory.buffer, settled >>> 0, 2).fill(0);
        growing.set(which, settled >>> 0);
        const nodeCount = await call('growTree', seeds[tree]!);
        const leafCount = options.groupCount ? await call('sumLeaves', options.groupCount) : 0;
        growing.delete(which);
        finish(tree, nodeCount, leafCount, nodes, sums);
        context.signal.throwIfAborted();
      }
    };
    const telling = setInterval(tell, TELL_MILLISECONDS);
    try {
      await Promise.all(Array.from({ length: crew.size - 1 }, (_, index) => member(index + 1)));
    } finally {
      clearInterval(telling);
    }
    return { trees };
  } catch (error) {
    context.signal.throwIfAborted();
    throw error;
  } finally {
    context.signal.removeEventListener('abort', stop);
    await crew.dismiss();
  }
}

/** The rows of the trees under way that have come to a leaf, as shares of their rows. */
function partlyGrown({ buffer }: WebAssembly.Memory, addresses: Iterable<number>): number {
  let sum = 0;
  for (const address of addresses) {
    const [settled, rows] = new Uint32Array(buffer, address, 2);
    if (rows! > 0) sum += settled! / rows!;
  }
  return sum;
}

/** As many threads as have room for a tree each; refuses what has no room for one, by an estimate, before anything is allocated. */
function fittingThreads(plan: ForestPlan, threads: number): number {
  const { rowCount, columnCount } = plan;
  const most = Math.min(KERNEL_BYTES, freeMemory());
  const members = Array.from({ length: threads }, (_, index) => threads - index).find((each) => forestMemory(plan, each).bytes <= most) ?? 1;
  const { bytes, ...rest } = forestMemory(plan, members);
  requireMemory(bytes, `Training a forest on ${rowCount.toLocaleString('en-US')} rows × ${columnCount.toLocaleString('en-US')} columns`, rest);
  return members;
}

/** What growing takes, by so many threads that grow a tree each. */
export function forestMemory(plan: ForestPlan, members = 1): MemoryNeed {
  const { rowCount, columnCount } = plan;
  const binning = binningBytes(columnCount, { rowCount, trainedCount: rowCount }, members + 1);
  const bytes = Math.max(binning, binnedBytes(columnCount, rowCount) + kernelBytes(plan, members));
  return { bytes, limit: KERNEL_BYTES, advice: 'Use fewer rows, a smaller depth, or more samples per leaf.' };
}

/** What is taken from the targets before sums are made of them: their mean, for precision. Nothing for classes. */
function centreOf({ targets }: ForestData, { classes = 0 }: ForestOptions): number {
  if (classes > 0) return 0;
  let sum = 0;
  let plain = true;
  for (const each of targets) {
    sum += each;
    plain &&= each === 0 || each === 1;
  }
  return plain ? 0 : sum / targets.length;
}

/** Starts the kernel on all threads; each gets a region of the memory behind the bins. */
async function start(data: ForestData, matrix: BinnedMatrix, options: ForestOptions, plan: ForestPlan, crew: Crew): Promise<Kernel<Exports>> {
  const { rowCount, columns, memory } = matrix;
  const { classes = 0, groupCount = 0, maximumDepth, maximumLeaves = 0, minimumSamples } = options;
  const { leaves, open, own } = plan;
  growShared(memory, matrix.end + kernelBytes(plan, Math.max(1, crew.size - 1)));
  const module = await readKernel('forest');
  const kernel = await startKernel<Exports>(module, memory);
  const { exports } = kernel;
  const matrixValues: Matrix = [matrix.end, matrix.edgesAddress, rowCount, columns.length, classes];
  const free = exports.shareMatrix(...matrixValues) >>> 0;
  columns.forEach((column, index) => exports.takeFeature(index, matrix.binsAddress + index * rowCount, column.binCount, column.missingCount > 0));
  const centre = centreOf(data, options);
  const targets = new Float64Array(memory.buffer, exports.targetsAddress() >>> 0, rowCount);
  let [largest, heaviest] = [0, 1];
  for (let row = 0; row < rowCount; row += 1) {
    const weight = data.weights?.[row] ?? 1;
    targets[row] = classes > 0 ? 0 : data.targets[row]! - centre;
    largest = Math.max(largest, Math.abs(targets[row]! * weight));
    heaviest = row === 0 ? weight : Math.max(heaviest, weight);
  }
  if (data.weights) new Float64Array(memory.buffer, exports.weightsAddress() >>> 0, rowCount).set(data.weights);
  if (data.groups) new Uint16Array(memory.buffer, exports.groupsAddress() >>> 0, rowCount).set(data.groups);
  const settings: Options = [
    minimumSamples,
    maximumDepth,
    maximumLeaves,
    Math.max(1, Math.min(columns.length, options.columnsTried)),
    Number(options.randomCuts ?? false),
    SAMPLING.indexOf(options.sampling),
    options.rowShare ?? 1,
    Number(data.weights !== undefined),
  ];
  const region = (which: number): Region => [free + which * own, leaves * 2, open, leaves, groupCount];
  if (crew.size === 1) {
    exports.ownRegion(...region(0));
    exports.setOptions(...settings);
    exports.setUnits(largest, heaviest);
    return kernel;
  }
  await crew.load('forest', module, memory);
  await crew.callAll('forest', 'shareMatrix', () => matrixValues);
  await crew.callAll('forest', 'ownRegion', (which) => region(which - 1));
  await crew.callAll('forest', 'setOptions', () => settings);
  await crew.callAll('forest', 'setUnits', () => [largest, heaviest]);
  return kernel;
}

/** Copies a tree out of the memory of its thread; bins become thresholds. */
function readTree(
  memory: WebAssembly.Memory,
  nodeCount: number,
  leafCount: number,
  nodes: number,
  sums: number,
  { columns }: BinnedMatrix,
  centre: number,
  { groupCount = 0 }: ForestOptions,
): ForestTree {
  const words = new Int32Array(memory.buffer, nodes, (nodeCount * NODE_BYTES) / 4);
  const numbers = new Float64Array(memory.buffer, nodes, (nodeCount * NODE_BYTES) / 8);
  const tree = {
    feature: new Int32Array(nodeCount),
    threshold: new Float32Array(nodeCount),
    left: new Int32Array(nodeCount),
    right: new Int32Array(nodeCount),
    missingLeft: new Uint8Array(nodeCount),
    rows: new Uint32Array(nodeCount),
    gain: new Float64Array(nodeCount),
    value: new Float64Array(nodeCount),
  };
  for (let node = 0; node < nodeCount; node += 1) {
    const [at, wide] = [node * 12, node * 6];
    const feature = words[at]!;
    tree.feature[node] = feature;
    tree.rows[node] = words[at + 5]!;
    tree.value[node] = numbers[wide + 4]! + centre;
    if (feature < 0) continue;
    // Beyond the last edge, all that is present goes left and what is missing right.
    tree.threshold[node] = columns[feature]!.edges[words[at + 1]!] ?? Infinity;
    tree.left[node] = words[at + 2]!;
    tree.right[node] = words[at + 3]!;
    tree.missingLeft[node] = words[at + 4]!;
    tree.gain[node] = numbers[wide + 3]!;
  }
  return groupCount > 0 ? { ...tree, leafSums: new Float64Array(memory.buffer, sums, leafCount * groupCount).slice() } : tree;
}
