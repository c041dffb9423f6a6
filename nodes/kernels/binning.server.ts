import { aligned, loadKernel, reserve } from './load.server.ts';

interface Exports {
  scratchBytes(rows: number): number;
  quantileEdges(values: number, rows: number, scratch: number, edges: number, maximumBins: number): number;
  assignBins(values: number, rows: number, edges: number, missing: number, to: number): number;
}

/** A column in bins: bin i holds the values x with edges[i−1] < x ≤ edges[i]; missing values have the bin `binCount`. */
export interface BinnedColumn {
  /** binCount − 1 rising float32 numbers. */
  readonly edges: Float32Array;
  readonly binCount: number;
  readonly missingCount: number;
  readonly bins: Uint8Array;
}

export const MAXIMUM_BINS = 255;
const EDGE_BYTES = 255 * 4;
/** More rows than this do not move the quantiles; the edges come from a sample of them. */
export const EDGE_ROWS = 200_000;

export interface Binner {
  bin(values: Float32Array): BinnedColumn;
}

/**
 * Puts columns of float32 (NaN is missing) into at most `maximumBins` ≤ 255 bins: one per distinct value where that is enough, otherwise bins
 * of about equal numbers of rows. `sample` lists the rows that give the edges; all of them by default.
 */
export async function createBinner(rowCount: number, maximumBins = MAXIMUM_BINS, sample?: Uint32Array): Promise<Binner> {
  const kernel = await loadKernel<Exports>('binning');
  const { exports } = kernel;
  const values = kernel.base;
  const sampled = aligned(values + rowCount * 4);
  const edges = aligned(sampled + (sample?.length ?? 0) * 4);
  const bins = aligned(edges + EDGE_BYTES);
  const scratch = aligned(bins + rowCount);
  reserve(kernel, scratch + exports.scratchBytes(rowCount));
  return {
    bin(column) {
      const { buffer } = kernel.memory;
      new Float32Array(buffer, values, rowCount).set(column);
      const edgeValues = new Float32Array(buffer, edges, 255).fill(Infinity);
      if (sample) {
        const chosen = new Float32Array(buffer, sampled, sample.length);
        for (let index = 0; index < sample.length; index += 1) chosen[index] = column[sample[index]!]!;
      }
      const binCount = Math.max(
        1,
        sample
          ? exports.quantileEdges(sampled, sample.length, scratch, edges, maximumBins)
          : exports.quantileEdges(values, rowCount, scratch, edges, maximumBins),
      );
      const missingCount = exports.assignBins(values, rowCount, edges, binCount, bins);
      return { edges: edgeValues.slice(0, binCount - 1), binCount, missingCount, bins: new Uint8Array(buffer, bins, rowCount).slice() };
    },
  };
}
