/** Rows below this number are compared one by one. */
const LEAF_ROWS = 24;

/** The rows of a matrix in a tree that halves them along their widest column (Bentley 1975), each part with the box around its rows. */
export interface RowTree {
  readonly width: number;
  /** Numbers of the rows; each part of the tree is a range. */
  readonly order: Uint32Array;
  /** [rows, width] in this order. */
  readonly rows: Float64Array;
  /** Of each part the range of its rows; part 0 is all. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Of each part its two parts; 0 where it has none. */
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  /** [parts, width]. */
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  /** Room for the numbers of parts that wait during a search. */
  readonly waiting: Uint32Array;
}

/** `matrix` is [rows, width], row after row, without missing values. */
export async function plantRows(matrix: Float64Array | Float32Array, width: number, rowCount: number, breathe: () => Promise<void>): Promise<RowTree> {
  const order = Uint32Array.from({ length: rowCount }, (_, row) => row);
  const parts: { from: number; to: number; left: number; right: number; low: Float64Array; high: Float64Array }[] = [];
  let deepest = 0;
  const grow = async (from: number, to: number, depth: number): Promise<number> => {
    const low = new Float64Array(width).fill(Infinity);
    const high = new Float64Array(width).fill(-Infinity);
    for (let at = from; at < to; at += 1)
      for (let column = 0, place = order[at]! * width; column < width; column += 1, place += 1) {
        const value = matrix[place]!;
        if (value < low[column]!) low[column] = value;
        if (value > high[column]!) high[column] = value;
      }
    const part = { from, to, left: 0, right: 0, low, high };
    const number = parts.push(part) - 1;
    deepest = Math.max(deepest, depth);
    let widest = 0;
    for (let column = 1; column < width; column += 1) if (high[column]! - low[column]! > high[widest]! - low[widest]!) widest = column;
    if (to - from <= LEAF_ROWS || !(high[widest]! > low[widest]!)) return number;
    order.subarray(from, to).sort((a, b) => matrix[a * width + widest]! - matrix[b * width + widest]! || a - b);
    const middle = from + ((to - from) >> 1);
    await breathe();
    part.left = await grow(from, middle, depth + 1);
    part.right = await grow(middle, to, depth + 1);
    return number;
  };
  await grow(0, rowCount, 0);
  const rows = new Float64Array(rowCount * width);
  order.forEach((row, at) => rows.set(matrix.subarray(row * width, (row + 1) * width), at * width));
  const boxes = (side: 'low' | 'high') => {
    const all = new Float64Array(parts.length * width);
    parts.forEach((part, at) => all.set(part[side], at * width));
    return all;
  };
  return {
    width,
    order,
    rows,
    from: Uint32Array.from(parts, (each) => each.from),
    to: Uint32Array.from(parts, (each) => each.to),
    left: Uint32Array.from(parts, (each) => each.left),
    right: Uint32Array.from(parts, (each) => each.right),
    lows: boxes('low'),
    highs: boxes('high'),
    waiting: new Uint32Array(deepest + 2),
  };
}

/**
 * The squared distance of a point, which begins at `at`, from the box of a part, or any number above `limit` where it is more. No rounded distance
 * of one of its rows is less.
 */
function distanceFrom({ width, lows, highs }: RowTree, part: number, point: Float64Array | Float32Array, at: number, limit: number): number {
  let distance = 0;
  for (let column = 0, place = part * width; column < width && distance <= limit; column += 1, place += 1) {
    const value = point[at + column]!;
    const difference = value < lows[place]! ? lows[place]! - value : value > highs[place]! ? value - highs[place]! : 0;
    distance += difference * difference;
  }
  return distance;
}

/** The same from the farthest corner. */
function distanceAcross({ width, lows, highs }: RowTree, part: number, point: Float64Array | Float32Array, at: number): number {
  let distance = 0;
  for (let column = 0, place = part * width; column < width; column += 1, place += 1) {
    const value = point[at + column]!;
    const difference = Math.max(value - lows[place]!, highs[place]! - value);
    distance += difference * difference;
  }
  return distance;
}

/** Writes the numbers of the rows within the radius of a point, which begins at `at`, and gives how many there are. */
export function rowsWithin(tree: RowTree, point: Float64Array | Float32Array, at: number, radius: number, found: Uint32Array): number {
  const { width, order, rows, from, to, left, right, waiting } = tree;
  const squared = radius * radius;
  let count = 0;
  let size = 0;
  waiting[size++] = 0;
  while (size > 0) {
    const part = waiting[--size]!;
    if (distanceFrom(tree, part, point, at, squared) > squared) continue;
    const [begin, end] = [from[part]!, to[part]!];
    if (distanceAcross(tree, part, point, at) <= squared) {
      for (let place = begin; place < end; place += 1) found[count++] = order[place]!;
      continue;
    }
    if (left[part]! > 0) {
      waiting[size++] = right[part]!;
      waiting[size++] = left[part]!;
      continue;
    }
    for (let place = begin; place < end; place += 1) {
      let distance = 0;
      for (let column = 0, other = place * width; column < width && distance <= squared; column += 1, other += 1) {
        const difference = point[at + column]! - rows[other]!;
        distance += difference * difference;
      }
      if (distance <= squared) found[count++] = order[place]!;
    }
  }
  return count;
}

/** A row and its distance. */
export interface Near {
  readonly row: number;
  readonly distance: number;
}

/**
 * The `count` rows with the least distances from a point, which begins at `at`, the nearest first; of equally near ones the lower number. The
 * distance of a row is the squared one plus what `beside` gives for it, which is not negative; Infinity leaves a row out.
 */
export function nearestOf(tree: RowTree, point: Float64Array, at: number, count: number, beside: (row: number) => number): Near[] {
  const { width, order, rows, from, to, left, right } = tree;
  const found: Near[] = [];
  let limit = Infinity;
  const search = (part: number): void => {
    if (left[part]! > 0) {
      const [a, b] = [left[part]!, right[part]!];
      const [first, second] = [distanceFrom(tree, a, point, at, limit), distanceFrom(tree, b, point, at, limit)];
      const nearer = first <= second;
      if (Math.min(first, second) <= limit) search(nearer ? a : b);
      if (Math.max(first, second) <= limit) search(nearer ? b : a);
      return;
    }
    for (let place = from[part]!; place < to[part]!; place += 1) {
      const row = order[place]!;
      let distance = beside(row);
      for (let column = 0, other = place * width; column < width && distance <= limit; column += 1, other += 1) {
        const difference = point[at + column]! - rows[other]!;
        distance += difference * difference;
      }
      if (!(distance <= limit) || distance === Infinity) continue;
      let before = found.length;
      while (before > 0 && (found[before - 1]!.distance > distance || (found[before - 1]!.distance === distance && found[before - 1]!.row > row))) before -= 1;
      found.splice(before, 0, { row, distance });
      if (found.length > count) found.pop();
      if (found.length === count) limit = found[count - 1]!.distance;
    }
  };
  search(0);
  return found;
}
