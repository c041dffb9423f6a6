import { BASE, growShared, KERNEL_BYTES, readKernel, sharedMemory, startKernel } from './load.server.ts';
import type { Crew } from './crew.server.ts';
import { requireMemory } from './memory.server.ts';
import { sampleOf } from './random.ts';

interface Exports {
  layout(base: number, rows: number, columns: number, trained: number, sampled: number, raw: number, bins: number, thread: number, threads: number): number;
  setLevels(column: number, levels: number): void;
  startAt(first: number): void;
  binNext(first: number, end: number): number;
  countsAddress(): number;
  edgesAddress(): number;
  binsAddress(): number;
  sampleAddress(): number;
  rawAddress(): number;
}

/** A column of float32, NaN where missing; with `levels` its values are level numbers from 0, and each level is a bin of its own. */
export interface MatrixSource {
  readonly values: Float32Array;
  readonly levels?: number;
}

/** A column in bins: bin i holds the values x with edges[i−1] < x ≤ edges[i], or level i; missing values have the bin `binCount`. */
export interface BinnedColumn {
  /** binCount − 1 rising float32 numbers; none for levels. */
  readonly edges: Float32Array;
  readonly binCount: number;
  readonly missingCount: number;
  readonly levels?: number;
}

/** Bins in memory that threads share, one byte each, column after column; `end` is the first address after them. */
export interface BinnedMatrix {
  readonly memory: WebAssembly.Memory;
  readonly binsAddress: number;
  /** 255 edges a column, +∞ after the last true one. */
  readonly edgesAddress: number;
  readonly end: number;
  readonly rowCount: number;
  readonly columns: readonly BinnedColumn[];
}

export interface BinningOptions {
  readonly rowCount: number;
  /** How many rows, from the first, give the edges. */
  readonly trainedCount: number;
  readonly maximumBins?: number;
  readonly seed: number;
}

export const MAXIMUM_BINS = 255;
/** More rows than this do not move the quantiles; the edges come from a sample of them. */
export const EDGE_ROWS = 200_000;
const RAW_BYTES = 256 * 2 ** 20;

/** Columns that lie in memory as numbers at a time. */
const batchOf = (columnCount: number, rowCount: number): number => Math.max(1, Math.min(columnCount, Math.floor(RAW_BYTES / (rowCount * 4))));

/** Bytes of a binned matrix that last. */
export const binnedBytes = (columnCount: number, rowCount: number): number => BASE + columnCount * 1_040 + rowCount * columnCount + 1_024;

/** Bytes that binning needs while it goes on. */
export function binningBytes(columnCount: number, { rowCount, trainedCount }: Pick<BinningOptions, 'rowCount' | 'trainedCount'>, threads: number): number {
  const sampled = trainedCount > EDGE_ROWS ? EDGE_ROWS : 0;
  const raw = batchOf(columnCount, rowCount) * rowCount * 4;
  return binnedBytes(columnCount, rowCount) + sampled * 4 + raw + threads * ((sampled || trainedCount) * 12 + 32_768);
}

/**
 * Puts columns into at most `maximumBins` ≤ 255 bins: one per distinct value where that is enough, otherwise bins of about equal numbers of rows.
 * The result does not depend on the crew. `breathe` is awaited between columns. Throws NodeError `memory_exhausted`.
 */
export async function binMatrix(
  sources: readonly MatrixSource[],
  { rowCount, trainedCount, maximumBins = MAXIMUM_BINS, seed }: BinningOptions,
  crew: Crew,
  breathe: () => Promise<void>,
): Promise<BinnedMatrix> {
  const count = sources.length;
  const sample = trainedCount > EDGE_ROWS ? sampleOf(trainedCount, EDGE_ROWS, seed) : new Uint32Array(0);
  const batch = batchOf(count, rowCount);
  const module = await readKernel('binning');
  const bytes = binningBytes(count, { rowCount, trainedCount }, crew.size);
  // It is taken little by little, too late to say what is wrong.
  if (bytes <= KERNEL_BYTES) requireMemory(bytes, 'Training');
  const memory = sharedMemory(bytes);
  const { exports } = await startKernel<Exports>(module, memory);
  const plan = (thread: number) =>
    [BASE, rowCount, count, trainedCount, sample.length, batch, maximumBins, thread, crew.size] satisfies Parameters<Exports['layout']>;
  growShared(memory, exports.layout(...plan(0)) >>> 0);
  const hired = crew.load('binning', module, memory).then(() => crew.callAll('binning', 'layout', plan));
  new Uint32Array(memory.buffer, exports.sampleAddress() >>> 0, sample.length).set(sample);
  for (const [index, { levels }] of sources.entries()) exports.setLevels(index, levels ?? 0);
  for (let first = 0; first < count; first += batch) {
    const end = Math.min(count, first + batch);
    for (let index = first; index < end; index += 1) {
      new Float32Array(memory.buffer, (exports.rawAddress() >>> 0) + (index - first) * rowCount * 4, rowCount).set(sources[index]!.values);
      await breathe();
    }
    exports.startAt(first);
    const others = hired.then(() => crew.callAll('binning', 'binAll', () => [first, end]));
    while (exports.binNext(first, end)) await breathe();
    await others;
  }
  const counts = new Uint32Array(memory.buffer, exports.countsAddress() >>> 0, count * 2);
  const edges = new Float32Array(memory.buffer, exports.edgesAddress() >>> 0, count * 255);
  return {
    memory,
    binsAddress: exports.binsAddress() >>> 0,
    edgesAddress: exports.edgesAddress() >>> 0,
    end: exports.sampleAddress() >>> 0,
    rowCount,
    columns: sources.map(({ levels }, index) => {
      const binCount = counts[index * 2]!;
      return {
        binCount,
        missingCount: counts[index * 2 + 1]!,
        levels,
        edges: levels ? new Float32Array(0) : edges.slice(index * 255, index * 255 + binCount - 1),
      };
    }),
  };
}

/** The bins of a column. */
export const binsOf = ({ memory, binsAddress, rowCount }: BinnedMatrix, column: number): Uint8Array =>
  new Uint8Array(memory.buffer, binsAddress + column * rowCount, rowCount);
