import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { isTextual, type ColumnSchema } from '#nodes/kit/table.ts';
import type { ColumnProfile, TableProfile, Tasks } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';
import type { TaskLimits } from './limits.ts';
import { duplicateRows, leaking } from './profile-checks.ts';
import { profileNumbers } from './profile-numbers.ts';
import { columnWarnings, tableWarnings } from './profile-warnings.ts';
import { withArtifact } from './table-session.ts';

const TOP_VALUES = 10;
/** Columns that one query looks at; exact quantiles hold all their values at once. */
const COLUMNS_AT_ONCE = 32;

/**
 * Statistics of each column: sample standard deviation (n − 1), quantiles by interpolation, skewness and excess kurtosis with the sample's
 * correction, a histogram of 20 equal bins for numbers and dates (as milliseconds), the ten most frequent values and the lengths for the others.
 * Infinite numbers count as values but not in these statistics. Above 100,000 rows the count of distinct numbers and dates is approximate
 * (`distinctExact`), and from 1,000,000 rows on quantiles, skewness and kurtosis are those of some 50,000 of them. Then what a reader should be warned of.
 */
export function profile({ artifact }: Tasks['profile']['args'], limits: TaskLimits): Promise<TableProfile> {
  return withArtifact(artifact, limits, async ({ connection, path, schema, rowCount }) => {
    const source = `read_parquet(${quoteText(path)})`;
    const profiles = new Map<string, ColumnProfile>();
    const measured = schema.columns.filter(isMeasured);
    for (let from = 0; from < measured.length; from += COLUMNS_AT_ONCE) {
      limits.signal.throwIfAborted();
      for (const each of await profileNumbers(connection, path, measured.slice(from, from + COLUMNS_AT_ONCE), rowCount)) profiles.set(each.name, each);
    }
    for (const each of schema.columns) {
      limits.signal.throwIfAborted();
      if (!isMeasured(each)) profiles.set(each.name, await profileTexts(connection, source, each));
      else if (each.type === 'datetime') profiles.set(each.name, { ...profiles.get(each.name)!, largestGap: await largestGap(connection, source, each.name) });
    }
    const described = schema.columns.map(({ name }) => profiles.get(name)!);
    const duplicates = await duplicateRows(connection, source, described, rowCount);
    const found = await leaking(connection, path, schema, profiles, rowCount, limits.signal);
    const label = found.label;
    const columns = schema.columns.map((column, index) => {
      const each = described[index]!;
      return {
        ...each,
        warnings: columnWarnings(each, column.role, rowCount, column.name === label?.name ? label.counts : null, found.leaks.get(column.name)),
      };
    });
    return { rowCount, columns, duplicateRows: duplicates, warnings: tableWarnings(rowCount, duplicates) };
  });
}

type Cell = ReturnType<typeof plainCell>;

const isMeasured = ({ type }: ColumnSchema): boolean => !isTextual(type) && type !== 'boolean';
const cut = (value: Cell | undefined): string | null => (typeof value === 'string' ? value.slice(0, 200) : null);

async function profileTexts(connection: DuckDBConnection, source: string, { name, type }: ColumnSchema): Promise<ColumnProfile> {
  const identifier = quoteName(name);
  const reader = await connection.runAndReadAll(
    `WITH counted AS MATERIALIZED (SELECT CAST(${identifier} AS VARCHAR) AS value, count(*) AS total FROM ${source} GROUP BY 1),
       ends AS (SELECT coalesce(sum(total) FILTER (value IS NULL), 0) AS missing, count(value) AS levels, min(value) AS low, max(value) AS high,
         min(length(value)) AS shortest, CAST(sum(length(value) * total) AS DOUBLE) / sum(total) FILTER (value IS NOT NULL) AS usual, max(length(value)) AS longest
         FROM counted),
       top AS (SELECT value, total FROM counted WHERE value IS NOT NULL ORDER BY total DESC, value LIMIT ${TOP_VALUES})
     SELECT missing, levels, low, high, shortest, usual, longest, value, total FROM ends LEFT JOIN top ON true ORDER BY total DESC, value`,
  );
  const rows = reader.getRows();
  const [missing, distinct, minimum, maximum, shortest, usual, longest] = rows[0]!.map(plainCell);
  const top = rows.flatMap(([, , , , , , , value, total]) => (value === null ? [] : [{ value: String(value).slice(0, 200), count: Number(total) }]));
  const ends = { minimum: cut(minimum), maximum: cut(maximum) };
  const lengths = type === 'boolean' || typeof shortest !== 'number' ? null : { minimum: shortest, mean: Number(usual), maximum: Number(longest) };
  return {
    ...{ name, type, missing: Number(missing), distinct: Number(distinct), distinctExact: true, ...ends, mean: null, median: null, deviation: null },
    ...{ quantiles: null, skewness: null, kurtosis: null, zeros: null, negatives: null, lengths, largestGap: null, histogram: null, top, warnings: [] },
  };
}

async function largestGap(connection: DuckDBConnection, source: string, name: string): Promise<ColumnProfile['largestGap']> {
  const reader = await connection.runAndReadAll(
    `SELECT earlier, later FROM (SELECT later, lag(later) OVER (ORDER BY later) AS earlier FROM (SELECT DISTINCT epoch_ms(${quoteName(name)}) AS later FROM ${source}
       WHERE isfinite(${quoteName(name)}))) WHERE earlier IS NOT NULL ORDER BY later - earlier DESC, later LIMIT 1`,
  );
  const row = reader.getRows()[0]?.map(Number);
  if (!row) return null;
  const [from, to] = [row[0]!, row[1]!];
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), milliseconds: to - from };
}
