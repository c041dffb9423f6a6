import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { findColumn, isTextual, type ColumnSchema } from '#nodes/kit/table.ts';
import type { ColumnComparison, Tasks } from '../messages.ts';
import type { TaskLimits } from './limits.ts';
import { binsOf, countsIn, histogramOf, rangesOf } from './profile-numbers.ts';
import { withArtifacts } from './table-session.ts';

const TOP_VALUES = 10;
const COLUMNS_AT_ONCE = 50;

/** Sources of the two tables, and a column of each. */
type Sides = readonly [string, string];
type Pair = readonly [ColumnSchema, ColumnSchema];

/** Counts of the columns of two tables over the same bins, or of the values that are the most frequent in both together. */
export function compareColumns({ before, after, pairs }: Tasks['compareColumns']['args'], limits: TaskLimits): Promise<ColumnComparison[]> {
  return withArtifacts([before, after], limits, async (connection, [old, now]) => {
    const sources: Sides = [`read_parquet(${quoteText(old!.path)})`, `read_parquet(${quoteText(now!.path)})`];
    const columns = pairs.map((each): Pair => [findColumn(old!.schema, each.before)!, findColumn(now!.schema, each.after)!]);
    const measured = columns.filter(sameScale);
    const found = new Map<Pair, ColumnComparison>();
    for (let from = 0; from < measured.length; from += COLUMNS_AT_ONCE) {
      limits.signal.throwIfAborted();
      const some = measured.slice(from, from + COLUMNS_AT_ONCE);
      for (const [at, each] of (await histograms(connection, sources, some)).entries()) found.set(some[at]!, each);
    }
    const compared: ColumnComparison[] = [];
    for (const pair of columns) {
      limits.signal.throwIfAborted();
      compared.push(found.get(pair) ?? (await topValues(connection, sources, pair)));
    }
    return compared;
  });
}

const isMeasured = ({ type }: ColumnSchema): boolean => !isTextual(type) && type !== 'boolean';
const sameScale = ([old, now]: Pair): boolean => isMeasured(old) && isMeasured(now) && (old.type === 'datetime') === (now.type === 'datetime');

async function histograms(connection: DuckDBConnection, sources: Sides, pairs: readonly Pair[]): Promise<ColumnComparison[]> {
  const old = await rangesOf(connection, sources[0], pairs.map(([each]) => each)); // prettier-ignore
  const now = await rangesOf(connection, sources[1], pairs.map(([, each]) => each)); // prettier-ignore
  const bins = pairs.map((_, at) => {
    const ranges = [old[at]!.range, now[at]!.range].filter((each) => each !== null);
    return ranges.length === 0 ? null : binsOf({ low: Math.min(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) });
  });
  const read = async (source: string, values: readonly { readonly value: string }[]) => {
    const projected = values.map(({ value }, at) => `${value} AS v${at}`);
    const counts = bins.map((each, at) => countsIn(`v${at}`, each));
    const row = (await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM (SELECT ${projected.join(', ')} FROM ${source})`)).getRows()[0]!;
    return row.map((found, at) => histogramOf(bins[at]!, found)?.counts ?? []);
  };
  const counts = [await read(sources[0], old), await read(sources[1], now)] as const;
  return pairs.map(([before, after], at) => ({
    before: before.name,
    after: after.name,
    edges: bins[at]?.edges ?? [],
    values: null,
    counts: [counts[0][at]!, counts[1][at]!],
  }));
}

async function topValues(connection: DuckDBConnection, sources: Sides, pair: Pair): Promise<ColumnComparison> {
  const side = (at: 0 | 1): string =>
    `SELECT CAST(${quoteName(pair[at].name)} AS VARCHAR) AS value, ${at === 0 ? '1 AS was, 0 AS now' : '0 AS was, 1 AS now'} FROM ${sources[at]}`;
  const reader = await connection.runAndReadAll(
    `SELECT value, sum(was), sum(now) FROM (${side(0)} UNION ALL ${side(1)}) WHERE value IS NOT NULL GROUP BY value ORDER BY count(*) DESC, value LIMIT ${TOP_VALUES}`,
  );
  const rows = reader.getRows();
  return {
    before: pair[0].name,
    after: pair[1].name,
    edges: null,
    values: rows.map(([value]) => String(value).slice(0, 200)),
    counts: [rows.map(([, was]) => Number(was)), rows.map(([, , now]) => Number(now))],
  };
}
