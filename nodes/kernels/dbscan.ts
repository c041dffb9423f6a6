import { plantRows, rowsWithin } from './row-tree.ts';

export interface DbscanRows {
  /** [rows, width], row after row. */
  readonly matrix: Float64Array | Float32Array;
  readonly width: number;
  readonly rowCount: number;
}

/**
 * Clusters as dense regions (Ester, Kriegel, Sander & Xu 1996): a row with at least `minimumRows` rows within `radius`, itself among them, is a
 * core; cores within reach of each other and what they reach form a cluster, counted from 0 in the order of rows. −1 is noise. The same labels as
 * scikit-learn's DBSCAN.
 */
export async function densityClusters(
  rows: DbscanRows,
  { radius, minimumRows }: { radius: number; minimumRows: number },
  context: { breathe(): Promise<void>; progress?(share: number): void },
): Promise<Int32Array> {
  const { matrix, width, rowCount } = rows;
  const tree = await plantRows(matrix, width, rowCount, context.breathe);
  const labels = new Int32Array(rowCount).fill(-1);
  /** 0 not looked at, 1 no core, 2 core. */
  const kinds = new Uint8Array(rowCount);
  const found = new Uint32Array(rowCount);
  const waiting = new Uint32Array(rowCount);
  const queued = new Uint8Array(rowCount);
  let looked = 0;
  const around = async (row: number): Promise<number> => {
    looked += 1;
    if ((looked & 63) === 0) {
      context.progress?.(looked / rowCount);
      await context.breathe();
    }
    const count = rowsWithin(tree, matrix, row * width, radius, found);
    kinds[row] = count >= minimumRows ? 2 : 1;
    return count;
  };
  let cluster = 0;
  for (let start = 0; start < rowCount; start += 1) {
    if (labels[start] !== -1 || kinds[start] !== 0) continue;
    let count = await around(start);
    if (kinds[start] !== 2) continue;
    let size = 0;
    const join = (total: number) => {
      for (let index = 0; index < total; index += 1) {
        const row = found[index]!;
        if (labels[row] === -1) labels[row] = cluster;
        // What was looked at before and is no core leads nowhere.
        if (kinds[row] === 0 && queued[row] === 0) {
          queued[row] = 1;
          waiting[size++] = row;
        }
      }
    };
    labels[start] = cluster;
    join(count);
    while (size > 0) {
      const row = waiting[--size]!;
      count = await around(row);
      if (kinds[row] === 2) join(count);
    }
    cluster += 1;
  }
  return labels;
}
