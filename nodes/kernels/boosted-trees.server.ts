import { Worker } from 'node:worker_threads';
import { createBinner, EDGE_ROWS, MAXIMUM_BINS, type BinnedColumn } from './binning.server.ts';
import { BASE, readKernel, sharedMemory, startKernel, type Kernel } from './load.server.ts';
import { sampleOf } from './random.ts';
import { startScore, type Ensemble, type Tree, type TreeData, type TreeOptions } from './boosted-trees.ts';

/** Arguments of `layout` and `setOptions`, the same on both threads. */
interface Plan {
  readonly layout: readonly [base: number, rows: number, features: number, totalBins: number, leaves: number, slots: number];
  readonly options: readonly [samples: number, weight: number, l2: number, rate: number, weighted: boolean, heaviest: number];
}

/** What the second thread gets. */
export interface Hiring extends Plan {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

export interface Exports {
  layout(...args: Plan['layout']): number;
  binsByColumnAddress(): number;
  scoresAddress(): number;
  targetsAddress(): number;
  weightsAddress(): number;
  nodesAddress(): number;
  setFeature(feature: number, bins: number, hasMissing: boolean): void;
  setOptions(...args: Plan['options']): void;
  hire(): void;
  serve(): void;
  dismiss(): void;
  packBins(): void;
  fillScores(value: number): void;
  logisticGradients(): number;
  squaredGradients(): number;
  growTree(): number;
}

export interface TreeContext {
  readonly signal: AbortSignal;
  /** 1 by default; more than two are not used. The trees do not depend on it. */
  readonly threads?: number;
  /** After each tree, with the mean loss on the training rows. */
  tree?(done: number, loss: number): void;
}

const NODE_BYTES = 48;
const HISTOGRAM_BYTES = 512 * 2 ** 20;
const TURN_MILLISECONDS = 20;
/** Cells of the matrix from which on a second thread is worth its start. */
const CREW_CELLS = 500_000;

/**
 * Gradient boosting on histograms, leaf by leaf with the best gain first, on all rows. Deterministic: equal data, options and seed give equal
 * trees. A value that is missing goes to the side that gained more in training, or with the larger child where none was missing.
 * Gain and leaf values: Chen & Guestrin 2016 (XGBoost), equations 5 to 7 without γ; growth: Ke et al. 2017 (LightGBM).
 * Throws the signal's reason soon after an abort, and NodeError `memory_exhausted`.
 */
export async function trainBoostedTrees(data: TreeData, options: TreeOptions, context: TreeContext): Promise<Ensemble> {
  const rowCount = data.targets.length;
  let turn = performance.now();
  /** Lets other work of the process, such as a cancel that has arrived, have its turn. */
  const breathe = async () => {
    context.signal.throwIfAborted();
    if (performance.now() - turn < TURN_MILLISECONDS) return;
    await new Promise((resume) => setImmediate(resume));
    turn = performance.now();
    context.signal.throwIfAborted();
  };

  const sample = rowCount > EDGE_ROWS ? sampleOf(rowCount, EDGE_ROWS, options.seed) : undefined;
  const binner = await createBinner(rowCount, options.maximumBins ?? MAXIMUM_BINS, sample);
  const columns: BinnedColumn[] = [];
  for (const column of data.columns) {
    columns.push(binner.bin(column));
    await breathe();
  }
  const plan = planFor(data, columns, options);
  const module = await readKernel('boosted-trees');
  const kernel = await startKernel<Exports>(module, sharedMemory(bytesOf(plan)));
  const start = fill(kernel, plan, data, columns, options);
  const crew =
    (context.threads ?? 1) > 1 && columns.length >= 8 && rowCount * columns.length >= CREW_CELLS
      ? await hireWorker({ ...plan, module, memory: kernel.memory })
      : null;
  if (crew) kernel.exports.hire();
  try {
    return { start, ...(await boost(kernel, columns, options, context, breathe, totalWeight(data))) };
  } finally {
    if (crew) kernel.exports.dismiss();
    await crew?.terminate();
  }
}

const totalWeight = ({ targets, weights }: TreeData): number => (weights ? weights.reduce((sum, each) => sum + each, 0) : targets.length);

async function boost(
  kernel: Kernel<Exports>,
  columns: readonly BinnedColumn[],
  options: TreeOptions,
  context: TreeContext,
  breathe: () => Promise<void>,
  weight: number,
) {
  const { exports } = kernel;
  const gradients = options.loss === 'logistic' ? exports.logisticGradients : exports.squaredGradients;
  const trees: Tree[] = [];
  const history: number[] = [];
  gradients();
  for (let index = 0; index < options.trees; index += 1) {
    const nodeCount = exports.growTree();
    if (nodeCount === 1) break;
    trees.push(readTree(kernel, nodeCount, columns));
    const loss = gradients() / weight;
    history.push(loss);
    context.tree?.(index + 1, loss);
    await breathe();
  }
  return { trees, history };
}

/** Starts the second thread and waits until it serves: once this thread is inside of the kernel it answers no one. */
function hireWorker(hiring: Hiring): Promise<Worker> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./boosted-trees.worker.ts', import.meta.url), { workerData: hiring, execArgv: [] });
    worker.once('message', () => resolve(worker));
    worker.once('error', reject);
  });
}

