import type { Readable } from 'node:stream';
import type { FieldPacket } from 'mysql2';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ReadRows, RowBatch, RowReadOptions, RowSource } from '../kind.ts';
import { batchOf, type CellReader } from '../sql/cells.ts';
import { nextInstant } from '../sql/watermark.ts';
import type { ByteRow, MysqlSession, Subject } from './session.ts';
import { quoteMysqlName, quoteMysqlText, quotePath } from './tables.ts';
import { comparedAs, readerOf } from './types.ts';

const BATCH_BYTES = 16 * 2 ** 20;
const ROWS_AHEAD = 1_000;

/**
 * Reads a table or a query in a transaction that can only read. The server first parses the query as a part of another SELECT, where nothing but a
 * SELECT can stand: no second statement, no `INTO OUTFILE`, no `CALL`. Rows are sent as they are taken.
 */
export async function readRows(session: MysqlSession, source: RowSource, { after, batchRows }: RowReadOptions): Promise<ReadRows> {
  const about: Subject = 'query' in source ? 'query' : 'table';
  const select = 'query' in source ? source.query.replace(/[\s;]+$/, '') : `SELECT * FROM ${quotePath(source.table)}`;
  await session.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  try {
    const within = `SELECT * FROM (${select}\n) AS source`;
    const fields = await session.describe(`${within} LIMIT 0`, about);
    const rows = session.stream(after ? `${within} ${beyond(fields, after)}` : select, Math.min(ROWS_AHEAD, batchRows));
    const found = await fieldsOf(session, rows, about);
    const readers = found.map((field) => readerOf(field, session.settings.tinyintAsBoolean));
    return { columns: readers.map(({ schema }) => schema), batches: batches(session, rows, readers, batchRows, about) };
  } catch (error) {
    await rollback(session);
    throw error;
  }
}

const rollback = (session: MysqlSession): Promise<unknown> => session.query('ROLLBACK').catch(() => undefined);

/** The rows beyond a watermark, in its order. */
function beyond(fields: readonly FieldPacket[], { column, value }: NonNullable<RowReadOptions['after']>): string {
  const field = fields.find(({ name }) => name === column);
  if (!field) throw new NodeError('column_missing', `The source has no column “${column}”. It has ${fields.map(({ name }) => name).join(', ')}.`);
  const quoted = quoteMysqlName(column);
  return `${value === null ? '' : `WHERE ${quoted} ${comparison(comparedAs(field), value)} `}ORDER BY ${quoted}`;
}

function comparison(as: ReturnType<typeof comparedAs>, value: string): string {
  if (as === 'instant') return `>= TIMESTAMP'${nextInstant(value)}'`;
  if (as === 'text') return `> ${quoteMysqlText(value)}`;
  if (!/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) throw new NodeError('parameter_invalid', `“${value}” is no number to compare with.`);
  return `> ${value}`;
}

async function fieldsOf(session: MysqlSession, rows: Readable, about: Subject): Promise<readonly FieldPacket[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly FieldPacket[]>();
  rows.once('fields', resolve);
  rows.once('error', reject);
  try {
    return await promise;
  } catch (error) {
    throw session.failure(error, about);
  } finally {
    rows.off('error', reject);
  }
}

async function* batches(
  session: MysqlSession,
  stream: Readable,
  readers: readonly CellReader<Buffer>[],
  batchRows: number,
  about: Subject,
): AsyncGenerator<RowBatch> {
  let [rows, bytes] = [[] as ByteRow[], 0];
  try {
    for await (const row of stream as AsyncIterable<ByteRow>) {
      rows.push(row);
      for (const cell of row) bytes += cell?.length ?? 0;
      if (rows.length < batchRows && bytes < BATCH_BYTES) continue;
      yield batchOf(readers, rows);
      [rows, bytes] = [[], 0];
    }
    // A statement that was stopped may end as if it had all its rows.
    session.signal.throwIfAborted();
    if (rows.length > 0) yield batchOf(readers, rows);
  } catch (error) {
    throw session.failure(error, about);
  } finally {
    if (!stream.readableEnded && !stream.errored) await session.stop();
    await rollback(session);
  }
}
