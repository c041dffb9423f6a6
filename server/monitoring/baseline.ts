/** How one column was spread in training. */
export type ColumnBaseline =
  | {
      readonly kind: 'number';
      readonly name: string;
      /** Inner bounds of the bins, rising; bin i holds values up to and with `edges[i]`, the last bin all above. */
      readonly edges: readonly number[];
      /** Rows in each bin: one more than edges. */
      readonly counts: readonly number[];
      readonly missing: number;
      readonly minimum: number | null;
      readonly maximum: number | null;
      readonly mean: number | null;
    }
  | {
      readonly kind: 'category';
      readonly name: string;
      /** The commonest first. */
      readonly values: readonly string[];
      readonly counts: readonly number[];
      /** Rows with values that are not among `values`. */
      readonly other: number;
      /** Whether `values` are all that training had, so that another is unseen. */
      readonly complete: boolean;
      readonly missing: number;
    };

export interface Baseline {
  readonly rowCount: number;
  readonly inputs: readonly ColumnBaseline[];
  readonly outputs: readonly ColumnBaseline[];
}

/** Counts of one column over the bins of its baseline. */
export interface ObservedColumn {
  /** Of numbers one more than edges; of categories one more than values, the last for all others. */
  counts: number[];
  missing: number;
  /** Below the least or above the greatest of training. */
  outOfRange: number;
  /** Of numbers that are not missing. */
  sum: number;
}

export interface Observed {
  rowCount: number;
  inputs: ObservedColumn[];
  outputs: ObservedColumn[];
}

const BINS = 10;
const MOST_VALUES = 50;

/** How a column of the training rows is spread: numbers over bins with equally many rows, texts by their commonest values. '' and NaN are missing. */
export function baselineOf(name: string, values: Float64Array | readonly (string | null)[]): ColumnBaseline {
  return values instanceof Float64Array ? ofNumbers(name, values) : ofTexts(name, values);
}

function ofNumbers(name: string, values: Float64Array): ColumnBaseline {
  // As a graph sees them.
  const sorted = Float32Array.from(values.filter((value) => Number.isFinite(value))).sort();
  const edges: number[] = [];
  for (let bin = 1; bin < BINS && sorted.length > 0; bin++) {
    const edge = sorted[Math.ceil((bin / BINS) * sorted.length) - 1]!;
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  const base = { kind: 'number', name, edges, counts: new Array<number>(edges.length + 1).fill(0), missing: values.length - sorted.length } as const;
  for (const value of sorted) base.counts[binOf(edges, value)]!++;
  const sum = sorted.reduce((total, value) => total + value, 0);
  return { ...base, minimum: sorted[0] ?? null, maximum: sorted.at(-1) ?? null, mean: sorted.length === 0 ? null : sum / sorted.length };
}

function ofTexts(name: string, values: readonly (string | null)[]): ColumnBaseline {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const value of values) {
    if (value === null || value === '') missing++;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const kept = ranked.slice(0, MOST_VALUES);
  return {
    kind: 'category',
    name,
    values: kept.map(([value]) => value),
    counts: kept.map(([, count]) => count),
    other: ranked.slice(MOST_VALUES).reduce((sum, [, count]) => sum + count, 0),
    complete: ranked.length <= MOST_VALUES,
    missing,
  };
}

/** The first bin whose bound is not below the value; the last one for all above. */
function binOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const emptyObserved = (baseline: ColumnBaseline): ObservedColumn => ({
  counts: new Array<number>((baseline.kind === 'number' ? baseline.edges.length : baseline.values.length) + 1).fill(0),
  missing: 0,
  outOfRange: 0,
  sum: 0,
});

const places = new WeakMap<ColumnBaseline, ReadonlyMap<string, number>>();

/** Counts one value. */
export function observe(baseline: ColumnBaseline, into: ObservedColumn, value: number | string): void {
  if (baseline.kind === 'number') {
    if (typeof value !== 'number' || Number.isNaN(value)) into.missing++;
    else {
      into.counts[binOf(baseline.edges, value)]!++;
      if (Number.isFinite(value)) into.sum += value;
      if (baseline.minimum === null || value < baseline.minimum || value > baseline.maximum!) into.outOfRange++;
    }
    return;
  }
  if (value === '' || typeof value !== 'string') {
    into.missing++;
    return;
  }
  let known = places.get(baseline);
  if (!known) places.set(baseline, (known = new Map(baseline.values.map((each, index) => [each, index]))));
  into.counts[known.get(value) ?? baseline.values.length]!++;
}

/** Adds counts of another time. */
export function addObserved(into: Observed, other: Observed): Observed {
  const add = (columns: ObservedColumn[], others: readonly ObservedColumn[]): void =>
    columns.forEach((column, index) => {
      const from = others[index];
      if (!from) return;
      from.counts.forEach((count, bin) => (column.counts[bin] = (column.counts[bin] ?? 0) + count));
      column.missing += from.missing;
      column.outOfRange += from.outOfRange;
      column.sum += from.sum;
    });
  into.rowCount += other.rowCount;
  add(into.inputs, other.inputs);
  add(into.outputs, other.outputs);
  return into;
}

export const nothingObserved = (baseline: Baseline): Observed => ({
  rowCount: 0,
  inputs: baseline.inputs.map(emptyObserved),
  outputs: baseline.outputs.map(emptyObserved),
});
