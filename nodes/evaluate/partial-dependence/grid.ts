import { isTextual, type ColumnSchema, type ColumnValues } from '../../kit/table.ts';

/** The values that a column takes on for a curve, one a place. */
export interface Grid {
  readonly places: readonly number[];
  readonly values: readonly (number | string)[];
  readonly levels?: readonly string[];
  readonly deciles: readonly number[];
}

/** The smallest value that at least this share of the sorted values does not exceed. */
const quantile = (sorted: Float64Array, share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)]!;

/**
 * Of numbers: all values where there are at most `points`, else quantiles at even steps from 5 % to 95 %, equal ones once. Of texts: the most
 * frequent levels, sorted; of booleans both. Missing and infinite values do not count; a column without any other has an empty grid.
 */
export function gridOf({ type }: Pick<ColumnSchema, 'type'>, values: ColumnValues, points: number): Grid {
  if (isTextual(type)) return levelGrid(values as readonly (string | null)[], points);
  const sorted = (values as Float64Array).filter(Number.isFinite).sort();
  const distinct = [...new Set(sorted)];
  if (type === 'boolean')
    return { places: distinct.map((_, place) => place), values: distinct, levels: distinct.map((each) => (each === 1 ? 'true' : 'false')), deciles: [] };
  const steps = Array.from({ length: points }, (_, step) => quantile(sorted, 0.05 + (0.9 * step) / (points - 1)));
  const found = distinct.length <= points ? distinct : [...new Set(steps)];
  const deciles = found.length === 0 ? [] : Array.from({ length: 9 }, (_, index) => quantile(sorted, (index + 1) / 10));
  return { places: found, values: found, deciles };
}

function levelGrid(values: readonly (string | null)[], points: number): Grid {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null && value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  const frequent = [...counts].sort(([a, some], [b, others]) => others - some || compare(a, b)).slice(0, points);
  const levels = frequent.map(([level]) => level).sort(compare);
  return { places: levels.map((_, place) => place), values: levels, levels, deciles: [] };
}
