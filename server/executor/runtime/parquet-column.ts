import { Buffer } from 'node:buffer';
import { zstdCompressSync, constants } from 'node:zlib';
import { binary, field, list, struct, structure, text, whole32, whole64, type Encoded } from './thrift.ts';

/** A column that may have missing values: float64, int64, bits, or UTF-8. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: 'DOUBLE' | 'INT64' | 'BOOLEAN' | 'BYTE_ARRAY';
}

/** A run of values of a column. */
export interface ColumnRun {
  /** Of bits: float64 0 and 1. */
  readonly values: Float64Array | BigInt64Array | readonly (string | null)[];
  /** Which of them are missing; null when none is. */
  readonly missing: ((row: number) => boolean) | null;
  readonly missingCount: number;
  /** Of float64 and int64, where they are known. */
  readonly bounds: { readonly least: number | bigint; readonly greatest: number | bigint } | null;
}

/** The values of a column in a row group, as they stand in the file. */
export interface ColumnChunk {
  readonly pages: readonly Buffer[];
  readonly bytes: number;
  readonly plainBytes: number;
  readonly description: Encoded;
}

// Numbers of parquet.thrift of Apache Parquet 2.
const TYPES = { BOOLEAN: 0, INT64: 2, DOUBLE: 5, BYTE_ARRAY: 6 } as const;
const OPTIONAL = 1;
const UTF8 = 0;
const [PLAIN, RLE] = [0, 3];
const DATA_PAGE = 0;
const CODEC = { none: 0, zstd: 6 } as const;

/** Pages are compressed where that saves so much of the first one. */
const WORTH = 0.5;
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** How the column stands in the schema of a file. */
export function schemaElement({ name, type }: ParquetColumn): Encoded {
  const fields = [field(1, whole32(TYPES[type])), field(3, whole32(OPTIONAL)), field(4, text(name))];
  if (type === 'BYTE_ARRAY') fields.push(field(6, whole32(UTF8)), field(10, struct(field(1, struct()))));
  return struct(...fields);
}

interface ChunkState {
  pages: Buffer[];
  bytes: number;
  plainBytes: number;
  rows: number;
  missing: number;
  least: number | bigint | null;
  greatest: number | bigint | null;
}

const emptyChunk = (): ChunkState => ({ pages: [], bytes: 0, plainBytes: 0, rows: 0, missing: 0, least: null, greatest: null });

/** Writes a column as plain pages, row group by row group. Source: the format's specification, parquet.apache.org. */
export class ParquetColumnWriter {
  readonly #column: ParquetColumn;
  readonly #texts = new Map<string, Buffer>();
  #compressed: boolean | null = null;
  #chunk = emptyChunk();

  constructor(column: ParquetColumn) {
    this.#column = column;
  }

  /** Rows of the row group so far. */
  get rows(): number {
    return this.#chunk.rows;
  }

  /** Appends a page. What the run holds is copied before it returns, to a place that `room` gives. */
  append({ values, missing, missingCount, bounds }: ColumnRun, room: (bytes: number) => Buffer = Buffer.allocUnsafe): void {
    const chunk = this.#chunk;
    const rows = values.length;
    const gaps = missingCount > 0 ? missing : null;
    const levels = gaps ? levelsOf(rows, gaps) : levelsOfAll(rows);
    const present = this.#plain(values, gaps);
    const plain = room(4 + levels.length + present.byteLength);
    plain.writeUInt32LE(levels.length);
    levels.copy(plain, 4);
    plain.set(present, 4 + levels.length);
    const packed = this.#compressed === false ? null : zstdCompressSync(plain, LEVEL);
    this.#compressed ??= packed!.length < plain.length * WORTH;
    const body = this.#compressed ? packed! : plain;
    const header = structure(
      field(1, whole32(DATA_PAGE)),
      field(2, whole32(plain.length)),
      field(3, whole32(body.length)),
      field(5, struct(field(1, whole32(rows)), field(2, whole32(PLAIN)), field(3, whole32(RLE)), field(4, whole32(RLE)))),
    );
    chunk.pages.push(header, body);
    chunk.bytes += header.length + body.length;
    chunk.plainBytes += header.length + plain.length;
    chunk.rows += rows;
    chunk.missing += missingCount;
    if (bounds && missingCount < rows) {
      if (chunk.least === null || bounds.least < chunk.least) chunk.least = bounds.least;
      if (chunk.greatest === null || bounds.greatest > chunk.greatest) chunk.greatest = bounds.greatest;
    }
  }

