import type { TrainingShape } from '../kit/context.ts';
import type { Crew } from './crew.server.ts';
import { requireMemory } from './memory.server.ts';
import { BASE, KERNEL_BYTES, readKernel, sharedMemory, startKernel, type Kernel } from './load.server.ts';

interface Exports {
  layout(base: number, rows: number, width: number, places: number, blockRows: number, trials: number): number;
  pointsAddress(): number;
  labelsAddress(): number;
  nearestAddress(): number;
  lengthsAddress(): number;
  stageRows(): number;
  stageAddress(): number;
  meansAddress(): number;
  takeRows(from: number, count: number): number;
  weightsAddress(): number;
  centresAddress(): number;
  biasesAddress(): number;
  centreRowsAddress(): number;
  movesAddress(): number;
  travelsAddress(): number;
  halfGapsAddress(): number;
  batchAddress(): number;
  addBatch(count: number): number;
  sumsAddress(): number;
  sumsStride(): number;
  turnAddress(): number;
  assign(to: number, longest: number): void;
  tryCentres(to: number): void;
  keepCentre(to: number, chosen: number): void;
}

export interface KMeansData {
  readonly rowCount: number;
  readonly width: number;
  /** The values of a column; no missing ones. */
  column(index: number): Float32Array;
  /** Above zero. */
  readonly weights?: Float64Array;
}

/** Of centres, whose bounds are held apart. */
const GROUPS = 8;
const BLOCKS = 64;
const RUN_MILLISECONDS = 25;

/** The rows in the kernel's memory, with the mean of each column taken away. */
export type KernelRows = Awaited<ReturnType<typeof createRows>>;

const blockRowsOf = (rowCount: number): number => Math.max(64, Math.ceil(rowCount / BLOCKS / 4) * 4);

/** Bytes of the rows in the kernel's memory. */
export const rowsBytes = ({ rowCount, columnCount: width }: TrainingShape, places: number, trials: number): number =>
  (rowCount + 3) * (width + Math.max(trials, GROUPS) + 6) * 4 +
  (2 * width + 3) * places * 4 +
  Math.ceil(rowCount / blockRowsOf(rowCount)) * (places * (width + 1) * 8 + 72) +
  513 * width * 4 +
  1_152;

