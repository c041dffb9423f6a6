import type { MemoryNeed } from '../kit/context.ts';
import { binMatrix, binnedBytes, binningBytes, MAXIMUM_BINS, type BinnedMatrix, type MatrixSource } from './binning.server.ts';
import { ensembleBytes, treeBytes, treePlan, type TreeShape } from './boosted-trees-memory.ts';
import { readTree, renewLeaves } from './boosted-trees-read.server.ts';
import { startScores } from './boosted-trees-start.ts';
import { KERNEL_LOSSES, type Ensemble, type Tree, type TreeData, type TreeOptions, type TreeRows } from './boosted-trees.ts';
import { Crew } from './crew.server.ts';
import { growShared, KERNEL_BYTES, readKernel, startKernel, type Kernel } from './load.server.ts';
import { requireMemory } from './memory.server.ts';
import { randomNumbers, shuffled } from './random.ts';
import { turns } from './turns.ts';

type Layout = [base: number, bins: number, rows: number, trained: number, features: number, totalBins: number, leaves: number, slots: number, classes: number];
type Options = [samples: number, weight: number, l2: number, rate: number, depth: number, weighted: number, heaviest: number, quantile: number];

export interface Exports {
  setThread(which: number, all: number): void;
  layout(...values: Layout): number;
  setFeature(feature: number, bins: number, hasMissing: boolean, isCategory: boolean): void;
  setOptions(...values: Options): void;
  scoresAddress(): number;
  targetsAddress(): number;
  weightsAddress(): number;
  nodesAddress(): number;
  leavesAddress(): number;
  orderAddress(): number;
  chosenAddress(): number;
  hire(): void;
  dismiss(): void;
  pack(): void;
  computeLoss(loss: number, seed: number, threshold: number): number;
  lossOfValidation(): number;
  computeGradients(loss: number, which: number): void;
  startTree(): void;
  splitNext(): number;
  numberOfNodes(): number;
  numberOfLeaves(): number;
  finishTree(which: number): void;
}

export interface TreeContext {
  readonly signal: AbortSignal;
  /** 1 by default. The trees do not depend on it. */
  readonly threads?: number;
  /** After each round, with the mean loss on the training rows and on the rows to validate on. */
  round?(done: number, loss: number, validationLoss: number | undefined): void;
}

/** Cells of the matrix from which on a second thread is worth its start. */
const CREW_CELLS = 500_000;

/**
 * Gradient boosting on histograms, leaf by leaf with the best gain first. Deterministic: equal data, options and seed give equal trees. A value
 * that is missing goes to the side that gained more in training, or with the larger child where none was missing.
 * Gain and leaf values: Chen & Guestrin 2016 (XGBoost), equations 5 to 7 without γ; growth: Ke et al. 2017 (LightGBM); sets of levels in the
 * order of gradient / hessian: Fisher 1958; leaf values of absolute and quantile loss: Friedman 2001, algorithm 3.
 * Throws the signal's reason soon after an abort, and NodeError `memory_exhausted`.
 */
export async function trainBoostedTrees(data: TreeData, options: TreeOptions, context: TreeContext): Promise<Ensemble> {
  const trainedCount = data.targets.length;
  const rowCount = trainedCount + (data.validation?.targets.length ?? 0);
  const breathe = turns(context.signal);
  const threads = rowCount * data.columns.length >= CREW_CELLS ? (context.threads ?? 1) : 1;
  requireKernel(data, options, threads);
  const crew = new Crew(threads);
  try {
    const sources = data.columns.map((column, index) => joined(column, data.validation?.columns[index]));
    const matrix = await binMatrix(sources, { rowCount, trainedCount, maximumBins: options.maximumBins ?? MAXIMUM_BINS, seed: options.seed }, crew, breathe);
    const kernel = await start(data, matrix, options, crew);
    const starts = startScores(data, options);
    starts.forEach((value, which) => numbers(kernel, kernel.exports.scoresAddress() + which * rowCount * 8, rowCount).fill(value));
    kernel.exports.pack();
    try {
      return { starts, ...(await boost(kernel, matrix, data, options, context, breathe)) };
    } finally {
      kernel.exports.dismiss();
    }
  } finally {
    await crew.dismiss();
  }
}

