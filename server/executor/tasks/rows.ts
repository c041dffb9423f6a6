import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { findColumn, type ColumnSchema } from '#nodes/kit/table.ts';
import type { Tasks } from '../messages.ts';
import { plainCell } from '../runtime/query-table.ts';
import type { TaskLimits } from './limits.ts';
import { withArtifact } from './table-session.ts';

/** SQL for a cell as people and JSON take it: datetimes as ISO text, without a time where all are midnights is left to the view. */
const shown = ({ name, type }: ColumnSchema): string => (type === 'datetime' ? `strftime(${quoteName(name)}, '%Y-%m-%dT%H:%M:%S.%gZ')` : quoteName(name));

const MOST_ROWS = 1_000;
const LONGEST_TEXT = 2_000;

/**
 * A window of rows. `search` keeps rows where some cell contains the text, without regard to case; missing values sort last. Texts are cut
 * at 2,000 characters. `rowCount` counts the rows that the search keeps.
 */
export function rows({ artifact, offset, limit, sort, search }: Tasks['rows']['args'], limits: TaskLimits): Promise<Tasks['rows']['result']> {
  return withArtifact(artifact, { ...limits, threads: 1 }, async ({ connection, path, schema, rowCount }) => {
    const source = `read_parquet(${quoteText(path)})`;
    const condition = search
      ? `WHERE ${schema.columns.map((each) => `contains(lower(CAST(${shown(each)} AS VARCHAR)), ${quoteText(search.toLowerCase())})`).join(' OR ')}`
      : '';
    const sorted = sort && findColumn(schema, sort.column);
    const order = sorted ? `ORDER BY ${quoteName(sorted.name)} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST, file_row_number` : '';
    const from = sorted ? `read_parquet(${quoteText(path)}, file_row_number = true)` : source;
    const window = `LIMIT ${Math.min(MOST_ROWS, Math.max(0, Math.trunc(limit)))} OFFSET ${Math.max(0, Math.trunc(offset))}`;
    const reader = await connection.runAndReadAll(`SELECT ${schema.columns.map(shown).join(', ')} FROM ${from} ${condition} ${order} ${window}`);
    const found = search ? Number((await connection.runAndReadAll(`SELECT count(*) FROM ${source} ${condition}`)).getRows()[0]![0]) : rowCount;
    return { rows: reader.getRows().map((row) => row.map((value) => cut(plainCell(value)))), rowCount: found };
  });
}

const cut = <T>(value: T): T | string => (typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
