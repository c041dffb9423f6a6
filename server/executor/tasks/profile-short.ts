import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { quoteName } from '#nodes/kit/define.ts';
import { isTextual, type ColumnSchema, type ColumnType } from '#nodes/kit/table.ts';
import type { ColumnProfile } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';
import { BINS, binsOf, FITS_MOMENTS, LEVELS, measuredProfile, numberOf, quantilesOf } from './profile-numbers.ts';
import { textProfile, TOP_VALUES } from './profile-texts.ts';

/** Columns and cells that are stacked at once: DuckDB takes the longer for a column the more of them one query names. */
const AT_ONCE = { columns: 1_000, cells: 4_000_000 };

/**
 * Statistics of tables with few rows, of which each takes longer to plan than to compute when it is asked for column by column: all columns of a
 * type are stacked to one of (place, value), and grouped by place. Gives what `profileNumbers` and `profileTexts` give for exact statistics.
 */
export async function profileShort(
  connection: DuckDBConnection,
  source: string,
  columns: readonly ColumnSchema[],
  rowCount: number,
  signal: AbortSignal,
): Promise<ColumnProfile[]> {
  const most = Math.max(1, Math.min(AT_ONCE.columns, Math.floor(AT_ONCE.cells / Math.max(1, rowCount))));
  const profiles: ColumnProfile[] = [];
  for (const alike of Map.groupBy(columns, ({ type }) => type).values())
    for (let from = 0; from < alike.length; from += most) {
      signal.throwIfAborted();
      profiles.push(...(await profileAlike(connection, source, alike.slice(from, from + most), rowCount)));
    }
  return profiles;
}

type Row = readonly DuckDBValue[];
/** The rows of an answer by their first cell, which is a column's place. */
type Asked = (sql: string) => Promise<ReadonlyMap<number, readonly Row[]>>;

async function profileAlike(connection: DuckDBConnection, source: string, columns: readonly ColumnSchema[], rowCount: number): Promise<ColumnProfile[]> {
  const textual = isTextual(columns[0]!.type) || columns[0]!.type === 'boolean';
  const picked = columns.map(({ name }, place) => `${textual ? `CAST(${quoteName(name)} AS VARCHAR)` : quoteName(name)} AS p${place}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE wide AS SELECT ${picked.join(', ')} FROM ${source}`);
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE cells AS SELECT CAST(place[2:] AS INTEGER) AS place, value FROM (UNPIVOT wide ON COLUMNS(*) INTO NAME place VALUE value)',
  );
  await connection.run('DROP TABLE wide');
  const ask: Asked = async (sql) => Map.groupBy((await connection.runAndReadAll(sql)).getRows(), ([place]) => Number(place));
  try {
    return textual ? await textsOf(ask, columns, rowCount) : await numbersOf(ask, columns, rowCount);
  } finally {
    await connection.run('DROP TABLE cells');
  }
}

async function textsOf(ask: Asked, columns: readonly ColumnSchema[], rowCount: number): Promise<ColumnProfile[]> {
  const counted = 'SELECT place, value, count(*) AS total FROM cells GROUP BY place, value';
  const ends = await ask(
    `SELECT place, sum(total), count(*), min(value), max(value), min(length(value)), CAST(sum(length(value) * total) AS DOUBLE) / sum(total), max(length(value))
       FROM (${counted}) GROUP BY place`,
  );
  const tops = await ask(
    `SELECT place, value, total FROM (${counted}) QUALIFY row_number() OVER (PARTITION BY place ORDER BY total DESC, value) <= ${TOP_VALUES} ORDER BY place, total DESC, value`,
  );
  return columns.map((column, place) => {
    const [, present = 0, distinct = 0, minimum = null, maximum = null, shortest = null, usual = null, longest = null] = (ends.get(place)?.[0] ?? []).map(
      plainCell,
    );
    const top = (tops.get(place) ?? []).map(([, value, count]) => ({ value: String(value), count: Number(count) }));
    return textProfile(column, { missing: rowCount - Number(present), distinct: Number(distinct), minimum, maximum, shortest, usual, longest, top });
  });
}

