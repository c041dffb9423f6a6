/** Rows below this number are compared one by one. */
const LEAF_ROWS = 24;

/** The rows of a matrix in a tree that halves them along their widest column (Bentley 1975). */
interface RowTree {
  /** Numbers of the rows; each part of the tree is a range. */
  readonly order: Uint32Array;
  readonly nodes: readonly Part[];
}
interface Part {
  readonly from: number;
  readonly to: number;
  readonly column: number;
  readonly value: number;
  readonly left: number;
  readonly right: number;
}

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
  const { rowCount } = rows;
  const tree = await plant(rows, context.breathe);
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
    const count = neighbours(rows, tree, row, radius, found);
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

async function plant({ matrix, width, rowCount }: DbscanRows, breathe: () => Promise<void>): Promise<RowTree> {
  const order = Uint32Array.from({ length: rowCount }, (_, row) => row);
  const nodes: Part[] = [];
  const grow = async (from: number, to: number): Promise<number> => {
    const place = nodes.length;
    nodes.push({ from, to, column: -1, value: 0, left: -1, right: -1 });
    if (to - from <= LEAF_ROWS) return place;
    const { column, spread } = widest(from, to);
    if (!(spread > 0)) return place;
    const sorted = order.subarray(from, to).sort((a, b) => matrix[a * width + column]! - matrix[b * width + column]! || a - b);
    const middle = from + (sorted.length >> 1);
    const value = matrix[order[middle]! * width + column]!;
    await breathe();
    const left = await grow(from, middle);
    const right = await grow(middle, to);
    nodes[place] = { from, to, column, value, left, right };
    return place;
  };
  const widest = (from: number, to: number) => {
    let [column, spread] = [0, -1];
    for (let each = 0; each < width; each += 1) {
      let [low, high] = [Infinity, -Infinity];
      for (let at = from; at < to; at += 1) {
        const value = matrix[order[at]! * width + each]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > spread) [column, spread] = [each, high - low];
    }
    return { column, spread };
  };
  await grow(0, rowCount);
  return { order, nodes };
}

/** Writes the rows within the radius of a row, itself among them, and gives their number. */
function neighbours({ matrix, width }: DbscanRows, { order, nodes }: RowTree, row: number, radius: number, found: Uint32Array): number {
  const squared = radius * radius;
  const at = row * width;
  const stack = [0];
  let count = 0;
  while (stack.length > 0) {
    const { from, to, column, value, left, right } = nodes[stack.pop()!]!;
    if (left >= 0) {
      const side = matrix[at + column]! - value;
      if (side >= -radius) stack.push(right);
      if (side <= radius) stack.push(left);
      continue;
    }
    for (let index = from; index < to; index += 1) {
      const other = order[index]! * width;
      let distance = 0;
      for (let each = 0; each < width && distance <= squared; each += 1) {
        const difference = matrix[at + each]! - matrix[other + each]!;
        distance += difference * difference;
      }
      if (distance <= squared) found[count++] = order[index]!;
    }
  }
  return count;
}
