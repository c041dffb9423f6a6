import { nearestOf, plantRows } from '../../kernels/row-tree.ts';

/** Rows of one class as they are compared; row-major. */
export interface Compared {
  readonly rowCount: number;
  /** Numbers over their deviation; NaN is missing. */
  readonly numbers: Float64Array;
  readonly numberCount: number;
  /** Places of levels; missing is a level of its own. */
  readonly levels: Int32Array;
  readonly levelCount: number;
}

/** Below this number a tree is not worth its making. */
const FEW_ROWS = 500;

/** Gives a function that finds the rows nearest to one, as `comparedWithAll` does; many rows without a missing number by a tree. */
export async function nearestFinder(data: Compared, breathe: () => Promise<void>): Promise<(row: number, count: number) => number[]> {
  const { rowCount, numbers, numberCount, levels, levelCount } = data;
  if (rowCount < FEW_ROWS || numberCount === 0 || numbers.some(Number.isNaN)) return (row, count) => comparedWithAll(data, row, count);
  const tree = await plantRows(numbers, numberCount, rowCount, breathe);
  return (row, count) => {
    const own = row * levelCount;
    const beside = (other: number): number => {
      if (other === row) return Infinity;
      let differing = 0;
      for (let column = 0, at = other * levelCount; column < levelCount; column += 1) differing += Number(levels[own + column] !== levels[at + column]);
      return differing;
    };
    return nearestOf(tree, numbers, row * numberCount, count, beside).map((each) => each.row);
  };
}

/**
 * The `count` rows nearest to a row, itself left out, the nearest first; of equally near ones the earlier. Distances as SMOTE-NC has them (Chawla
 * et al. 2002): Euclidean over the numbers, and a level that differs counts as the median deviation of the numbers, which is 1 here. So does a
 * number that only one of both has.
 */
function comparedWithAll(data: Compared, row: number, count: number): number[] {
  const { rowCount, numbers, numberCount, levels, levelCount } = data;
  const own = row * numberCount;
  const ownLevels = row * levelCount;
  const found: { row: number; distance: number }[] = [];
  let limit = Infinity;
  for (let other = 0; other < rowCount; other += 1) {
    if (other === row) continue;
    let distance = 0;
    for (let column = 0, at = other * levelCount; column < levelCount; column += 1) if (levels[ownLevels + column] !== levels[at + column]) distance += 1;
    for (let from = own, at = other * numberCount; from < own + numberCount && distance < limit; from += 1, at += 1) {
      const a = numbers[from]!;
      const difference = a - numbers[at]!;
      // Only NaN differs from itself.
      if (difference === difference) distance += difference * difference;
      else if ((a === a) !== (numbers[at] === numbers[at])) distance += 1;
    }
    if (distance >= limit) continue;
    let place = found.length;
    while (place > 0 && found[place - 1]!.distance > distance) place -= 1;
    found.splice(place, 0, { row: other, distance });
    if (found.length > count) found.pop();
    if (found.length === count) limit = found[count - 1]!.distance;
  }
  return found.map((each) => each.row);
}
