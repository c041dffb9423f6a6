import type { KernelRows } from './k-means-rows.server.ts';

/** How the first centres are chosen. */
export type Seeding = 'first' | 'random' | 'k-means++';

/** The numbers of the rows that are the first centres. */
export async function startingRows(table: KernelRows, { clusters, seeding }: { clusters: number; seeding: Seeding }, random: () => number): Promise<number[]> {
  if (seeding === 'first') return Array.from({ length: clusters }, (_, row) => row);
  if (seeding === 'random') return differentRows(table.rowCount, clusters, random);
  return spreadRows(table, clusters, random);
}

/** Different rows, each as likely as any other (Floyd's sampling). */
function differentRows(rowCount: number, count: number, random: () => number): number[] {
  const chosen = new Set<number>();
  for (let last = rowCount - count; last < rowCount; last += 1) {
    const row = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(row) ? last : row);
  }
  return [...chosen];
}

/**
 * k-means++ (Arthur & Vassilvitskii 2007): each next row is drawn with a chance in proportion to its squared distance from the nearest centre so
 * far; of several candidates the one that lowers the sum of these distances most is taken.
 */
async function spreadRows(table: KernelRows, clusters: number, random: () => number): Promise<number[]> {
  const { rowCount, width, trials, weights, nearest } = table;
  const drawn = Math.min(trials, 2 + Math.floor(Math.log(clusters)));
  const chosen: number[] = [];
  // All rows are infinitely far before the first centre is there; weights alone count.
  let totals = blockTotals(table, () => 1);
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    const first = cluster === 0;
    const sum = totals.reduce((all, each) => all + each, 0);
    const candidates = Array.from({ length: first ? 1 : drawn }, () => {
      if (!(sum > 0)) return Math.floor(random() * rowCount);
      return rowAt(random() * sum, totals, table, first ? (row) => weights[row]! : (row) => weights[row]! * nearest[row]!);
    });
    const centres = new Float64Array(trials * width);
    for (let place = 0; place < trials; place += 1) centres.set(table.row(candidates[place] ?? candidates[0]!), place * width);
    table.setCentres(centres);
    await table.overBlocks('tryCentres');
    const sums = Array.from({ length: trials }, (_, place) => {
      let all = 0;
      for (let block = 0; block < table.blocks; block += 1) all += table.tried(block)[place]!;
      return all;
    });
    const best = candidates.reduce((low, _, place) => (sums[place]! < sums[low]! ? place : low), 0);
    await table.overBlocks('keepCentre', best);
    totals = Float64Array.from({ length: table.blocks }, (_, block) => table.tried(block)[best]!);
    chosen.push(candidates[best]!);
  }
  return chosen;
}

function blockTotals({ rowCount, blockRows, blocks, weights }: KernelRows, value: (row: number) => number): Float64Array {
  return Float64Array.from({ length: blocks }, (_, block) => {
    let sum = 0;
    for (let row = block * blockRows; row < Math.min(rowCount, (block + 1) * blockRows); row += 1) sum += weights[row]! * value(row);
    return sum;
  });
}

/** The row at which the running sum reaches `target`. */
function rowAt(target: number, totals: Float64Array, { rowCount, blockRows }: KernelRows, share: (row: number) => number): number {
  let block = 0;
  let left = target;
  while (block < totals.length - 1 && left >= totals[block]!) left -= totals[block++]!;
  const end = Math.min(rowCount, (block + 1) * blockRows);
  let last = block * blockRows;
  for (let row = last; row < end; row += 1) {
    const own = share(row);
    if (own > 0) last = row;
    left -= own;
    if (left < 0) return row;
  }
  return last;
}
