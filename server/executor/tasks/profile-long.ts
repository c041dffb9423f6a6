import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import type { ColumnSchema } from '#nodes/kit/table.ts';
import type { ColumnProfile } from '../messages.ts';
import { profileNumbers } from './profile-numbers.ts';
import { isMeasured } from './profile-short.ts';
import { profileTexts } from './profile-texts.ts';

/** Columns that one query looks at; exact quantiles hold all their values at once. */
const COLUMNS_AT_ONCE = 32;

/** Statistics of each column of a table with many rows: a few of them in a scan. */
export async function profileLong(
  connection: DuckDBConnection,
  path: string,
  columns: readonly ColumnSchema[],
  rowCount: number,
  signal: AbortSignal,
): Promise<ColumnProfile[]> {
  const source = `read_parquet(${quoteText(path)})`;
  const profiles: ColumnProfile[] = [];
  const measured = columns.filter(({ type }) => isMeasured(type));
  for (let from = 0; from < measured.length; from += COLUMNS_AT_ONCE) {
    signal.throwIfAborted();
    for (const each of await profileNumbers(connection, path, measured.slice(from, from + COLUMNS_AT_ONCE), rowCount)) {
      signal.throwIfAborted();
      profiles.push(each.type === 'datetime' ? { ...each, largestGap: await largestGap(connection, source, each.name) } : each);
    }
  }
  for (const column of columns) {
    signal.throwIfAborted();
    if (!isMeasured(column.type)) profiles.push(await profileTexts(connection, source, column));
  }
  return profiles;
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
