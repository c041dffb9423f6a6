import type { z } from 'zod';
import type { RunContext } from '../../kit/context.ts';
import { quoteName } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { tableSchema, type ColumnSchema, type Table } from '../../kit/table.ts';
import type { importData } from './node.ts';

const BATCH_ROWS = 10_000;

/** The rows of a table or a query of a database; with a watermark column, what was kept and the rows beyond its highest value. */
export async function readRows({ source, connection: name, table, query, incrementalColumn }: z.infer<typeof importData.params>, context: RunContext): Promise<Table> {
  const { rows } = await context.connection(name);
  if (!rows) throw new NodeError('connection_missing', `The connection “${name}” has files, no tables. Read a file of it.`, { param: 'source' });
  const column = incrementalColumn.trim();
  const { kept } = context;
  const after = column === '' ? undefined : { column, value: kept && (await watermark(kept, column, context)) };
  if (after) context.log(after.value === null ? 'Reading all rows.' : `Reading rows whose ${column} is above ${after.value}.`);
  const read = await rows.read(source === 'table' ? { table: table.trim() } : { query }, { after, batchRows: BATCH_ROWS });
  if (column !== '') checkWatermark(read.columns, column);
  if (!kept) return context.collect(read);
  if (described(read.columns) !== described(kept.schema.columns))
    throw new NodeError('schema_differs', 'The columns at the source are not those of the rows that were kept. Run everything anew, without reuse, to read all rows again.');
  const fresh = await context.collect(read);
  context.log(`Read ${fresh.rowCount} rows, and kept ${kept.rowCount}.`);
  return fresh.rowCount === 0 ? kept : context.query('SELECT * FROM kept UNION ALL SELECT * FROM fresh', { kept, fresh }, tableSchema(read.columns));
}

/** The highest value of the column, as the source is asked for what lies beyond it; null without any. */
async function watermark(kept: Table, column: string, context: RunContext): Promise<string | null> {
  const { type } = checkWatermark(kept.schema.columns, column);
  const highest = `max(${quoteName(column)})`;
  const text = type === 'datetime' ? `strftime(${highest}, '%Y-%m-%d %H:%M:%S.%g')` : `CAST(${highest} AS VARCHAR)`;
  const [row] = await context.rows(`SELECT ${text} AS value FROM kept`, { kept });
  return row?.value === null || row?.value === undefined ? null : String(row.value);
}

function checkWatermark(columns: readonly ColumnSchema[], name: string): ColumnSchema {
  const found = columns.find((each) => each.name === name);
  if (!found) throw new NodeError('column_missing', `There is no column “${name}” to tell new rows by.`, { param: 'incrementalColumn' });
  if (!['number', 'integer', 'datetime'].includes(found.type))
    throw new NodeError('column_wrong_type', `New rows are told by a number or a datetime; “${name}” is ${found.type}.`, { param: 'incrementalColumn' });
  return found;
}

const described = (columns: readonly ColumnSchema[]): string => JSON.stringify(columns.map(({ name, type }) => [name, type]));
