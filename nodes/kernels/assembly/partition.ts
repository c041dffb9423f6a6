// Parts rows into those that go left and those that go right, in two steps that any number of threads can share.
import { binsByColumn, leftRows, order, rightRows, rows, ways } from './state';

/** Of the last range split. */
export let countLeft: u32 = 0;

/** Copies the rows of order[begin..end) to the same place of `leftRows` and `rightRows`, each without gaps. */
export function splitRows(begin: u32, end: u32, feature: u32): void {
  const column = binsByColumn + <usize>feature * <usize>rows;
  const table = ways;
  const first = leftRows + (<usize>begin << 2);
  let left = first;
  let right = rightRows + (<usize>begin << 2);
  const last = order + (<usize>end << 2);
  for (let at = order + (<usize>begin << 2); at < last; at += 4) {
    const row = load<u32>(at);
    const goesLeft = <usize>load<u8>(table + <usize>load<u8>(column + <usize>row));
    store<u32>(left, row);
    store<u32>(right, row);
    left += goesLeft << 2;
    right += (1 - goesLeft) << 2;
  }
  countLeft = <u32>((left - first) >> 2);
}

/** Copies what `splitRows` left at `begin` to its place in the order. */
export function joinParts(begin: u32, lefts: u32, rights: u32, left: u32, right: u32): void {
  memory.copy(order + (<usize>left << 2), leftRows + (<usize>begin << 2), <usize>lefts << 2);
  memory.copy(order + (<usize>right << 2), rightRows + (<usize>begin << 2), <usize>rights << 2);
}