/** Copies the rows into a kernel. `trials` candidates, a multiple of 4, can be tried at once. Throws NodeError `memory_exhausted`. */
export async function createRows(data: KMeansData, places: number, trials: number, crew: Crew, context: { breathe(): Promise<void> }) {
  const { rowCount, width } = data;
  const blockRows = blockRowsOf(rowCount);
  const blocks = Math.ceil(rowCount / blockRows);
  const layout = [BASE, rowCount, width, places, blockRows, trials] as const;
  const bytes = rowsBytes({ rowCount, columnCount: width }, places, trials);
  const what = `K-means of ${rowCount.toLocaleString('en-US')} rows × ${width.toLocaleString('en-US')} columns`;
  requireMemory(bytes, what, { limit: KERNEL_BYTES, advice: 'Use fewer rows or columns, or fewer clusters.' });
  // The columns are there a second time until they are taken.
  requireMemory(bytes + rowCount * width * 4, what);
  const memory = sharedMemory(bytes);
  const module = await readKernel('k-means');
  const { exports }: Kernel<Exports> = await startKernel<Exports>(module, memory);
  if (exports.layout(...layout) >>> 0 > memory.buffer.byteLength) throw new Error('The kernel needs more memory than was reserved.');
  let crewed = false;
  const hired = crew
    .load('k-means', module, memory)
    .then(() => crew.callAll('k-means', 'layout', () => layout))
    .then(() => (crewed = crew.size > 1));
  hired.catch(() => {});

  const { buffer } = memory;
  const floats = (address: number, length: number) => new Float32Array(buffer, address >>> 0, length);
  const points = floats(exports.pointsAddress(), rowCount * width);
  const weights = floats(exports.weightsAddress(), rowCount).fill(1);
  if (data.weights) weights.set(data.weights);
  const columns = Array.from({ length: width }, (_, index) => data.column(index));
  const means = Float64Array.from(columns, (values) => {
    let sum = 0;
    for (let row = 0; row < rowCount; row += 1) sum += values[row]!;
    return sum / rowCount;
  });
  const taken = floats(exports.meansAddress(), width);
  taken.set(means);
  await context.breathe();
  const stageRows = exports.stageRows();
  const stage = floats(exports.stageAddress(), stageRows * width);
  let plain = 0;
  for (let from = 0; from < rowCount; from += stageRows) {
    const to = Math.min(rowCount, from + stageRows);
    columns.forEach((values, index) => stage.set(values.subarray(from, to), index * stageRows));
    plain += exports.takeRows(from, to - from);
    if (from % (stageRows * 64) === 0) await context.breathe();
  }
  const lengths = floats(exports.lengthsAddress(), rowCount);
  const squares = data.weights ? lengths.reduce((sum, length, row) => sum + weights[row]! * length, 0) : plain;
  const variance = means.reduce((rest, mean, index) => rest - (mean - taken[index]!) ** 2, plain / rowCount);

  let blocksPerRun = 1;
  const turn = new Int32Array(buffer, exports.turnAddress() >>> 0, 1);
  /** Calls an export on all blocks, shared among the threads. */
  async function overBlocks(call: 'assign' | 'tryCentres' | 'keepCentre', ...values: number[]): Promise<void> {
    for (let from = 0; from < blocks;) {
      const members = crewed ? crew.size : 1;
      const to = Math.min(blocks, from + blocksPerRun * members);
      const started = performance.now();
      Atomics.store(turn, 0, from);
      const others = members > 1 ? crew.callAll('k-means', call, () => [to, ...values]) : undefined;
      (exports[call] as (...all: number[]) => void)(to, ...values);
      await others;
      const milliseconds = Math.max(performance.now() - started, 0.01);
      blocksPerRun = Math.max(1, Math.min(blocksPerRun * 4, Math.floor(((to - from) / members) * (RUN_MILLISECONDS / milliseconds))));
      from = to;
      await context.breathe();
    }
  }

  const travelled = new Float64Array(GROUPS);
  const stride = exports.sumsStride() >>> 0;
  const sumsOf = (block: number) => new Float64Array(buffer, (exports.sumsAddress() >>> 0) + block * stride, places * (width + 1) + 1);
  return {
    rowCount,
    width,
    trials,
    blockRows,
    blocks,
    means: Float64Array.from(taken),
    weights,
    /** Weighted sum of the squared lengths. */
    squares,
    /** Mean variance of the columns. */
    variance: variance / width,
    labels: new Int32Array(buffer, exports.labelsAddress() >>> 0, rowCount).fill(-1),
    nearest: floats(exports.nearestAddress(), rowCount).fill(Infinity),
    row: (index: number) => points.subarray(index * width, (index + 1) * width),
    /** Tells the kernel the centres; places beyond them are never nearest. Gives the largest of their squared lengths. */
    setCentres(centres: ArrayLike<number>) {
      const count = centres.length / width;
      const to = floats(exports.centresAddress(), width * places).fill(0);
      const biases = floats(exports.biasesAddress(), places).fill(-Infinity);
      floats(exports.centreRowsAddress(), width * places).set(centres);
      for (let cluster = 0; cluster < count; cluster += 1) {
        let length = 0;
        for (let index = 0; index < width; index += 1) {
          const value = Math.fround(centres[cluster * width + index]!);
          to[index * places + cluster] = value;
          length += value * value;
        }
        biases[cluster] = -length / 2;
      }
      return -2 * biases.subarray(0, count).reduce((low, each) => Math.min(low, each), 0);
    },
    /** Tells the kernel how the centres moved, for the bounds of its rows. Both as float32. */
    setMoves(before: Float64Array, centres: Float64Array) {
      const { moves, halfGaps } = movesOf(before, centres, width);
      floats(exports.movesAddress(), places).set(moves);
      floats(exports.halfGapsAddress(), places).set(halfGaps);
      for (let group = 0; group < GROUPS; group += 1) {
        let longest = 0;
        for (let cluster = group; cluster < moves.length; cluster += GROUPS) longest = Math.max(longest, moves[cluster]!);
        travelled[group]! += longest;
      }
      floats(exports.travelsAddress(), GROUPS).set(travelled);
    },
    overBlocks,
    /** Sums and weights of a batch of rows by the nearest of the centres set, as `total` gives them afterwards, and the weighted squared distances. */
    addBatch(rows: Uint32Array) {
      new Uint32Array(buffer, exports.batchAddress() >>> 0, rows.length).set(rows);
      return exports.addBatch(rows.length);
    },
    /** Weighted sums by candidate after `tryCentres`: of a block. */
    tried: (block: number) => sumsOf(block).subarray(places * width, places * width + trials),
    clearSums() {
      for (let block = 0; block < blocks; block += 1) sumsOf(block).fill(0);
    },
    /** Sums [clusters, width] and weights of the clusters, and how many rows changed in the last pass. */
    total(clusters: number) {
      const sums = new Float64Array(clusters * width);
      const sizes = new Float64Array(clusters);
      let changed = 0;
      for (let block = 0; block < blocks; block += 1) {
        const part = sumsOf(block);
        for (let index = 0; index < sums.length; index += 1) sums[index]! += part[index]!;
        for (let cluster = 0; cluster < clusters; cluster += 1) sizes[cluster]! += part[places * width + cluster]!;
        changed += part[places * (width + 1)]!;
      }
      return { sums, sizes, changed };
    },
  };
}

/** Of each centre: how far it moved, and half of its distance from the nearest other one. */
function movesOf(before: Float64Array, centres: Float64Array, width: number) {
  const count = centres.length / width;
  const distance = (left: Float64Array, i: number, right: Float64Array, j: number): number => {
    let sum = 0;
    for (let index = 0; index < width; index += 1) sum += (left[i * width + index]! - right[j * width + index]!) ** 2;
    return Math.sqrt(sum);
  };
  const moves = Float64Array.from({ length: count }, (_, cluster) => distance(before, cluster, centres, cluster) * (1 + 1e-6));
  const gaps = new Float64Array(count).fill(Infinity);
  for (let i = 0; i < count; i += 1)
    for (let j = 0; j < i; j += 1) {
      const gap = distance(centres, i, centres, j) * (1 - 1e-6);
      gaps[i] = Math.min(gaps[i]!, gap);
      gaps[j] = Math.min(gaps[j]!, gap);
    }
  return { moves, halfGaps: gaps.map((gap) => gap / 2) };
}