async function numbersOf(ask: Asked, columns: readonly ColumnSchema[], rowCount: number): Promise<ColumnProfile[]> {
  const { type } = columns[0]!;
  const number = type === 'datetime' ? 'CAST(epoch_ms(value) AS DOUBLE)' : 'CAST(value AS DOUBLE)';
  const cells = `SELECT place, value, CASE WHEN isfinite(${number}) THEN ${number} END AS number FROM cells`;
  const ends = 'SELECT place, min(number) AS low, max(number) AS high FROM measured GROUP BY place';
  const found = await ask(
    `WITH measured AS MATERIALIZED (${cells}), ends AS (${ends}), ranged AS (
         SELECT *, CASE WHEN ${FITS_MOMENTS} THEN number END AS moderate, CASE WHEN low < high AND ${FITS_MOMENTS} THEN number END AS varied
         FROM measured JOIN ends USING (place))
       SELECT place, count(value), count(DISTINCT value), any_value(low), any_value(high), avg(number), stddev_samp(moderate), count_if(number = 0),
         count_if(number < 0), count(value) - count(number), skewness(varied), kurtosis(varied), quantile_cont(number, [${LEVELS.join(', ')}]) FROM ranged GROUP BY place`,
  );
  const bins = await ask(
    `WITH measured AS MATERIALIZED (${cells}), ends AS (${ends}), ranged AS (
         SELECT place, number, low, (high - low) / ${BINS} AS width FROM measured JOIN ends USING (place) WHERE number IS NOT NULL)
       SELECT place, CASE WHEN width > 0 AND isfinite(width) THEN CAST(least(${BINS - 1}, floor((number - low) / width)) AS INTEGER) ELSE 0 END AS bin, count(*)
         FROM ranged GROUP BY ALL`,
  );
  const gaps = type === 'datetime' ? await largestGaps(ask) : null;
  return columns.map((column, place) => {
    const row = found.get(place)?.[0] ?? [];
    const [
      ,
      count = 0,
      distinct = 0,
      low = null,
      high = null,
      mean = null,
      deviation = null,
      zeros = null,
      negatives = null,
      infinite = 0,
      skewness = null,
      kurtosis = null,
    ] = row.slice(0, 12).map((value) => numberOf(plainCell(value)));
    const range = low === null || high === null ? null : { low, high };
    const edges = range && binsOf(range).edges;
    const counts = edges && new Array<number>(edges.length - 1).fill(0);
    for (const [, bin, total] of bins.get(place) ?? []) if (counts) counts[Number(bin)] = Number(total);
    const histogram = edges && counts && { edges, counts };
    const shape = { quantiles: quantilesOf(row[12] ?? null), skewness, kurtosis };
    const measured = { count: count!, distinct: distinct!, distinctExact: true, mean, deviation, zeros, negatives, infinite, range, histogram, ...shape };
    return { ...measuredProfile(column, rowCount, measured), largestGap: gaps?.get(place) ?? null };
  });
}

async function largestGaps(ask: Asked): Promise<ReadonlyMap<number, NonNullable<ColumnProfile['largestGap']>>> {
  const gaps = await ask(
    `SELECT place, earlier, later FROM (SELECT place, later, lag(later) OVER (PARTITION BY place ORDER BY later) AS earlier
         FROM (SELECT DISTINCT place, epoch_ms(value) AS later FROM cells WHERE isfinite(value))) WHERE earlier IS NOT NULL
       QUALIFY row_number() OVER (PARTITION BY place ORDER BY later - earlier DESC, later) = 1`,
  );
  return new Map(
    [...gaps].map(([place, rows]) => {
      const [from, to] = rows[0]!.slice(1).map(Number) as [number, number];
      return [place, { from: new Date(from).toISOString(), to: new Date(to).toISOString(), milliseconds: to - from }];
    }),
  );
}

/** Whether the statistics of a type are those of numbers. */
export const isMeasured = (type: ColumnType): boolean => !isTextual(type) && type !== 'boolean';
