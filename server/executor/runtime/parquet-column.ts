import { Buffer } from 'node:buffer';
import { zstdCompressSync, constants } from 'node:zlib';
import { binary, field, list, struct, structure, text, unsigned, whole32, whole64, type Encoded } from './thrift.ts';

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

/** A run of values of a column as bytes. */
export interface ColumnPage {
  readonly rows: number;
  /** Those that are there. */
  readonly values: Uint8Array;
  /** A bit a row, from the lowest on, for the values that are there; null when all are. */
  readonly present: Uint8Array | null;
  readonly missingCount: number;
  readonly bounds: ColumnRun['bounds'];
}

/** The values of a column in a row group, as they stand in the file. */
export interface ColumnChunk {
  readonly pages: readonly Uint8Array[];
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

/** Pages are compressed where that saves so much of the beginning of the first one. */
const WORTH = 0.5;
const TRIED_BYTES = 16_384;
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** How the column stands in the schema of a file. */
export function schemaElement({ name, type }: ParquetColumn): Encoded {
  const fields = [field(1, whole32(TYPES[type])), field(3, whole32(OPTIONAL)), field(4, text(name))];
  if (type === 'BYTE_ARRAY') fields.push(field(6, whole32(UTF8)), field(10, struct(field(1, struct()))));
  return struct(...fields);
}

interface ChunkState {
  pages: Uint8Array[];
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

  /** Appends a page. Values that are numbers must not change until the row group is written. */
  append({ values, missing, missingCount, bounds }: ColumnRun): void {
    const rows = values.length;
    const gaps = missingCount > 0 ? missing : null;
    this.appendPage({ rows, values: this.#plain(values, gaps), present: gaps && bitsOf(rows, (row) => !gaps(row)), missingCount, bounds });
  }

  /** Appends a page, whose bytes must not change until the row group is written. */
  appendPage({ rows, values, present, missingCount, bounds }: ColumnPage): void {
    const chunk = this.#chunk;
    const plain = [levelsHead(rows, present), ...(present ? [present] : []), values];
    const plainBytes = plain.reduce((sum, { length }) => sum + length, 0);
    this.#compressed ??= isWorthCompressing(plain);
    const body = this.#compressed ? [zstdCompressSync(Buffer.concat(plain, plainBytes), LEVEL)] : plain;
    const bytes = this.#compressed ? body[0]!.length : plainBytes;
    const header = structure(
      field(1, whole32(DATA_PAGE)),
      field(2, whole32(plainBytes)),
      field(3, whole32(bytes)),
      field(5, struct(field(1, whole32(rows)), field(2, whole32(PLAIN)), field(3, whole32(RLE)), field(4, whole32(RLE)))),
    );
    chunk.pages.push(header, ...body);
    chunk.bytes += header.length + bytes;
    chunk.plainBytes += header.length + plainBytes;
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

function isWorthCompressing(plain: readonly Uint8Array[]): boolean {
  const tried = Buffer.concat(plain.map((each) => each.subarray(0, TRIED_BYTES))).subarray(0, TRIED_BYTES);
  return zstdCompressSync(tried, LEVEL).length < tried.length * WORTH;
}

/** A bound as its bytes; one that is zero gets the sign of `zero`, since equal zeros may have either. */
function stored({ type }: ParquetColumn, value: number | bigint, zero: number): Buffer {
  const bytes = Buffer.alloc(8);
  if (type === 'INT64') bytes.writeBigInt64LE(BigInt(value));
  else bytes.writeDoubleLE(value === 0 ? zero : Number(value));
  return bytes;
}

/** How definition levels begin: their length, and a single run where all are 1, or how many bytes of bits follow. */
function levelsHead(rows: number, present: Uint8Array | null): Buffer {
  const run = present ? unsigned(present.length * 2 + 1) : [...unsigned(rows * 2), 1];
  const head = Buffer.from([0, 0, 0, 0, ...run]);
  head.writeUInt32LE(run.length + (present?.length ?? 0));
  return head;
}

/** Eight rows a byte, the first in the lowest bit. */
function bitsOf(rows: number, set: (row: number) => boolean): Buffer {
  const bits = Buffer.alloc(Math.ceil(rows / 8));
  for (let row = 0; row < rows; row++) if (set(row)) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
}
