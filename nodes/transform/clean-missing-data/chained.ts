import { factor } from '../../kernels/solve.ts';

/** A number that predicts others, and may be estimated itself. Values are those of a fitted graph: float32, not-a-number where missing. */
export interface Standardized {
  readonly name: string;
  readonly mean: number;
  /** 1 where all values are equal. */
  readonly deviation: number;
  /** The least and the greatest value seen, standardized: what lies beyond counts as these. */
  readonly low: number;
  readonly high: number;
}

/** Estimates one column from all others: weights over the columns of the matrix, its own being 0. */
export interface Estimate {
  /** Place among the numbers. */
  readonly at: number;
  readonly weights: Float64Array;
  readonly intercept: number;
}

export interface Chained {
  readonly numbers: readonly Standardized[];
  /** In the order in which they are made in each round. */
  readonly estimates: readonly Estimate[];
  readonly rounds: number;
}

/** Ridge penalty for each row, of standardized columns: keeps estimates finite where columns depend on each other. */
const PENALTY = 1e-3;
/** Estimates that change by less than this, in standard deviations, have settled. */
const SETTLED = 1e-4;

export function standardize(name: string, values: Float64Array): Standardized | null {
  let [count, sum, low, high] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count += 1;
    sum += value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (count === 0) return null;
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  const deviation = high > low ? Math.sqrt(squares / count) || 1 : 1;
  return { name, mean, deviation, low: high > low ? (low - mean) / deviation : 0, high: high > low ? (high - mean) / deviation : 0 };
}

/** As a column of the matrix: standardized, within what was seen, and 0 where it is missing. */
const entry = (value: number, { mean, deviation, low, high }: Standardized): number =>
  Number.isNaN(value) ? 0 : Math.min(high, Math.max(low, (value - mean) / deviation));

const missingRows = (values: Float64Array): number[] => {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row += 1) if (Number.isNaN(values[row]!)) rows.push(row);
  return rows;
};

/**
 * Chained equations (van Buuren & Groothuis-Oudshoorn 2011) with ridge regressions in place of draws: missing values begin at the mean; in each round
 * every column of `targets` is regressed on all others over the rows that have it, and its missing values are estimated anew, until they settle.
 * `indicators` are columns of 0 and 1 that predict only.
 */
export async function fitChained(
  numbers: readonly Standardized[],
  values: readonly Float64Array[],
  indicators: readonly Float64Array[],
  targets: readonly number[],
  rounds: number,
  breathe: () => Promise<void>,
): Promise<Chained> {
  const rowCount = values[0]?.length ?? 0;
  const matrix = [...values.map((column, at) => column.map((value) => entry(value, numbers[at]!))), ...indicators];
  const size = matrix.length + 1;
  const rowOf = (row: number, into: Float64Array): Float64Array => {
    for (let at = 0; at < matrix.length; at += 1) into[at] = matrix[at]![row]!;
    into[size - 1] = 1;
    return into;
  };
  const buffer = new Float64Array(size);
  const add = (to: Float64Array, row: number, sign: 1 | -1): void => {
    rowOf(row, buffer);
    for (let i = 0; i < size; i += 1) {
      const times = sign * buffer[i]!;
      if (times !== 0) for (let j = 0; j <= i; j += 1) to[i * size + j]! += times * buffer[j]!;
    }
  };
  const gram = new Float64Array(size * size);
  for (let row = 0; row < rowCount; row += 1) {
    add(gram, row, 1);
    if (row % 1_000 === 0) await breathe();
  }
  const gaps = new Map(targets.map((at) => [at, missingRows(values[at]!)]));
  const order = targets.toSorted((a, b) => gaps.get(a)!.length - gaps.get(b)!.length || a - b);
  let estimates: Estimate[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let change = 0;
    estimates = [];
    for (const at of order) {
      const rows = gaps.get(at)!;
      const known = gram.slice();
      for (const row of rows) add(known, row, -1);
      const estimate = regress(known, size, at, rowCount - rows.length);
      estimates.push(estimate);
      for (const row of rows) {
        const before = matrix[at]![row]!;
        const next = estimated(estimate, numbers[at]!, rowOf(row, buffer));
        change = Math.max(change, Math.abs(next - before));
        matrix[at]![row] = next;
        for (let k = 0; k < size; k += 1) if (k !== at) gram[place(k, at, size)]! += (next - before) * buffer[k]!;
        gram[at * size + at]! += next * next - before * before;
      }
      await breathe();
    }
    if (change < SETTLED) break;
  }
  return { numbers, estimates, rounds };
}

/** Where a Gram matrix of this size, of which only the lower triangle is kept, has the product of two columns. */
const place = (a: number, b: number, size: number): number => Math.max(a, b) * size + Math.min(a, b);

/** Ridge regression of column `at` on the others by their Gram matrix, whose last column is that of ones. */
function regress(gram: Float64Array, size: number, at: number, count: number): Estimate {
  const others = Array.from({ length: size }, (_, index) => index).filter((index) => index !== at);
  const weights = new Float64Array(size - 1);
  if (count === 0) return { at, weights, intercept: 0 };
  const system = new Float64Array(others.length ** 2);
  for (const [i, row] of others.entries())
    for (const [j, column] of others.entries())
      system[i * others.length + j] = gram[place(row, column, size)]! + (i === j && row !== size - 1 ? PENALTY * count : 0);
  const solution = factor(system, others.length).solve(Float64Array.from(others, (row) => gram[place(row, at, size)]!));
  for (const [i, index] of others.entries()) if (index < size - 1) weights[index] = solution[i]!;
  return { at, weights, intercept: solution.at(-1)! };
}

function estimated({ weights, intercept }: Estimate, { low, high }: Standardized, row: Float64Array): number {
  let sum = intercept;
  for (let index = 0; index < weights.length; index += 1) sum += weights[index]! * row[index]!;
  return Math.min(high, Math.max(low, sum));
}

/**
 * Fills the missing values of the targets, in place, as the fitted graph does: from the mean, all estimates in order, as many rounds as given.
 * `values` by number, `indicators` as in training.
 */
export async function fillChained(
  { numbers, estimates, rounds }: Chained,
  values: readonly Float64Array[],
  indicators: readonly Float64Array[],
  breathe: () => Promise<void>,
): Promise<void> {
  const rowCount = values[0]?.length ?? 0;
  const row = new Float64Array(numbers.length + indicators.length);
  for (let index = 0; index < rowCount; index += 1) {
    const missing = estimates.filter(({ at }) => Number.isNaN(values[at]![index]!));
    if (missing.length > 0) {
      for (const [at, number] of numbers.entries()) row[at] = entry(values[at]![index]!, number);
      for (const [at, column] of indicators.entries()) row[numbers.length + at] = column[index]!;
      for (let round = 0; round < rounds; round += 1) for (const each of missing) row[each.at] = estimated(each, numbers[each.at]!, row);
      for (const { at } of missing) values[at]![index] = numbers[at]!.mean + numbers[at]!.deviation * row[at]!;
    }
    if (index % 1_000 === 0) await breathe();
  }
}
