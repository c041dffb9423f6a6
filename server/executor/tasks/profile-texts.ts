import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName } from '#nodes/kit/define.ts';
import type { ColumnSchema } from '#nodes/kit/table.ts';
import type { ColumnProfile } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';

export const TOP_VALUES = 10;
const LONGEST_SHOWN = 200;

type Cell = ReturnType<typeof plainCell>;

export interface CountedTexts extends Pick<ColumnProfile, 'missing' | 'distinct'> {
  readonly minimum: Cell;
  readonly maximum: Cell;
  /** Least, mean and greatest length. */
  readonly shortest: Cell;
  readonly usual: Cell;
  readonly longest: Cell;
  readonly top: NonNullable<ColumnProfile['top']>;
}

const cut = (value: Cell): string | null => (typeof value === 'string' ? value.slice(0, LONGEST_SHOWN) : null);

/** The profile of texts, categories, and true and false. */
export function textProfile({ name, type }: ColumnSchema, { missing, distinct, minimum, maximum, shortest, usual, longest, top }: CountedTexts): ColumnProfile {
  const ends = { minimum: cut(minimum), maximum: cut(maximum) };
  const lengths = type === 'boolean' || typeof shortest !== 'number' ? null : { minimum: shortest, mean: Number(usual), maximum: Number(longest) };
  return {
    ...{ name, type, missing, distinct, distinctExact: true, ...ends, mean: null, median: null, deviation: null },
    ...{
      quantiles: null,
      skewness: null,
      kurtosis: null,
      zeros: null,
      negatives: null,
      infinite: null,
      lengths,
      largestGap: null,
      histogram: null,
      warnings: [],
    },
    top: top.map(({ value, count }) => ({ value: value.slice(0, LONGEST_SHOWN), count })),
  };
}

export async function profileTexts(connection: DuckDBConnection, source: string, column: ColumnSchema): Promise<ColumnProfile> {
  const reader = await connection.runAndReadAll(
    `WITH counted AS MATERIALIZED (SELECT CAST(${quoteName(column.name)} AS VARCHAR) AS value, count(*) AS total FROM ${source} GROUP BY 1),
       ends AS (SELECT coalesce(sum(total) FILTER (value IS NULL), 0) AS missing, count(value) AS levels, min(value) AS low, max(value) AS high,
         min(length(value)) AS shortest, CAST(sum(length(value) * total) AS DOUBLE) / sum(total) FILTER (value IS NOT NULL) AS usual, max(length(value)) AS longest
         FROM counted),
       top AS (SELECT value, total FROM counted WHERE value IS NOT NULL ORDER BY total DESC, value LIMIT ${TOP_VALUES})
     SELECT missing, levels, low, high, shortest, usual, longest, value, total FROM ends LEFT JOIN top ON true ORDER BY total DESC, value`,
  );
  const rows = reader.getRows();
  const [missing, distinct, minimum, maximum, shortest, usual, longest] = rows[0]!.slice(0, 7).map(plainCell);
  const top = rows.flatMap(([, , , , , , , value, total]) => (value === null ? [] : [{ value: String(value), count: Number(total) }]));
  const ends = { minimum: minimum!, maximum: maximum!, shortest: shortest!, usual: usual!, longest: longest! };
  return textProfile(column, { missing: Number(missing), distinct: Number(distinct), ...ends, top });
}
