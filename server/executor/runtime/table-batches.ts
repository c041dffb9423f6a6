import { DOUBLE, DuckDBDataChunk, DuckDBDoubleVector, VARCHAR } from '@duckdb/node-api';
import type { ReadRows, RowBatch } from '#nodes/kit/connection.ts';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { isTextual, tableSchema, type ColumnValues, type TableSchema } from '#nodes/kit/table.ts';
import type { DuckSession } from './duck.ts';
import { numericExpression } from './duck-types.ts';
import { assertDistinctNames, copyToParquet, storedCell, type WrittenTable } from './write-table.ts';

const CHUNK_ROWS = 2_048;

/** Writes rows to a Parquet file as they come. Beyond DuckDB's memory they wait on disk, so that there may be any number of them. */
export async function writeBatches(session: DuckSession, { columns, batches }: ReadRows, path: string, signal: AbortSignal): Promise<WrittenTable> {
  if (columns.length === 0) throw new NodeError('columns_none', 'No column came.');
  const schema = tableSchema(columns);
  assertDistinctNames(schema.columns);
  const types = columns.map(({ type }) => (isTextual(type) ? VARCHAR : DOUBLE));
  return session.with(async (connection) => {
    await connection.run(`CREATE TEMP TABLE cells (${types.map((type, index) => `c${index} ${type}`).join(', ')})`);
    const appender = await connection.createAppender('cells');
    try {
      for await (const { rowCount, values } of batches) {
        signal.throwIfAborted();
        for (let from = 0; from < rowCount; from += CHUNK_ROWS) {
          const to = Math.min(from + CHUNK_ROWS, rowCount);
          const chunk = DuckDBDataChunk.create(types, to - from);
          for (const [index, each] of values.entries()) fill(chunk, index, each, from, to);
          appender.appendDataChunk(chunk);
        }
      }
    } finally {
      appender.closeSync();
    }
    const selected = columns.map(({ name, type }, index) => `${storedCell(type, `c${index}`)} AS ${quoteName(name)}`);
    return session.target(path, (inside) => copyToParquet(connection, `SELECT ${selected.join(', ')} FROM cells`, schema, inside));
  });
}

function fill(chunk: DuckDBDataChunk, index: number, values: ColumnValues, from: number, to: number): void {
  if (!(values instanceof Float64Array)) return chunk.setColumnValues(index, values.slice(from, to));
  const vector = chunk.getColumnVector(index);
  if (!(vector instanceof DuckDBDoubleVector)) throw new Error('Texts came where numbers were promised.');
  vector['items'].set(values.subarray(from, to));
  vector.flush();
}

/** The rows of a Parquet file in batches, read as they are asked for. */
export function readBatches(file: () => Promise<{ session: DuckSession; path: string }>, schema: TableSchema, rowCount: number, batchRows: number): ReadRows {
  async function* read(): AsyncGenerator<RowBatch> {
    const { session, path } = await file();
    const cells = schema.columns.map(({ name, type }) => (isTextual(type) ? quoteName(name) : numericExpression(name, type)));
    for (let from = 0; from < rowCount; from += batchRows) {
      const count = Math.min(batchRows, rowCount - from);
      const page = `SELECT * FROM read_parquet(${quoteText(session.source(path))}) LIMIT ${count} OFFSET ${from}`;
      const reader = await session.with((connection) => connection.runAndReadAll(`SELECT ${cells.join(', ')} FROM (${page})`));
      const values = reader.getColumns();
      yield {
        rowCount: count,
        values: schema.columns.map(({ type }, index) =>
          isTextual(type) ? (values[index] as (string | null)[]) : Float64Array.from(values[index] as number[]),
        ),
      };
    }
  }
  return { columns: schema.columns, batches: read() };
}
