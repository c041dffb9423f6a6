import { correlation, pairsOf, ranks, type Numbers, type Pairs } from '../correlation.ts';

/** A column as places from 0 to `size` − 1; −1 are rows that do not count. */
export interface Coded {
  readonly codes: Int32Array;
  readonly size: number;
}

/** |r| of Pearson (1895) over the rows that have both; 0 where one of them is constant. */
export function pearson(x: Numbers, y: Numbers): number {
  return strength(pairsOf(x, y));
}

/** |ρ| of Spearman (1904): Pearson's r of the ranks, of equal values the mean rank. */
export function spearman(x: Numbers, y: Numbers): number {
  const pairs = pairsOf(x, y);
  return strength({ x: ranks(pairs.x), y: ranks(pairs.y) });
}

/** As a score a correlation has no sign, and a constant tells nothing. */
function strength(pairs: Pairs): number {
  const r = correlation(pairs);
  return Number.isNaN(r) ? 0 : Math.abs(r);
}

/** Fisher's score (Duda, Hart & Stork 2001): Σ n_k (μ_k − μ)² / Σ n_k σ_k² over the classes; infinite where classes do not vary within. */
export function fisherScore(x: Numbers, { codes, size }: Coded): number {
  const [counts, sums] = [new Float64Array(size), new Float64Array(size)];
  const counted = (row: number) => codes[row]! >= 0 && Number.isFinite(x[row]!);
  let [first, varies] = [NaN, false];
  for (let row = 0; row < x.length; row += 1) {
    if (!counted(row)) continue;
    counts[codes[row]!]! += 1;
    sums[codes[row]!]! += x[row]!;
    if (Number.isNaN(first)) first = x[row]!;
    varies ||= x[row] !== first;
  }
  if (!varies) return 0;
  const means = sums.map((sum, own) => sum / counts[own]!);
  const middle = sums.reduce((sum, each) => sum + each, 0) / counts.reduce((sum, each) => sum + each, 0);
  let within = 0;
  for (let row = 0; row < x.length; row += 1) if (counted(row)) within += (x[row]! - means[codes[row]!]!) ** 2;
  const between = counts.reduce((sum, count, own) => sum + (count > 0 ? count * (means[own]! - middle) ** 2 : 0), 0);
  return between / within;
}

interface Contingency {
  readonly total: number;
  /** Of each cell that has rows. */
  readonly cells: readonly { readonly count: number; readonly row: number; readonly column: number }[];
}

function contingencyOf(x: Coded, y: Coded): Contingency {
  const counts = new Float64Array(x.size * y.size);
  const [rows, columns] = [new Float64Array(x.size), new Float64Array(y.size)];
  let total = 0;
  for (let at = 0; at < x.codes.length; at += 1) {
    const [own, other] = [x.codes[at]!, y.codes[at]!];
    if (own < 0 || other < 0) continue;
    counts[own * y.size + other]! += 1;
    rows[own]! += 1;
    columns[other]! += 1;
    total += 1;
  }
  const cells: { count: number; row: number; column: number }[] = [];
  for (let own = 0; own < x.size; own += 1)
    for (let other = 0; other < y.size; other += 1) {
      const count = counts[own * y.size + other]!;
      if (count > 0) cells.push({ count, row: rows[own]!, column: columns[other]! });
    }
  return { total, cells };
}

/** Pearson's χ² (1900) of the contingency table: n (Σ o² / (row × column) − 1), without a correction. */
export function chiSquared(x: Coded, y: Coded): number {
  const { total, cells } = contingencyOf(x, y);
  return Math.max(0, total * (cells.reduce((sum, { count, row, column }) => sum + (count / row) * (count / column), 0) - 1));
}

/** Shannon's mutual information (1948) in nats: Σ p ln(p / (p_row p_column)). */
export function mutualInformation(x: Coded, y: Coded): number {
  const { total, cells } = contingencyOf(x, y);
  return Math.max(
    0,
    cells.reduce((sum, { count, row, column }) => sum + (count / total) * Math.log((count * total) / (row * column)), 0),
  );
}

/**
 * Numbers as levels: each value its own where there are at most `bins`, else bins between the quantiles i / bins (the smallest value that at least
 * so many rows do not exceed), each with its upper end. Missing and infinite ones become a level of their own, or −1 with `missing: 'ignore'`.
 */
export function binned(values: Numbers, bins: number, missing: 'level' | 'ignore'): Coded {
  const sorted = values.filter(Number.isFinite).sort();
  const distinct: number[] = [];
  for (const each of sorted) if (each !== distinct.at(-1) && distinct.push(each) > bins) break;
  const ends =
    distinct.length <= bins ? distinct : [...new Set(Array.from({ length: bins }, (_, bin) => sorted[Math.ceil(((bin + 1) * sorted.length) / bins) - 1]!))];
  const codes = Int32Array.from(values, (value) => {
    if (!Number.isFinite(value)) return missing === 'level' ? ends.length : -1;
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! >= value) high = middle;
      else low = middle + 1;
    }
    return low;
  });
  return { codes, size: ends.length + Number(missing === 'level') };
}

/** Texts as levels in the order of their first row; missing ones are a level of their own, or −1 with `missing: 'ignore'`. */
export function levelled(values: readonly (string | null)[], missing: 'level' | 'ignore'): Coded {
  const places = new Map<string, number>();
  const codes = Int32Array.from(values, (value) => {
    const level = value ?? '';
    if (level === '' && missing === 'ignore') return -1;
    const known = places.get(level);
    if (known !== undefined) return known;
    places.set(level, places.size);
    return places.size - 1;
  });
  return { codes, size: places.size };
}
