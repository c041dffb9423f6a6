import { DuckDBDoubleVector, DuckDBUBigIntVector, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import type { FileHandle } from 'node:fs/promises';
import type { MeasuredPage } from '#nodes/kernels/column-statistics.server.ts';
import { plainBytes, readPlainGroup } from '../runtime/parquet-plain.ts';
import type { SourceGroup } from '../runtime/parquet-source.ts';
import type { NumberRange } from './number-ranges.ts';

/** The rows of some columns, block after block. */
export interface BlockSource {
  /** The largest block, and the most pages that it has and rows that they have. */
  readonly blockBytes: number;
  readonly pages: number;
  readonly pageRows: number;
  /** How many blocks may be asked for at a time. */
  readonly ahead: number;
  /** Begins with the first row; `hashed`: a last column has hashes of what else there is. */
  begin(names: readonly string[], hashed: boolean): Promise<void>;
  /** Puts the next block into memory; null after the last one. */
  next(memory: Uint8Array): Promise<{ readonly rows: number; readonly columns: readonly (readonly MeasuredPage[])[] } | null>;
}

const LARGEST_BLOCK = 32 * 2 ** 20;
const MOST_PAGE_ROWS = 2 ** 18;
const FEWEST_PAGE_BYTES = 32;
const READ_AHEAD = 3;

/** Row groups of plain pages, as they stand in the file; null when the columns have others, or larger ones. */
export function plainBlocks(file: FileHandle, groups: readonly SourceGroup[], columns: readonly NumberRange[]): BlockSource | null {
  const names = columns.map(({ column }) => column.name);
  const sizes = groups.map((group) => plainBytes(group, names));
  if (sizes.some((bytes) => bytes === null || bytes > LARGEST_BLOCK) || groups.some(({ rows }) => rows > MOST_PAGE_ROWS)) return null;
  const blockBytes = Math.max(0, ...(sizes as number[]));
  let wanted: readonly string[] = [];
  let at = 0;
  return {
    blockBytes,
    pages: Math.ceil(blockBytes / FEWEST_PAGE_BYTES),
    pageRows: Math.max(...groups.map(({ rows }) => rows)),
    ahead: READ_AHEAD,
    begin: (chosen) => {
      [wanted, at] = [chosen, 0];
      return Promise.resolve();
    },
    next: async (memory) => {
      const group = groups[at++];
      return group ? { rows: group.rows, columns: await readPlainGroup(file, group, wanted, memory) } : null;
    },
  };
}

const CHUNK_ROWS = 2_048;
const BLOCK_BYTES = 4 * 2 ** 20;

/** Blocks of what queries give, whose columns are all DOUBLE, NaN where missing, or UBIGINT; at most `width` of them. */
export function queryBlocks(connection: DuckDBConnection, width: number, query: (names: readonly string[], hashed: boolean) => string): BlockSource {
  const chunkBytes = width * CHUNK_ROWS * 8;
  const chunks = Math.max(1, Math.floor(BLOCK_BYTES / chunkBytes));
  let next: () => Promise<DuckDBDataChunk | null> = () => Promise.resolve(null);
  let over = false;
  return {
    blockBytes: chunks * chunkBytes,
    pages: chunks * width,
    pageRows: CHUNK_ROWS,
    ahead: 1,
    begin: async (names, hashed) => {
      const result = await connection.stream(query(names, hashed));
      over = false;
      next = () => result.fetchChunk();
    },
    next: async (memory) => {
      const columns: MeasuredPage[][] = [];
      let [rows, at] = [0, 0];
      for (let taken = 0; taken < chunks && !over; taken++) {
        const chunk = await next();
        over = !chunk || chunk.rowCount === 0;
        if (over) break;
        for (let index = 0; index < chunk!.columnCount; index++) {
          const bytes = bytesOf(chunk!, index);
          memory.set(bytes, at);
          (columns[index] ??= []).push({ rows: chunk!.rowCount, levels: null, values: at, present: chunk!.rowCount });
          at += bytes.length;
        }
        rows += chunk!.rowCount;
      }
      return rows > 0 ? { rows, columns } : null;
    },
  };
}

function bytesOf(chunk: DuckDBDataChunk, index: number): Uint8Array {
  const vector = chunk.getColumnVector(index);
  const items = vector instanceof DuckDBDoubleVector ? vector['items'] : vector instanceof DuckDBUBigIntVector ? vector['items'] : null;
  if (!items) throw new Error('The query gives a column of another type.');
  return new Uint8Array(items.buffer, items.byteOffset, items.byteLength);
}