/** Refuses what will not fit, by an estimate, before anything is allocated. */
function requireKernel(data: TreeData, options: TreeOptions, threads: number): void {
  const bins = data.columns.reduce((sum, { levels }) => sum + 1 + (levels ?? options.maximumBins ?? MAXIMUM_BINS), 0);
  const shape = shapeOf(data);
  const { bytes, ...rest } = boostedMemory(shape, options, threads, bins);
  const classes = options.classes ?? 1;
  const size = `${shape.rowCount.toLocaleString('en-US')} rows × ${shape.columnCount.toLocaleString('en-US')} columns`;
  requireMemory(bytes, `Training boosted trees on ${size}${classes > 1 ? ` with ${classes} classes` : ''}`, rest);
}

const shapeOf = ({ columns, targets, validation }: TreeData): TreeShape => ({
  rowCount: targets.length + (validation?.targets.length ?? 0),
  trainedCount: targets.length,
  columnCount: columns.length,
});

/** What training takes; `bins` are those of all columns. */
export function boostedMemory(
  shape: TreeShape,
  options: Pick<TreeOptions, 'leaves' | 'minimumSamples' | 'classes' | 'histogramBytes'>,
  threads = 1,
  bins = shape.columnCount,
): MemoryNeed {
  const { columnCount, rowCount } = shape;
  const kernel = binnedBytes(columnCount, rowCount) + treeBytes(treePlan(shape, options, bins), threads);
  const bytes = Math.max(binningBytes(columnCount, shape, threads), kernel);
  return { bytes, limit: KERNEL_BYTES, advice: 'Use fewer rows or columns, or fewer leaves.' };
}

/** Training and validation rows one after the other. */
const joined = (column: MatrixSource, more: MatrixSource | undefined): MatrixSource =>
  more === undefined
    ? column
    : {
        levels: column.levels,
        get values() {
          const [first, second] = [column.values, more.values];
          const both = new Float32Array(first.length + second.length);
          both.set(first);
          both.set(second, first.length);
          return both;
        },
      };

/** Addresses are unsigned 32-bit numbers, which arrive from a kernel as signed ones. */
export const numbers = ({ memory }: Kernel<Exports>, address: number, count: number): Float64Array => new Float64Array(memory.buffer, address >>> 0, count);

const heaviestOf = (weights: Float64Array | undefined): number => weights?.reduce((most, each) => Math.max(most, each), 0) ?? 1;

/** Starts the kernel on all threads, lays out its memory behind the bins and fills it. */
async function start(data: TreeData, matrix: BinnedMatrix, options: TreeOptions, crew: Crew): Promise<Kernel<Exports>> {
  const { columns, rowCount, memory } = matrix;
  const totalBins = columns.reduce((sum, each) => sum + each.binCount + Number(each.missingCount > 0), 0);
  const plan = treePlan(shapeOf(data), options, totalBins);
  const { leaves, slots, classes } = plan;
  const layout: Layout = [matrix.end, matrix.binsAddress, rowCount, data.targets.length, columns.length, totalBins, leaves, slots, classes];
  const { minimumSamples, minimumWeight = 1e-3, l2 = 0, learningRate, maximumDepth = 0, loss, quantile = 0.5 } = options;
  const weighted = data.weights !== undefined || data.validation?.weights !== undefined;
  const settings: Options = [
    minimumSamples,
    minimumWeight,
    l2,
    learningRate,
    maximumDepth,
    Number(weighted),
    heaviestOf(data.weights),
    loss === 'absolute' ? 0.5 : quantile,
  ];
  growShared(memory, matrix.end + treeBytes(plan, crew.size));
  const module = await readKernel('boosted-trees');
  const kernel = await startKernel<Exports>(module, memory);
  const { exports } = kernel;
  exports.setThread(0, crew.size);
  const end = exports.layout(...layout) >>> 0;
  if (end > memory.buffer.byteLength) throw new Error('The kernel needs more memory than was reserved.');
  columns.forEach((column, index) => exports.setFeature(index, column.binCount, column.missingCount > 0, column.levels !== undefined));
  exports.setOptions(...settings);
  fillRows(kernel, data, exports.targetsAddress(), ({ targets }) => targets);
  if (weighted) fillRows(kernel, data, exports.weightsAddress(), ({ weights, targets }) => weights ?? new Float64Array(targets.length).fill(1));
  if (crew.size > 1) {
    await crew.load('boosted-trees', module, memory);
    await crew.callAll('boosted-trees', 'setThread', (which) => [which, crew.size]);
    await crew.callAll('boosted-trees', 'layout', () => layout);
    await crew.callAll('boosted-trees', 'setOptions', () => settings);
    void crew.callAll('boosted-trees', 'serve').catch(() => {});
    exports.hire();
  }
  return kernel;
}

