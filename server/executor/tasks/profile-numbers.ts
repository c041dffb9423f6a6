import { DuckDBListValue, DuckDBMapValue, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import type { ColumnSchema } from '#nodes/kit/table.ts';
import type { ColumnProfile } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';

export const BINS = 20;
/** Up to this many rows, distinct numbers and dates are counted exactly; beyond, by HyperLogLog, a few percent off. */
const EXACT_DISTINCT_ROWS = 100_000;
/** Below this many rows quantiles, skewness and kurtosis are exact; from it on, they are those of about so many rows, drawn by a hash. */
export const EXACT_SHAPE_ROWS = 1_000_000;
export const SAMPLED_SHAPE_ROWS = 50_000;
export const LEVELS = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
/** Fourth powers of greater numbers overflow when they are added. */
const LARGEST_MOMENT = 1e70;
export const fitsMoments = ({ low, high }: Range): boolean => Math.max(Math.abs(low), Math.abs(high)) < LARGEST_MOMENT;
/** SQL for the same, of the ends `low` and `high`. */
export const FITS_MOMENTS = `greatest(abs(low), abs(high)) < ${LARGEST_MOMENT}`;
const NO_MOMENTS = { mean: null, median: null, deviation: null };
const NO_SHAPE = { quantiles: null, skewness: null, kurtosis: null, zeros: null, negatives: null, infinite: null };

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * Statistics and histograms of all columns in one scan, after the ends, which are in the file's own statistics when all values are finite.
 */
export async function profileNumbers(connection: DuckDBConnection, path: string, columns: readonly ColumnSchema[], rowCount: number): Promise<ColumnProfile[]> {
  const source = `read_parquet(${quoteText(path)})`;
  const ranges = await rangesOf(connection, source, columns);
  const projected = columns.flatMap((column, index) => [`${quoteName(column.name)} AS c${index}`, `${ranges[index]!.value} AS v${index}`]);
  const exactDistinct = rowCount <= EXACT_DISTINCT_ROWS;
  const histograms = ranges.map(({ range }) => (range ? binsOf(range) : null));
  const aggregates = columns.flatMap((_, index) => [
    `count(c${index})`,
    exactDistinct ? `count(DISTINCT c${index})` : `approx_count_distinct(c${index})`,
    `avg(v${index})`,
    momentOf('stddev_samp', `v${index}`, ranges[index]!.range),
    `count_if(v${index} = 0)`,
    `count_if(v${index} < 0)`,
    ranges[index]!.known ? '0' : `count(c${index}) - count(v${index})`,
    countsIn(`v${index}`, histograms[index]!),
  ]);
  const reader = await connection.runAndReadAll(`SELECT ${aggregates.join(', ')} FROM (SELECT ${projected.join(', ')} FROM ${source})`);
  const shapes = await shapesOf(connection, path, ranges, rowCount);
  const row = reader.getRows()[0]!;
  const each = aggregates.length / columns.length;
  return columns.map((column, index) => {
    const found = row.slice(index * each, (index + 1) * each);
    const [count, distinct, mean, deviation, zeros, negatives, infinite] = found.slice(0, 7).map((value) => numberOf(plainCell(value)));
    const counted = {
      count: count!,
      distinct: distinct!,
      distinctExact: exactDistinct,
      mean: mean!,
      deviation: deviation!,
      zeros: zeros!,
      negatives: negatives!,
      infinite: infinite!,
    };
    const histogram = histogramOf(histograms[index]!, found[7]!);
    return measuredProfile(column, rowCount, { ...counted, range: ranges[index]!.range, histogram, ...shapes[index]! });
  });
}

export interface Measured
  extends Shape, Pick<ColumnProfile, 'distinct' | 'distinctExact' | 'mean' | 'deviation' | 'zeros' | 'negatives' | 'infinite' | 'histogram'> {
  /** Of values that are there. */
  readonly count: number;
  readonly range: Range | null;
}

/** The profile of numbers and dates. */
export function measuredProfile({ name, type }: ColumnSchema, rowCount: number, measured: Measured): ColumnProfile {
  const { range, count, distinct, distinctExact, mean, deviation, zeros, negatives, infinite, quantiles, skewness, kurtosis, histogram } = measured;
  const dated = type === 'datetime';
  const shown = (end: number | undefined): number | string | null => (end === undefined ? null : dated ? new Date(end).toISOString() : end);
  const moments = dated ? NO_MOMENTS : { mean, median: quantiles?.find(({ level }) => level === 0.5)?.value ?? null, deviation };
  const shape = dated ? NO_SHAPE : { quantiles, skewness, kurtosis, zeros, negatives, infinite };
  const counts = { missing: rowCount - count, distinct: Math.min(distinct, count), distinctExact };
  const ends = { minimum: shown(range?.low), maximum: shown(range?.high) };
  return { name, type, ...counts, ...ends, ...moments, ...shape, histogram, lengths: null, largestGap: null, top: null, warnings: [] };
}

type Shape = Pick<ColumnProfile, 'quantiles' | 'skewness' | 'kurtosis'>;

/** Quantiles and higher moments: of all rows, or of some drawn by a hash of their numbers, so that no period in the data is met. */
async function shapesOf(
  connection: DuckDBConnection,
  path: string,
  ranges: readonly { range: Range | null; value: string }[],
  rowCount: number,
): Promise<Shape[]> {
  const picked = rowCount < EXACT_SHAPE_ROWS ? '' : `WHERE hash(file_row_number) % ${Math.ceil(rowCount / SAMPLED_SHAPE_ROWS)} = 0`;
  const projected = ranges.map(({ value }, index) => `${value} AS v${index}`);
  const aggregates = ranges.flatMap(({ range }, index) => [
    momentOf('skewness', `v${index}`, range),
    momentOf('kurtosis', `v${index}`, range),
    `quantile_cont(v${index}, [${LEVELS.join(', ')}])`,
  ]);
  const from = `read_parquet(${quoteText(path)}, file_row_number = true)`;
  const reader = await connection.runAndReadAll(`SELECT ${aggregates.join(', ')} FROM (SELECT ${projected.join(', ')} FROM ${from} ${picked})`);
  const row = reader.getRows()[0]!;
  return ranges.map((_, index) => ({
    skewness: numberOf(plainCell(row[3 * index]!)),
    kurtosis: numberOf(plainCell(row[3 * index + 1]!)),
    quantiles: quantilesOf(row[3 * index + 2]!),
  }));
}

/** DuckDB throws where a moment overflows; such columns have none, and columns of one value have no shape. */
const momentOf = (name: 'stddev_samp' | 'skewness' | 'kurtosis', value: string, range: Range | null): string =>
  range && (name === 'stddev_samp' || range.high > range.low) && fitsMoments(range) ? `${name}(${value})` : 'NULL';

export function quantilesOf(found: DuckDBValue): ColumnProfile['quantiles'] {
  if (!(found instanceof DuckDBListValue)) return null;
  return found.items.flatMap((item, index) => (typeof item === 'number' ? [{ level: LEVELS[index]!, value: item }] : []));
}

/** The finite ends of each column, null when it has no finite value, SQL of its finite values as numbers, and whether it is known to have no others. */
export async function rangesOf(
  connection: DuckDBConnection,
  source: string,
  columns: readonly ColumnSchema[],
): Promise<{ readonly range: Range | null; readonly value: string; readonly known: boolean }[]> {
  const bare = columns.flatMap(({ name }) => [`min(${quoteName(name)})`, `max(${quoteName(name)})`]);
  const ends = (await connection.runAndReadAll(`SELECT ${bare.join(', ')} FROM ${source}`)).getRows()[0]!;
  const ranges = [];
  for (const [index, { name, type }] of columns.entries()) {
    const identifier = quoteName(name);
    const number = type === 'datetime' ? `CAST(epoch_ms(${identifier}) AS DOUBLE)` : `CAST(${identifier} AS DOUBLE)`;
    const [low, high] = [ends[2 * index]!, ends[2 * index + 1]!].map(plainCell);
    const known = type !== 'datetime' && Number.isFinite(low) && Number.isFinite(high);
    if (known && typeof low === 'number' && typeof high === 'number') {
      ranges.push({ range: { low, high }, value: number, known });
      continue;
    }
    const value = `CASE WHEN isfinite(${number}) THEN ${number} END`;
    const [least, most] = (await connection.runAndReadAll(`SELECT min(${value}), max(${value}) FROM ${source}`)).getRows()[0]!.map(plainCell);
    ranges.push({ range: typeof least === 'number' && typeof most === 'number' ? { low: least, high: most } : null, value, known });
  }
  return ranges;
}

export const numberOf = (value: ReturnType<typeof plainCell>): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

export interface Bins {
  readonly edges: readonly number[];
  /** The least value of each bin. */
  readonly starts: readonly number[];
}

/** Equal bins; a value is in the bin of floor((value − low) ÷ width), reckoned in doubles, the highest value in the last one. */
export function binsOf({ low, high }: Range): Bins {
  const bins = high > low ? BINS : 1;
  const width = (high - low) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, index) => (index === bins ? high : low + index * width));
  const starts = Array.from({ length: bins }, (_, index) => {
    let [below, start] = [low, index === 0 ? low : high];
    for (let middle = (below + start) / 2; middle > below && middle < start; middle = (below + start) / 2) {
      if (Math.floor((middle - low) / width) >= index) start = middle;
      else below = middle;
    }
    return start;
  });
  return { edges, starts };
}

/** SQL that counts values by bins. DuckDB's bins hold their upper edge, ours their lower one, so both sides are negated. */
export function countsIn(value: string, bins: Bins | null): string {
  if (!bins) return 'NULL';
  const bounds = bins.starts.map((start) => `'${-start}'`);
  return `histogram(-${value}, [${bounds.reverse().join(', ')}]::DOUBLE[])`;
}

/** The counts of each bin, as DuckDB gives them by the SQL of `countsIn`. */
export function histogramOf(bins: Bins | null, found: DuckDBValue): ColumnProfile['histogram'] {
  if (!bins) return null;
  const counts = new Array<number>(bins.starts.length).fill(0);
  // Bins narrower than what doubles can tell apart share their start; the last of them holds the values.
  const places = new Map(bins.starts.map((start, index) => [-start, index]));
  if (!(found instanceof DuckDBMapValue)) return { edges: bins.edges, counts };
  for (const { key, value } of found.entries) {
    const place = places.get(Number(key));
    if (place !== undefined) counts[place] = Number(value);
  }
  return { edges: bins.edges, counts };
}
