import { open } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import { DuckDBDataChunk, DuckDBTimestampValue, BIGINT, BOOLEAN, DOUBLE, TIMESTAMP, VARCHAR, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import type * as ArrowModule from 'apache-arrow';
import type { DataType, RecordBatch, RecordBatchReader, Vector } from 'apache-arrow';
import { NodeError } from '#nodes/kit/issues.ts';
import type { DuckSession } from './duck.ts';
import { copyTyped } from './read-typed.ts';
import { decompressLz4Frame } from './lz4.ts';
import type { WrittenTable } from './write-table.ts';

const CHUNK_ROWS = 2_048;

type Arrow = typeof ArrowModule;
interface Place {
  readonly signal: AbortSignal;
  readonly target: string;
}

/** How a column goes into DuckDB. */
interface ColumnPlan {
  readonly duck: DuckDBType;
  value(cell: unknown): DuckDBValue;
}

/** Reads Arrow IPC, as file (also Feather 2) or as stream, batch by batch. Nested values become JSON text. */
export async function readArrowFile(session: DuckSession, path: string, { signal, target }: Place): Promise<WrittenTable> {
  const arrow = await import('apache-arrow');
  registerCodecs(arrow);
  const source = await open(path, 'r');
  try {
    const reader = await damaged(async () => (await arrow.RecordBatchReader.from(source)).open());
    return await session.with(async (connection) => {
      const { fields } = reader.schema;
      if (fields.length === 0) throw new NodeError('data_empty', 'The file has no columns.');
      const plans = fields.map(({ type }) => planOf(arrow, type));
      await connection.run(`CREATE TEMP TABLE arrow_cells (${plans.map(({ duck }, index) => `c${index} ${String(duck)}`).join(', ')})`);
      const appender = await connection.createAppender('arrow_cells');
      for await (const batch of batchesOf(reader)) {
        for (let from = 0; from < batch.numRows; from += CHUNK_ROWS) {
          signal.throwIfAborted();
          appender.appendDataChunk(chunkOf(batch, plans, from, Math.min(from + CHUNK_ROWS, batch.numRows)));
        }
      }
      appender.closeSync();
      const described = await connection.runAndReadAll('DESCRIBE SELECT * FROM arrow_cells');
      const ducks = described.getRows().map((row) => String(row[1]));
      return session.target(target, (inside) =>
        copyTyped(
          connection,
          'arrow_cells',
          inside,
          new Map(),
          fields.map(({ name }, index) => ({ name, column: `c${index}`, duck: ducks[index]! })),
        ),
      );
    });
  } finally {
    await source.close().catch(() => undefined);
  }
}

async function* batchesOf(reader: RecordBatchReader): AsyncGenerator<RecordBatch> {
  const iterator = (reader as AsyncIterable<RecordBatch>)[Symbol.asyncIterator]();
  for (let next = await damaged(() => iterator.next()); !next.done; next = await damaged(() => iterator.next())) yield next.value;
}

async function damaged<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NodeError) throw error;
    const message = error instanceof Error ? error.message.slice(0, 200) : '';
    throw new NodeError('data_unparsable', `The file cannot be read as Arrow IPC: ${message}. Is it complete?`, { cause: error });
  }
}

function chunkOf(batch: RecordBatch, plans: readonly ColumnPlan[], from: number, to: number): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(
    plans.map(({ duck }) => duck),
    to - from,
  );
  for (const [index, { value }] of plans.entries()) {
    const vector = batch.getChildAt(index) as Vector | null;
    const cells = Array.from({ length: to - from }, (_, row): DuckDBValue => {
      const cell: unknown = vector?.get(from + row);
      return cell === null || cell === undefined ? null : value(cell);
    });
    chunk.setColumnValues(index, cells);
  }
  return chunk;
}

const text = (cell: unknown): string =>
  typeof cell === 'string' ? cell : JSON.stringify(cell, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));

function planOf({ DataType: kinds }: Arrow, type: DataType): ColumnPlan {
  if (kinds.isDictionary(type)) return planOf({ DataType: kinds } as Arrow, type.dictionary as DataType);
  if (kinds.isBool(type)) return { duck: BOOLEAN, value: (cell) => cell === true };
  if (kinds.isInt(type)) {
    // Unsigned numbers of 64 bits may be larger than a whole number here can be.
    if (type.bitWidth === 64 && !type.isSigned) return { duck: DOUBLE, value: Number };
    return { duck: BIGINT, value: (cell) => BigInt(cell as bigint | number) };
  }
  if (kinds.isFloat(type)) return { duck: DOUBLE, value: Number };
  if (kinds.isDecimal(type)) return { duck: DOUBLE, value: (cell) => decimalOf(cell as Uint32Array, type.scale) };
  if (kinds.isDate(type) || kinds.isTimestamp(type))
    return { duck: TIMESTAMP, value: (cell) => new DuckDBTimestampValue(BigInt(Math.round(Number(cell) * 1_000))) };
  return { duck: VARCHAR, value: text };
}

/** A decimal of 32-bit words, the least first, in two's complement. */
function decimalOf(words: Uint32Array, scale: number): number {
  let whole = 0n;
  for (const [index, word] of [...words].entries()) whole |= BigInt(word) << BigInt(32 * index);
  const bits = words.length * 32;
  return Number(BigInt.asIntN(bits, whole)) / 10 ** scale;
}

function registerCodecs({ compressionRegistry, CompressionType }: Arrow): void {
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => zstdDecompressSync(bytes) });
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decompressLz4Frame });
}
