import type { DuckDBValue } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { findColumn, type ColumnSchema } from '#nodes/kit/table.ts';
import type { Tasks } from '../messages.ts';
import { plainCell, type Cell } from '../runtime/query-table.ts';
import type { TaskLimits } from './limits.ts';
import { filterInSql } from './row-filters.ts';
import { withArtifact } from './table-session.ts';

/** SQL for a cell as people and JSON take it: datetimes as ISO text, without a time where all are midnights is left to the view. */
const shown = ({ name, type }: ColumnSchema): string => (type === 'datetime' ? `strftime(${quoteName(name)}, '%Y-%m-%dT%H:%M:%S.%gZ')` : quoteName(name));

const MOST_ROWS = 1_000;
/** Read by one query, which takes the longer for a column the more it reads: the rows of wider tables are put together. */
const COLUMNS_AT_ONCE = 1_000;
const LONGEST_TEXT = 2_000;

/**
 * A window of rows. `search` keeps rows where some cell contains the text, without regard to case, and `filters` those where all conditions
 * hold; missing values sort last. Texts are cut at 2,000 characters, unless wanted `whole`. `rowCount` counts the rows that are kept. Without conditions and order
 * the window is found by row number, so that DuckDB reads only the row groups that it lies in.
 */
export function rows(
  { artifact, offset, limit, columns, sort, search, filters = [], whole = false }: Tasks['rows']['args'],
  limits: TaskLimits,
): Promise<Tasks['rows']['result']> {
  return withArtifact(artifact, { ...limits, threads: 1 }, async ({ connection, path, schema, rowCount }) => {
    const source = `read_parquet(${quoteText(path)}, file_row_number = true)`;
    const found = (each: ColumnSchema): string => `contains(lower(CAST(${shown(each)} AS VARCHAR)), ${quoteText(search!.toLowerCase())})`;
    const conditions = filters.map((filter) => `(${filterInSql(filter, schema, shown)})`);
    if (search) conditions.push(`(${schema.columns.map(found).join(' OR ') || 'false'})`);
    const [first, most] = [Math.max(0, Math.trunc(offset)), Math.min(MOST_ROWS, Math.max(0, Math.trunc(limit)))];
    const sorted = sort && findColumn(schema, sort.column);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const order = sorted ? `ORDER BY ${quoteName(sorted.name)} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST, file_row_number` : '';
    const wanted = columns ? schema.columns.slice(columns.from, columns.from + columns.count) : schema.columns;
    const wide = wanted.length > COLUMNS_AT_ONCE;
    const ask = async (picked: string, clauses: string) => (await connection.runAndReadAll(`SELECT ${picked} FROM ${source} ${clauses}`)).getRows();
    let window = where || order ? `${where} ${order} LIMIT ${most} OFFSET ${first}` : `WHERE file_row_number >= ${first} AND file_row_number < ${first + most}`;
    if (wide && (where || order)) {
      const numbers = (await ask('file_row_number', window)).join(', ');
      window = numbers ? `WHERE file_row_number IN (${numbers}) ORDER BY list_position([${numbers}], file_row_number)` : 'LIMIT 0';
    }
    const cells: DuckDBValue[][] = [];
    for (let from = 0; from < wanted.length; from += COLUMNS_AT_ONCE) {
      limits.signal.throwIfAborted();
      const picked = wanted.slice(from, from + COLUMNS_AT_ONCE).map(shown);
      for (const [row, some] of (await ask(picked.join(', '), window)).entries()) (cells[row] ??= []).push(...some);
    }
    const kept = where ? Number((await ask('count(*)', where))[0]![0]) : rowCount;
    return { rows: cells.map((row) => row.map((value) => (whole ? shownCell(value) : cut(shownCell(value))))), rowCount: kept };
  });
}

/** As JSON can hold it: infinite numbers, and whole ones that float64 does not hold, are texts. */
function shownCell(value: DuckDBValue): Cell {
  if (typeof value === 'bigint' && !Number.isSafeInteger(Number(value))) return String(value);
  const cell = plainCell(value);
  return typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell;
}

const cut = <T>(value: T): T | string => (typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