function fillRows(kernel: Kernel<Exports>, data: TreeData, address: number, pick: (rows: TreeRows) => Float64Array): void {
  const trained = data.targets.length;
  numbers(kernel, address, trained).set(pick(data));
  if (data.validation) numbers(kernel, (address >>> 0) + trained * 8, data.validation.targets.length).set(pick(data.validation));
}

async function boost(
  kernel: Kernel<Exports>,
  matrix: BinnedMatrix,
  data: TreeData,
  options: TreeOptions,
  context: TreeContext,
  breathe: () => Promise<void>,
): Promise<Omit<Ensemble, 'starts'>> {
  const { exports } = kernel;
  const loss = KERNEL_LOSSES.indexOf(options.loss === 'absolute' ? 'quantile' : options.loss);
  const [random, classes] = [randomNumbers(options.seed), options.classes ?? 1];
  const threshold = Math.min(2 ** 32 - 1, Math.floor((options.rowShare ?? 1) * 2 ** 32));
  const [meanOf, validationMeanOf] = [mean(data, options), data.validation ? mean(data.validation, options) : undefined];
  const trees: Tree[] = [];
  const [history, validationHistory]: [number[], number[]] = [[], []];
  let best = 0;
  const computeLoss = () => meanOf(exports.computeLoss(loss, Math.floor(random() * 2 ** 32), threshold));
  computeLoss();
  for (let round = 0; round < options.trees; round += 1) {
    let grown = false;
    for (let which = 0; which < classes; which += 1) {
      exports.computeGradients(loss, which);
      chooseColumns(kernel, matrix.columns.length, options.columnShare ?? 1, random);
      exports.startTree();
      while (exports.splitNext()) await breathe();
      if (options.loss === 'absolute' || options.loss === 'quantile') renewLeaves(kernel, data, options);
      grown ||= exports.numberOfNodes() > 1;
      trees.push(readTree(kernel, matrix.columns));
      exports.finishTree(which);
      await breathe();
    }
    if (round === 0) {
      const nodes = trees.reduce((sum, { feature }) => sum + feature.length, 0);
      requireMemory(ensembleBytes(nodes, options.trees), `A model of ${trees.length * options.trees} trees like the first`, {
        advice: 'Use fewer trees or fewer leaves.',
      });
    }
    // With columns or rows drawn anew the next round may find a split.
    if (!grown && (options.rowShare ?? 1) === 1 && (options.columnShare ?? 1) === 1) {
      trees.length -= classes;
      break;
    }
    history.push(computeLoss());
    if (validationMeanOf) validationHistory.push(validationMeanOf(exports.lossOfValidation()));
    context.round?.(round + 1, history.at(-1)!, validationHistory.at(-1));
    if (!validationMeanOf) continue;
    if (validationHistory[round]! < validationHistory[best]!) best = round;
    if (round - best >= (options.patience ?? Infinity)) {
      trees.length = (best + 1) * classes;
      break;
    }
  }
  return { trees, history, ...(validationMeanOf ? { validationHistory } : {}) };
}

/** Marks the columns that the next tree may split on. */
function chooseColumns({ exports, memory }: Kernel<Exports>, count: number, share: number, random: () => number): void {
  if (share >= 1) return;
  const chosen = new Uint8Array(memory.buffer, exports.chosenAddress() >>> 0, count).fill(0);
  for (const column of shuffled(count, random).subarray(0, Math.max(1, Math.round(share * count)))) chosen[column] = 1;
}

/** From the kernel's sum of losses to the mean that people know: absolute error, half the Poisson deviance, and so on. */
function mean({ targets, weights }: TreeRows, { loss }: TreeOptions): (sum: number) => number {
  const weight = weights ? weights.reduce((sum, each) => sum + each, 0) : targets.length;
  let constant = 0;
  if (loss === 'poisson') targets.forEach((y, row) => (constant += (weights?.[row] ?? 1) * ((y > 0 ? y * Math.log(y) : 0) - y)));
  return (sum) => ((loss === 'absolute' ? 2 * sum : sum) + constant) / weight;
}