function planFor({ targets, weights }: TreeData, columns: readonly BinnedColumn[], options: TreeOptions): Plan {
  const rowCount = targets.length;
  const totalBins = columns.reduce((sum, each) => sum + each.binCount + Number(each.missingCount > 0), 0);
  const leaves = Math.max(1, Math.min(options.leaves, Math.floor(rowCount / Math.max(1, options.minimumSamples))));
  const slots = Math.max(1, Math.min(leaves, Math.floor((options.histogramBytes ?? HISTOGRAM_BYTES) / (totalBins * 16))));
  const heaviest = weights ? weights.reduce((most, each) => Math.max(most, each), 0) : 1;
  return {
    layout: [BASE, rowCount, columns.length, totalBins, leaves, slots],
    options: [options.minimumSamples, options.minimumWeight ?? 1e-3, options.l2 ?? 0, options.learningRate, weights !== undefined, heaviest],
  };
}

/** No less than what `layout` takes: see assembly/state.ts. */
const bytesOf = ({ layout: [base, rows, features, totalBins, leaves, slots] }: Plan): number =>
  base + rows * (features * 2 + 64) + features * 9 + leaves * 192 + slots * 4 + (slots + 2) * totalBins * 16 + 4_096;

/** Lays out the kernel's memory and fills it; gives the score that all rows start with. */
function fill(
  { exports, memory }: Kernel<Exports>,
  plan: Plan,
  { targets, weights }: TreeData,
  columns: readonly BinnedColumn[],
  options: TreeOptions,
): number {
  const rowCount = targets.length;
  const { buffer } = memory;
  const end = exports.layout(...plan.layout) >>> 0;
  if (end > buffer.byteLength) throw new Error('The kernel needs more memory than was reserved.');
  // Addresses are unsigned 32-bit numbers, which arrive here as signed ones.
  const byColumn = exports.binsByColumnAddress() >>> 0;
  columns.forEach((column, index) => {
    exports.setFeature(index, column.binCount, column.missingCount > 0);
    new Uint8Array(buffer, byColumn + index * rowCount, rowCount).set(column.bins);
  });
  exports.packBins();
  new Float64Array(buffer, exports.targetsAddress() >>> 0, rowCount).set(targets);
  if (weights) new Float64Array(buffer, exports.weightsAddress() >>> 0, rowCount).set(weights);
  exports.setOptions(...plan.options);
  const start = startScore(targets, weights, options.loss);
  exports.fillScores(start);
  return start;
}

/** Copies a tree out of the kernel; bins become thresholds. */
function readTree({ exports, memory }: Kernel<Exports>, nodeCount: number, columns: readonly BinnedColumn[]): Tree {
  const view = new DataView(memory.buffer, exports.nodesAddress() >>> 0, nodeCount * NODE_BYTES);
  const tree: Tree = {
    feature: new Int32Array(nodeCount),
    threshold: new Float32Array(nodeCount),
    left: new Int32Array(nodeCount),
    right: new Int32Array(nodeCount),
    missingLeft: new Uint8Array(nodeCount),
    rows: new Uint32Array(nodeCount),
    gain: new Float64Array(nodeCount),
    value: new Float32Array(nodeCount),
  };
  for (let node = 0; node < nodeCount; node += 1) {
    const at = node * NODE_BYTES;
    const feature = view.getInt32(at, true);
    tree.feature[node] = feature;
    tree.rows[node] = view.getUint32(at + 20, true);
    tree.value[node] = view.getFloat64(at + 32, true);
    if (feature < 0) continue;
    const bin = view.getUint32(at + 4, true);
    // Beyond the last edge, all that is present goes left and what is missing right.
    tree.threshold[node] = columns[feature]!.edges[bin] ?? Infinity;
    tree.left[node] = view.getUint32(at + 8, true);
    tree.right[node] = view.getUint32(at + 12, true);
    tree.missingLeft[node] = view.getUint32(at + 16, true);
    tree.gain[node] = view.getFloat64(at + 24, true);
  }
  return tree;
}
