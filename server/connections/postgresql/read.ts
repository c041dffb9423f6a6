import { quoteName } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ReadRows, RowBatch, RowReadOptions, RowSource } from '../kind.ts';
import { batchOf, type CellReader } from '../sql/cells.ts';
import { nextInstant } from '../sql/watermark.ts';
import type { PostgresqlSession, TextResult, TextRow } from './session.ts';
import { findTable } from './tables.ts';
import { enumerations, instantType, readerOf } from './types.ts';

const FIRST_ROWS = 256;
const BATCH_BYTES = 16 * 2 ** 20;
const DECLARE = 'DECLARE source NO SCROLL CURSOR FOR ';

/**
 * Reads a table or a query in a transaction that can only read, by a cursor of the server: PostgreSQL takes nothing but one SELECT for it. The next
 * batch is under way while the last one is worked on; no more than two are in memory.
 */
export async function readRows(session: PostgresqlSession, source: RowSource, options: RowReadOptions): Promise<ReadRows> {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const known = await enumerations(session);
    const select = 'query' in source ? source.query : `SELECT * FROM ${(await findTable(session, source.table)).quoted}`;
    await declare(session, select, options.after);
    const first = await fetchRows(session, Math.min(FIRST_ROWS, options.batchRows));
    const readers = first.fields.map(({ name, dataTypeID }) => readerOf(name, dataTypeID, known));
    return { columns: readers.map(({ schema }) => schema), batches: batches(session, readers, first.rows, options.batchRows) };
  } catch (error) {
    await rollback(session);
    throw error;
  }
}

const rollback = (session: PostgresqlSession): Promise<unknown> => session.query('ROLLBACK').catch(() => undefined);

const fetchRows = (session: PostgresqlSession, rows: number): Promise<TextResult> => session.query(`FETCH FORWARD ${rows} FROM source`);

/** Opens the cursor; with a watermark for the rows beyond it, in its order. */
async function declare(session: PostgresqlSession, select: string, after: RowReadOptions['after']): Promise<void> {
  if (!after) return void (await session.query(DECLARE + select, [], DECLARE.length));
  const from = `SELECT * FROM (`;
  const within = `${from}${select.replace(/[\s;]+$/, '')}\n) AS source`;
  await session.query(`DECLARE columns NO SCROLL CURSOR FOR ${within} LIMIT 0`, [], 'DECLARE columns NO SCROLL CURSOR FOR '.length + from.length);
  const { fields } = await session.query('FETCH FORWARD 1 FROM columns');
  await session.query('CLOSE columns');
  const field = fields.find(({ name }) => name === after.column);
  if (!field) throw new NodeError('column_missing', `The source has no column “${after.column}”. It has ${fields.map(({ name }) => name).join(', ')}.`);
  const column = quoteName(after.column);
  const instant = instantType(field.dataTypeID);
  const value = after.value === null || !instant ? after.value : nextInstant(after.value);
  const condition = value === null ? '' : ` WHERE ${column} ${instant ? `>= $1::${instant}` : '> $1'}`;
  await session.query(`${DECLARE}${within}${condition} ORDER BY ${column}`, value === null ? [] : [value], DECLARE.length + from.length);
}

async function* batches(
  session: PostgresqlSession,
  readers: readonly CellReader<string>[],
  first: readonly TextRow[],
  batchRows: number,
): AsyncGenerator<RowBatch> {
  let rows = first;
  let next: Promise<TextResult> | null = null;
  let wanted = Math.min(FIRST_ROWS, batchRows);
  try {
    while (rows.length > 0) {
      const before = session.bytesRead;
      next = fetchRows(session, wanted);
      // Heard of below; until then nobody waits for it.
      next.catch(() => undefined);
      yield batchOf(readers, rows);
      ({ rows } = await next);
      next = null;
      const bytesPerRow = (session.bytesRead - before) / Math.max(rows.length, 1);
      wanted = Math.max(1, Math.min(batchRows, Math.floor(BATCH_BYTES / Math.max(bytesPerRow, 1))));
    }
  } finally {
    await next?.catch(() => undefined);
    await rollback(session);
  }
}