  /** Ends the row group; its first byte will stand at `from` in the file. */
  end(from: number): ColumnChunk {
    const { pages, bytes, plainBytes, rows, missing, least, greatest } = this.#chunk;
    this.#chunk = emptyChunk();
    const column = this.#column;
    const statistics = [field(3, whole64(missing))];
    if (least !== null) statistics.push(field(5, binary(stored(column, greatest!, 0))), field(6, binary(stored(column, least, -0))));
    const description = struct(
      field(2, whole64(from)),
      field(
        3,
        struct(
          field(1, whole32(TYPES[column.type])),
          field(2, list('whole', [whole32(PLAIN), whole32(RLE)])),
          field(3, list('binary', [text(column.name)])),
          field(4, whole32(this.#compressed ? CODEC.zstd : CODEC.none)),
          field(5, whole64(rows)),
          field(6, whole64(plainBytes)),
          field(7, whole64(bytes)),
          field(9, whole64(from)),
          field(12, struct(...statistics)),
        ),
      ),
    );
    return { pages, bytes, plainBytes, description };
  }

  #plain(values: ColumnRun['values'], missing: ColumnRun['missing']): Uint8Array {
    if (!ArrayBuffer.isView(values)) return this.#plainTexts(values);
    const present = missing ? values.filter((_: number | bigint, row: number) => !missing(row)) : values;
    if (this.#column.type === 'BOOLEAN') return bitsOf(present.length, (row) => present[row] === 1);
    return new Uint8Array(present.buffer, present.byteOffset, present.byteLength);
  }

  #plainTexts(values: readonly (string | null)[]): Buffer {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (const value of values) {
      if (value === null) continue;
      const piece = this.#texts.get(value) ?? this.#encoded(value);
      pieces.push(piece);
      bytes += piece.length;
    }
    return Buffer.concat(pieces, bytes);
  }

  #encoded(value: string): Buffer {
    const bytes = Buffer.from(value, 'utf8');
    const piece = Buffer.alloc(4 + bytes.length);
    piece.writeUInt32LE(bytes.length);
    bytes.copy(piece, 4);
    if (this.#texts.size < KEPT_TEXTS) this.#texts.set(value, piece);
    return piece;
  }
}

/** Labels repeat. */
const KEPT_TEXTS = 1_024;

/** A bound as its bytes; one that is zero gets the sign of `zero`, since equal zeros may have either. */
function stored({ type }: ParquetColumn, value: number | bigint, zero: number): Buffer {
  const bytes = Buffer.alloc(8);
  if (type === 'INT64') bytes.writeBigInt64LE(BigInt(value));
  else bytes.writeDoubleLE(value === 0 ? zero : Number(value));
  return bytes;
}

/** Definition levels that are all 1: a single run. */
const levelsOfAll = (rows: number): Buffer => Buffer.from([...unsigned(rows * 2), 1]);

/** Definition levels as bits. */
const levelsOf = (rows: number, missing: (row: number) => boolean): Buffer =>
  Buffer.concat([Buffer.from(unsigned(Math.ceil(rows / 8) * 2 + 1)), bitsOf(rows, (row) => !missing(row))]);

/** Eight rows a byte, the first in the lowest bit. */
function bitsOf(rows: number, set: (row: number) => boolean): Buffer {
  const bits = Buffer.alloc(Math.ceil(rows / 8));
  for (let row = 0; row < rows; row++) if (set(row)) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}
