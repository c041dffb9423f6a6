import { BIGINT, DOUBLE, DuckDBDataChunk, DuckDBDoubleVector, VARCHAR, type DuckDBConnection, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import type { ReadRows, RowBatch } from '#nodes/kit/connection.ts';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { isTextual, tableSchema, type ColumnValues, type TableSchema } from '#nodes/kit/table.ts';
import type { DuckSession } from './duck.ts';
import { numericExpression } from './duck-types.ts';
import { assertDistinctNames, copyToParquet, storedCell, type WrittenTable } from './write-table.ts';

const CHUNK_ROWS = 2_048;

/**
 * Writes rows to a Parquet file as they come. Beyond DuckDB's memory they wait on disk, so that there may be any number of them. A column of
 * integers waits as float64 until a batch has one that only a text can hold.
 */
export async function writeBatches(session: DuckSession, { columns, batches }: ReadRows, path: string, signal: AbortSignal): Promise<WrittenTable> {
  if (columns.length === 0) throw new NodeError('columns_none', 'No column came.');
  const schema = tableSchema(columns);
  assertDistinctNames(schema.columns);
  const types: DuckDBType[] = columns.map(({ type }) => (isTextual(type) ? VARCHAR : DOUBLE));
  return session.with(async (connection) => {
    await connection.run(`CREATE TEMP TABLE cells (${types.map((type, index) => `c${index} ${type}`).join(', ')})`);
    let appender = await connection.createAppender('cells');
    try {
      for await (const { rowCount, values } of batches) {
        signal.throwIfAborted();
        const grown = types.flatMap((type, index) =>
          type === DOUBLE && columns[index]!.type === 'integer' && !(values[index] instanceof Float64Array) ? [index] : [],
        );
        if (grown.length > 0) {
          appender.closeSync();
          for (const index of grown) await becomeExact(connection, index);
          for (const index of grown) types[index] = BIGINT;
          appender = await connection.createAppender('cells');
        }
        for (let from = 0; from < rowCount; from += CHUNK_ROWS) {
          const to = Math.min(from + CHUNK_ROWS, rowCount);
          const chunk = DuckDBDataChunk.create(types, to - from);
          for (const [index, each] of values.entries()) fill(chunk, index, types[index]!, each, from, to);
          appender.appendDataChunk(chunk);
        }
      }
    } finally {
      appender.closeSync();
    }
    const selected = columns.map(({ name, type }, index) => `${types[index] === BIGINT ? `c${index}` : storedCell(type, `c${index}`)} AS ${quoteName(name)}`);
    return session.target(path, (inside) => copyToParquet(connection, `SELECT ${selected.join(', ')} FROM cells`, schema, inside));
  });
}

const becomeExact = (connection: DuckDBConnection, index: number): Promise<unknown> =>
  connection.run(`ALTER TABLE cells ALTER c${index} TYPE BIGINT USING ${storedCell('integer', `c${index}`)}`);

function fill(chunk: DuckDBDataChunk, index: number, type: DuckDBType, values: ColumnValues, from: number, to: number): void {
  if (type === BIGINT) return chunk.setColumnValues(index, Array.from<number | string | null, bigint | null>(values.slice(from, to), wholeOrNull));
  if (!(values instanceof Float64Array)) return chunk.setColumnValues(index, values.slice(from, to));
  const vector = chunk.getColumnVector(index);
  if (!(vector instanceof DuckDBDoubleVector)) throw new Error('Numbers came where texts were promised.');
  vector['items'].set(values.subarray(from, to));
  vector.flush();
}

const wholeOrNull = (value: number | string | null): bigint | null => (value === null || Number.isNaN(value) ? null : BigInt(value));

/** Whole numbers as float64, or as decimal texts where one of them is beyond it. */
function wholeNumbers(values: readonly (bigint | null)[]): ColumnValues {
  const numbers = Float64Array.from(values, (value) => (value === null ? NaN : Number(value)));
  const exact = numbers.every((value) => Number.isNaN(value) || Number.isSafeInteger(value));
  return exact ? numbers : values.map((value) => (value === null ? null : String(value)));
}

/** Cells of a column so far: numbers with NaN for missing, or values as they come. */
type Gathered = Float64Array | DuckDBValue[];

function doublesOf(chunk: DuckDBDataChunk, index: number): Float64Array {
  const vector = chunk.getColumnVector(index);
  if (!(vector instanceof DuckDBDoubleVector)) throw new Error('Expected a vector of doubles.');
  return vector['items'];
}

/** The rows of a Parquet file in batches, read once, as they are asked for. */
export function readBatches(file: () => Promise<{ session: DuckSession; path: string }>, schema: TableSchema, batchRows: number): ReadRows {
  async function* read(): AsyncGenerator<RowBatch> {
    const { session, path } = await file();
    const cells = schema.columns.map(({ name, type }) => (isTextual(type) || type === 'integer' ? quoteName(name) : numericExpression(name, type)));
    const begin = (): Gathered[] => schema.columns.map(({ type }) => (isTextual(type) || type === 'integer' ? [] : new Float64Array(batchRows)));
    const batch = (gathered: readonly Gathered[], rowCount: number): RowBatch => ({
      rowCount,
      values: gathered.map((values, index) => {
        if (values instanceof Float64Array) return values.subarray(0, rowCount);
        return schema.columns[index]!.type === 'integer' ? wholeNumbers(values as (bigint | null)[]) : (values as (string | null)[]);
      }),
    });
    let [gathered, rowCount] = [begin(), 0];
    for await (const chunk of session.stream(`SELECT ${cells.join(', ')} FROM read_parquet(${quoteText(session.source(path))})`)) {
      for (let from = 0; from < chunk.rowCount;) {
        const to = Math.min(chunk.rowCount, from + batchRows - rowCount);
        for (const [index, values] of gathered.entries()) {
          if (values instanceof Float64Array) values.set(doublesOf(chunk, index).subarray(from, to), rowCount);
          else for (const value of chunk.getColumnValues(index).slice(from, to)) values.push(value);
        }
        rowCount += to - from;
        from = to;
        if (rowCount < batchRows) continue;
        yield batch(gathered, rowCount);
        [gathered, rowCount] = [begin(), 0];
      }
    }
    if (rowCount > 0) yield batch(gathered, rowCount);
  }
  return { columns: schema.columns, batches: read() };
}
