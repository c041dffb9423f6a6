import type { MemoryNeed, TrainingShape } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import { Crew } from './crew.server.ts';
import { KERNEL_BYTES } from './load.server.ts';
import { startingRows, type Seeding } from './k-means-seeding.ts';
import { miniBatches } from './k-means-mini-batch.ts';
import { createRows, rowsBytes, type KernelRows, type KMeansData } from './k-means-rows.server.ts';
import { randomNumbers } from './random.ts';

export interface KMeansOptions {
  readonly clusters: number;
  readonly seeding: Seeding;
  /** At most so many moves of the centres; by mini-batches, so many times as many rows as there are. */
  readonly iterations: number;
  /** Moves the centres by so many random rows at a time instead of by all. */
  readonly batchRows?: number;
  /** Ends when the centres move less than this share of the mean variance of the columns, in squares. */
  readonly tolerance?: number;
  readonly seed: number;
}

export interface KMeansContext {
  breathe(): Promise<void>;
  /** 1 by default. The result does not depend on it. */
  readonly threads?: number;
  iterate?(iteration: number, inertia: number): void;
}

export interface Clusters {
  /** [clusters, width], row after row. */
  readonly centres: Float64Array;
  /** Of the rows, by the centres given. */
  readonly labels: Int32Array;
  /** Weight of the rows of each cluster. */
  readonly sizes: Float64Array;
  /** Weighted sum of squared distances from the centres. */
  readonly inertia: number;
  /** The same by iteration. */
  readonly history: readonly number[];
  readonly converged: boolean;
}

/** Products of one pass from which on other threads are worth their start. */
const CREW_PRODUCTS = 20_000_000;
/** More candidates than this for the next centre are not tried. */
const MOST_TRIALS = 8;

/**
 * k-means by Lloyd's algorithm (1982) from centres chosen by k-means++ (Arthur & Vassilvitskii 2007, the best of 2 + ln k candidates as in
 * scikit-learn), at random, or the first rows; or by mini-batches and one move by all rows. A cluster that runs empty begins anew at the row farthest from its centre. Deterministic by seed.
 * Throws NodeError `memory_exhausted`, and `rows_none` where there are fewer different rows than clusters.
 */
export async function clusterRows(data: KMeansData, options: KMeansOptions, context: KMeansContext): Promise<Clusters> {
  const { rowCount, width } = data;
  const { clusters } = options;
  const places = placesOf(clusters);
  const products = rowCount * width * places;
  const crew = new Crew(products >= CREW_PRODUCTS ? (context.threads ?? 1) : 1);
  try {
    const table = await createRows(data, places, trialsOf(options), crew, context);
    const random = randomNumbers(options.seed);
    const centres = new Float64Array(clusters * width);
    (await startingRows(table, options, random)).forEach((row, cluster) => centres.set(table.row(row), cluster * width));
    if (options.batchRows === undefined || options.batchRows >= rowCount) return await lloyd(table, centres, options, context);
    const { batches, converged } = await miniBatches(table, centres, { ...options, batchRows: options.batchRows }, random, context);
    const all = await lloyd(table, centres, { ...options, iterations: 1 }, context);
    return { ...all, history: [...batches, ...all.history], converged };
  } finally {
    await crew.dismiss();
  }
}

const placesOf = (clusters: number): number => Math.ceil(clusters / 8) * 8;

/** What clustering takes beside the columns, and these once more until they are taken. */
export function clusterMemory(shape: TrainingShape, options: Pick<KMeansOptions, 'clusters' | 'seeding'>): MemoryNeed {
  const bytes = rowsBytes(shape, placesOf(options.clusters), trialsOf(options)) + shape.rowCount * shape.columnCount * 4;
  // The kernel holds all but the columns.
  return { bytes, limit: KERNEL_BYTES + shape.rowCount * shape.columnCount * 4, advice: 'Use fewer rows or columns, or fewer clusters.' };
}

const trialsOf = ({ clusters, seeding }: Pick<KMeansOptions, 'clusters' | 'seeding'>): number =>
  seeding === 'k-means++' ? Math.min(MOST_TRIALS, Math.ceil((2 + Math.floor(Math.log(clusters))) / 4) * 4) : 4;

async function lloyd(
  table: KernelRows,
  start: Float64Array,
  { clusters, iterations, tolerance = 1e-4 }: KMeansOptions,
  context: KMeansContext,
): Promise<Clusters> {
  const { width } = table;
  const history: number[] = [];
  let centres = start.map(Math.fround);
  let converged = false;
  table.clearSums();
  /** Assigns all rows to the centres. */
  const pass = async () => {
    const longest = table.setCentres(centres);
    await table.overBlocks('assign', longest);
    const total = table.total(clusters);
    // Σ w |x − c|² = Σ w |x|² − 2 Σ c·S + Σ W |c|²
    let inertia = table.squares;
    for (let index = 0; index < centres.length; index += 1)
      inertia += centres[index]! * (total.sizes[Math.floor(index / width)]! * centres[index]! - 2 * total.sums[index]!);
    return { ...total, inertia: Math.max(0, inertia) };
  };
  let last = await pass();
  for (let iteration = 1; iteration <= iterations && !converged; iteration += 1) {
    const next: Float64Array<ArrayBuffer> = nextCentres(table, last, centres);
    let moved = 0;
    for (let index = 0; index < next.length; index += 1) moved += (next[index]! - centres[index]!) ** 2;
    table.setMoves(centres, next);
    centres = next;
    last = await pass();
    history.push(last.inertia);
    context.iterate?.(iteration, last.inertia);
    converged = last.changed === 0 || moved <= tolerance * table.variance;
  }
  return {
    centres: centres.map((value, index) => value + table.means[index % width]!),
    labels: table.labels.slice(),
    sizes: last.sizes,
    inertia: last.inertia,
    history,
    converged,
  };
}

/** The mean of each cluster; an empty one gets a row that lies farthest from its centre. */
function nextCentres(table: KernelRows, { sums, sizes }: { sums: Float64Array; sizes: Float64Array }, centres: Float64Array): Float64Array<ArrayBuffer> {
  const { width } = table;
  const next = Float64Array.from(sums, (sum, index) => Math.fround(sum / sizes[Math.floor(index / width)]!));
  const empty = Array.from(sizes.keys()).filter((cluster) => !(sizes[cluster]! > 1e-9));
  if (empty.length === 0) return next;
  const distances = new Float64Array(table.rowCount);
  for (let row = 0; row < table.rowCount; row += 1) {
    const at = table.labels[row]! * width;
    table.row(row).forEach((value, index) => (distances[row]! += (value - centres[at + index]!) ** 2));
  }
  for (const cluster of empty) {
    let farthest = 0;
    for (let row = 1; row < distances.length; row += 1) if (distances[row]! > distances[farthest]!) farthest = row;
    if (distances[farthest] === 0) {
      const message = `There are fewer different rows than the ${sizes.length} clusters wanted. Choose fewer centroids.`;
      throw new NodeError('rows_none', message, { param: 'clusters' });
    }
    distances[farthest] = 0;
    next.set(table.row(farthest), cluster * width);
  }
  return next;
}
