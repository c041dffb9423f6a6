import type { KernelRows } from './k-means-rows.server.ts';

export interface MiniBatchOptions {
  readonly clusters: number;
  /** So many times the number of rows are taken at most. */
  readonly iterations: number;
  readonly batchRows: number;
}

export interface MiniBatchContext {
  breathe(): Promise<void>;
  iterate?(iteration: number, inertia: number): void;
}

/** Ends when the running mean of the distances has not become less in so many batches. */
const PATIENCE = 10;

/**
 * Mini-batch k-means (Sculley 2010, "Web-scale k-means clustering"): each batch of random rows moves the centres [clusters, width] in place, each
 * towards the mean of its rows by the share that they have in all of its rows so far. The stop is scikit-learn's: a running mean of the batches'
 * squared distances that no longer falls. A centre that has had no row after as many rows as there are begins anew at a random one. Gives, for
 * each time that as many rows as there are were taken, the estimate of the sum of squared distances.
 */
export async function miniBatches(
  table: KernelRows,
  centres: Float64Array,
  { clusters, iterations, batchRows }: MiniBatchOptions,
  random: () => number,
  context: MiniBatchContext,
): Promise<{ batches: number[]; converged: boolean }> {
  const { rowCount, width } = table;
  const counts = new Float64Array(clusters);
  const rows = new Uint32Array(batchRows);
  const perPass = Math.ceil(rowCount / batchRows);
  const weight = Math.min(1, (2 * batchRows) / (rowCount + 1));
  const history: number[] = [];
  table.clearSums();
  let [mean, least, idle] = [0, Infinity, 0];
  for (let batch = 0; batch < iterations * perPass; batch += 1) {
    for (let index = 0; index < batchRows; index += 1) rows[index] = Math.floor(random() * rowCount);
    table.setCentres(centres);
    const distances = table.addBatch(rows) / batchRows;
    const { sums, sizes } = table.total(clusters);
    for (let cluster = 0; cluster < clusters; cluster += 1) {
      if (!(sizes[cluster]! > 0)) continue;
      counts[cluster]! += sizes[cluster]!;
      for (let at = cluster * width; at < (cluster + 1) * width; at += 1) centres[at]! += (sums[at]! - sizes[cluster]! * centres[at]!) / counts[cluster]!;
    }
    mean = batch === 0 ? distances : mean * (1 - weight) + distances * weight;
    // The first batch is scored by the first centres alone.
    if (batch > 0) idle = mean < least ? 0 : idle + 1;
    least = Math.min(least, batch > 0 ? mean : Infinity);
    if ((batch + 1) % perPass === 0) {
      history.push(mean * rowCount);
      context.iterate?.(history.length, mean * rowCount);
      counts.forEach((count, cluster) => {
        if (count === 0) centres.set(table.row(Math.floor(random() * rowCount)), cluster * width);
      });
    }
    if (idle >= PATIENCE) return { batches: history, converged: true };
    await context.breathe();
  }
  return { batches: history, converged: false };
}
