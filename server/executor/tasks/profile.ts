import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { isTextual, type ColumnSchema } from '#nodes/kit/table.ts';
import type { ColumnProfile, TableProfile, Tasks } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';
import type { TaskLimits } from './limits.ts';
import { withArtifact } from './table-session.ts';

const BINS = 20;
const TOP_VALUES = 10;

/**
 * Statistics of each column: sample standard deviation (n − 1), median by interpolation, a histogram of 20 equal bins for numbers and dates
 * (as milliseconds), the ten most frequent values for the others.
 */
export function profile({ artifact }: Tasks['profile']['args'], limits: TaskLimits): Promise<TableProfile> {
  return withArtifact(artifact, limits, async ({ connection, schema, rowCount }) => {
    const source = `read_parquet(${quoteText(artifact.path)})`;
    const columns: ColumnProfile[] = [];
    for (const column of schema.columns) {
      limits.signal.throwIfAborted();
      columns.push(await profileColumn(connection, source, column));
    }
    return { rowCount, columns };
  });
}

type Cell = ReturnType<typeof plainCell>;

async function firstRow(connection: DuckDBConnection, sql: string): Promise<Cell[]> {
  return (await connection.runAndReadAll(sql)).getRows()[0]!.map(plainCell);
}

async function profileColumn(connection: DuckDBConnection, source: string, { name, type }: ColumnSchema): Promise<ColumnProfile> {
  const identifier = quoteName(name);
  if (isTextual(type) || type === 'boolean') {
    const text = `CAST(${identifier} AS VARCHAR)`;
    const [missing, distinct, minimum, maximum] = await firstRow(
      connection,
      `SELECT count(*) - count(${identifier}), count(DISTINCT ${identifier}), min(${text}), max(${text}) FROM ${source}`,
    );
    const reader = await connection.runAndReadAll(
      `SELECT ${text} AS value, count(*) AS total FROM ${source} WHERE ${identifier} IS NOT NULL GROUP BY 1 ORDER BY total DESC, value LIMIT ${TOP_VALUES}`,
    );
    const top = reader.getRows().map(([value, count]) => ({ value: String(value).slice(0, 200), count: Number(count) }));
    const ends = { minimum: cut(minimum), maximum: cut(maximum) };
    return { name, type, missing: Number(missing), distinct: Number(distinct), ...ends, mean: null, median: null, deviation: null, histogram: null, top };
  }
  const value = type === 'datetime' ? `CAST(epoch_ms(${identifier}) AS DOUBLE)` : `CAST(${identifier} AS DOUBLE)`;
  const finite = `FILTER (isfinite(${value}))`;
  const [missing, distinct, low, high, mean, median, deviation] = await firstRow(
    connection,
    `SELECT count(*) - count(${identifier}), count(DISTINCT ${identifier}), min(${value}) ${finite}, max(${value}) ${finite}, avg(${value}) ${finite},
       median(${value}) ${finite}, stddev_samp(${value}) ${finite} FROM ${source}`,
  );
  const histogram = typeof low === 'number' && typeof high === 'number' ? await histogramOf(connection, source, value, low, high) : null;
  const shown = (each: Cell | undefined): number | string | null =>
    typeof each !== 'number' ? null : type === 'datetime' ? new Date(each).toISOString() : each;
  const moments =
    type === 'datetime' ? { mean: null, median: null, deviation: null } : { mean: numberOf(mean), median: numberOf(median), deviation: numberOf(deviation) };
  return { name, type, missing: Number(missing), distinct: Number(distinct), minimum: shown(low), maximum: shown(high), ...moments, histogram, top: null };
}

const numberOf = (value: Cell | undefined): number | null => (typeof value === 'number' ? value : null);
const cut = (value: Cell | undefined): string | null => (typeof value === 'string' ? value.slice(0, 200) : null);

async function histogramOf(connection: DuckDBConnection, source: string, value: string, low: number, high: number): Promise<ColumnProfile['histogram']> {
  const bins = high > low ? BINS : 1;
  const width = (high - low) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, index) => (index === bins ? high : low + index * width));
  const counts = new Array<number>(bins).fill(0);
  const bin = bins === 1 ? '0' : `CAST(least(${bins - 1}, greatest(0, floor((${value} - ${literal(low)}) / ${literal(width)}))) AS INTEGER)`;
  const reader = await connection.runAndReadAll(`SELECT ${bin}, count(*) FROM ${source} WHERE isfinite(${value}) GROUP BY 1`);
  for (const [index, count] of reader.getRows()) counts[Number(index)] = Number(count);
  return { edges, counts };
}

const literal = (value: number): string => `CAST('${value}' AS DOUBLE)`;
