import { DuckDBMapValue, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { isTextual, type ColumnSchema } from '#nodes/kit/table.ts';
import type { ColumnProfile, TableProfile, Tasks } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';
import type { TaskLimits } from './limits.ts';
import { withArtifact } from './table-session.ts';

const BINS = 20;
const TOP_VALUES = 10;
/** Columns that one query looks at; exact medians hold all their values at once. */
const COLUMNS_AT_ONCE = 32;
/** Up to this many rows, distinct numbers and dates are counted exactly; beyond, by HyperLogLog, a few percent off. Texts are always exact. */
const EXACT_DISTINCT_ROWS = 100_000;
/** Below this many rows the median is exact; from it on, it is that of a t-digest. */
const EXACT_MEDIAN_ROWS = 1_000_000;

/**
 * Statistics of each column: sample standard deviation (n − 1), median by interpolation, a histogram of 20 equal bins for numbers and dates
 * (as milliseconds), the ten most frequent values for the others. Infinite numbers count as values but not in these statistics. Above 100,000
 * rows the count of distinct numbers and dates is approximate, and from 1,000,000 rows on the median is.
 */
export function profile({ artifact }: Tasks['profile']['args'], limits: TaskLimits): Promise<TableProfile> {
  return withArtifact(artifact, limits, async ({ connection, path, schema, rowCount }) => {
    const source = `read_parquet(${quoteText(path)})`;
    const profiles = new Map<string, ColumnProfile>();
    const measured = schema.columns.filter(isMeasured);
    for (let from = 0; from < measured.length; from += COLUMNS_AT_ONCE) {
      limits.signal.throwIfAborted();
      for (const each of await profileNumbers(connection, source, measured.slice(from, from + COLUMNS_AT_ONCE), rowCount)) profiles.set(each.name, each);
    }
    for (const each of schema.columns) {
      limits.signal.throwIfAborted();
      if (!isMeasured(each)) profiles.set(each.name, await profileTexts(connection, source, each));
    }
    return { rowCount, columns: schema.columns.map(({ name }) => profiles.get(name)!) };
  });
}

type Cell = ReturnType<typeof plainCell>;

const isMeasured = ({ type }: ColumnSchema): boolean => !isTextual(type) && type !== 'boolean';

async function profileTexts(connection: DuckDBConnection, source: string, { name, type }: ColumnSchema): Promise<ColumnProfile> {
  const identifier = quoteName(name);
  const reader = await connection.runAndReadAll(
    `WITH counted AS MATERIALIZED (SELECT CAST(${identifier} AS VARCHAR) AS value, count(*) AS total FROM ${source} GROUP BY 1),
       ends AS (SELECT coalesce(sum(total) FILTER (value IS NULL), 0) AS missing, count(value) AS levels, min(value) AS low, max(value) AS high FROM counted),
       top AS (SELECT value, total FROM counted WHERE value IS NOT NULL ORDER BY total DESC, value LIMIT ${TOP_VALUES})
     SELECT missing, levels, low, high, value, total FROM ends LEFT JOIN top ON true ORDER BY total DESC, value`,
  );
  const rows = reader.getRows();
  const [missing, distinct, minimum, maximum] = rows[0]!.map(plainCell);
  const top = rows.flatMap(([, , , , value, total]) => (value === null ? [] : [{ value: String(value).slice(0, 200), count: Number(total) }]));
  const ends = { minimum: cut(minimum), maximum: cut(maximum) };
  return { name, type, missing: Number(missing), distinct: Number(distinct), ...ends, mean: null, median: null, deviation: null, histogram: null, top };
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Statistics and histograms of all columns in one scan, after the ends, which are in the file's own statistics when all values are finite. */
async function profileNumbers(connection: DuckDBConnection, source: string, columns: readonly ColumnSchema[], rowCount: number): Promise<ColumnProfile[]> {
  const ranges = await rangesOf(connection, source, columns);
  const projected = columns.flatMap((column, index) => [`${quoteName(column.name)} AS c${index}`, `${ranges[index]!.value} AS v${index}`]);
  const histograms = ranges.map(({ range }) => (range ? binsOf(range) : null));
  const aggregates = columns.flatMap((_, index) => [
    `count(c${index})`,
    rowCount <= EXACT_DISTINCT_ROWS ? `count(DISTINCT c${index})` : `approx_count_distinct(c${index})`,
    `avg(v${index})`,
    rowCount < EXACT_MEDIAN_ROWS ? `median(v${index})` : `approx_quantile(v${index}, 0.5)`,
    `stddev_samp(v${index})`,
    countsIn(`v${index}`, histograms[index]!),
  ]);
  const reader = await connection.runAndReadAll(`SELECT ${aggregates.join(', ')} FROM (SELECT ${projected.join(', ')} FROM ${source})`);
  const row = reader.getRows()[0]!;
  const each = aggregates.length / columns.length;
  return columns.map(({ name, type }, index) => {
    const [count, distinct, mean, median, deviation] = row.slice(index * each, (index + 1) * each - 1).map(plainCell);
    const { range } = ranges[index]!;
    const dated = type === 'datetime';
    const shown = (end: number | undefined): number | string | null => (end === undefined ? null : dated ? new Date(end).toISOString() : end);
    const moments = dated ? { mean: null, median: null, deviation: null } : { mean: numberOf(mean), median: numberOf(median), deviation: numberOf(deviation) };
    const counts = { missing: rowCount - Number(count), distinct: Math.min(Number(distinct), Number(count)) };
    const histogram = histogramOf(histograms[index]!, row[(index + 1) * each - 1]!);
    return { name, type, ...counts, minimum: shown(range?.low), maximum: shown(range?.high), ...moments, histogram, top: null };
  });
}

/** The finite ends of each column, null when it has no finite value, and SQL of its finite values as numbers. */
async function rangesOf(
  connection: DuckDBConnection,
  source: string,
  columns: readonly ColumnSchema[],
): Promise<{ readonly range: Range | null; readonly value: string }[]> {
  const bare = columns.flatMap(({ name }) => [`min(${quoteName(name)})`, `max(${quoteName(name)})`]);
  const ends = (await connection.runAndReadAll(`SELECT ${bare.join(', ')} FROM ${source}`)).getRows()[0]!;
  const ranges = [];
  for (const [index, { name, type }] of columns.entries()) {
    const identifier = quoteName(name);
    const number = type === 'datetime' ? `CAST(epoch_ms(${identifier}) AS DOUBLE)` : `CAST(${identifier} AS DOUBLE)`;
    const [low, high] = [ends[2 * index]!, ends[2 * index + 1]!].map(plainCell);
    const known = type !== 'datetime' && Number.isFinite(low) && Number.isFinite(high);
    if (known && typeof low === 'number' && typeof high === 'number') {
      ranges.push({ range: { low, high }, value: number });
      continue;
    }
    const value = `CASE WHEN isfinite(${number}) THEN ${number} END`;
    const [least, most] = (await connection.runAndReadAll(`SELECT min(${value}), max(${value}) FROM ${source}`)).getRows()[0]!.map(plainCell);
    ranges.push({ range: typeof least === 'number' && typeof most === 'number' ? { low: least, high: most } : null, value });
  }
  return ranges;
}

const numberOf = (value: Cell | undefined): number | null => (typeof value === 'number' ? value : null);
const cut = (value: Cell | undefined): string | null => (typeof value === 'string' ? value.slice(0, 200) : null);

interface Bins {
  readonly edges: readonly number[];
  /** The least value of each bin. */
  readonly starts: readonly number[];
}

/** Equal bins; a value is in the bin of floor((value − low) ÷ width), reckoned in doubles, the highest value in the last one. */
function binsOf({ low, high }: Range): Bins {
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
function countsIn(value: string, bins: Bins | null): string {
  if (!bins) return 'NULL';
  const bounds = bins.starts.map((start) => `'${-start}'`);
  return `histogram(-${value}, [${bounds.reverse().join(', ')}]::DOUBLE[])`;
}

function histogramOf(bins: Bins | null, found: DuckDBValue): ColumnProfile['histogram'] {
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
