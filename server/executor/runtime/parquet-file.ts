import { Buffer } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { zstdCompressSync, constants } from 'node:zlib';
import { GrowingHash } from './hash-file.ts';
import { binary, field, list, struct, structure, text, whole32, whole64, type Encoded } from './thrift.ts';

/** Columns that may have missing values: float64 or int64. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: 'DOUBLE' | 'INT64';
}

/** A run of values of a column. */
export interface ColumnRun {
  readonly values: Float64Array | BigInt64Array;
  /** Which of them are missing; null when none is. */
  readonly missing: ((row: number) => boolean) | null;
  readonly missingCount: number;
  readonly least: number | bigint;
  readonly greatest: number | bigint;
}

// Numbers of parquet.thrift of Apache Parquet 2.
const TYPES = { INT64: 2, DOUBLE: 5 } as const;
const OPTIONAL = 1;
const [PLAIN, RLE] = [0, 3];
const DATA_PAGE = 0;
const CODEC = { none: 0, zstd: 6 } as const;
const MAGIC = Buffer.from('PAR1');

/** Pages are compressed where that saves so much of the first one. */
const WORTH = 0.5;
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

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

/**
 * Writes a Parquet file of plain pages, row group by row group, and hashes it on the way: for tables of numbers, whose dictionaries and
 * compression would cost more than all else. Source: the format's specification, parquet.apache.org.
 */
export class ParquetFile {
  readonly #file: FileHandle;
  readonly #columns: readonly ParquetColumn[];
  readonly #groupRows: number;
  readonly #hash: GrowingHash;
  readonly #groups: Encoded[] = [];
  readonly #compressed: (boolean | null)[];
  #chunks: ChunkState[];
  #offset = 0;
  #rowCount = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, hash: GrowingHash, columns: readonly ParquetColumn[], groupRows: number) {
    this.#file = file;
    this.#hash = hash;
    this.#columns = columns;
    this.#groupRows = groupRows;
    this.#compressed = columns.map(() => null);
    this.#chunks = columns.map(emptyChunk);
  }

  static async create(path: string, columns: readonly ParquetColumn[], groupRows: number): Promise<ParquetFile> {
    const file = await open(path, 'w', 0o600);
    const parquet = new ParquetFile(file, new GrowingHash(path), columns, groupRows);
    await parquet.#write([MAGIC]);
    return parquet;
  }

  /** Appends rows: a run of each column, all of the same length. What they hold is copied before it returns. */
  async append(runs: readonly ColumnRun[]): Promise<void> {
    for (const [index, run] of runs.entries()) this.#add(index, run);
    this.#rowCount += runs[0]!.values.length;
    if (this.#chunks[0]!.rows >= this.#groupRows) await this.#endGroup();
  }

  /** Ends the file and brings it to disk for good. */
  async finish(metadata: Readonly<Record<string, string>>): Promise<{ hash: string; bytes: number; rowCount: number }> {
    if (this.#chunks[0]!.rows > 0) await this.#endGroup();
    const footer = this.#footer(metadata);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    await this.#write([footer, length, MAGIC]);
    await this.#writing;
    const [hash] = await Promise.all([this.#hash.digest(this.#offset), this.#file.sync()]);
    await this.#file.close();
    return { hash, bytes: this.#offset, rowCount: this.#rowCount };
  }

  /** Gives the file up. */
  async abandon(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await Promise.all([this.#hash.close(), this.#file.close()]);
  }

  #add(index: number, { values, missing, missingCount, least, greatest }: ColumnRun): void {
    const chunk = this.#chunks[index]!;
    const rows = values.length;
    const levels = missing && missingCount > 0 ? levelsOf(rows, missing) : levelsOfAll(rows);
    const present = missing && missingCount > 0 ? values.filter((_: number | bigint, row: number) => !missing(row)) : values;
    const plain = Buffer.allocUnsafe(4 + levels.length + present.byteLength);
    plain.writeUInt32LE(levels.length);
    levels.copy(plain, 4);
    plain.set(new Uint8Array(present.buffer, present.byteOffset, present.byteLength), 4 + levels.length);
    const packed = this.#compressed[index] === false ? null : zstdCompressSync(plain, LEVEL);
    this.#compressed[index] ??= packed!.length < plain.length * WORTH;
    const body = this.#compressed[index] ? packed! : plain;
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
    if (missingCount < rows) {
      if (chunk.least === null || least < chunk.least) chunk.least = least;
      if (chunk.greatest === null || greatest > chunk.greatest) chunk.greatest = greatest;
    }
  }

  async #endGroup(): Promise<void> {
    const chunks = this.#chunks;
    this.#chunks = this.#columns.map(emptyChunk);
    let at = this.#offset;
    const described = chunks.map((chunk, index) => {
      const column = this.#columns[index]!;
      const from = at;
      at += chunk.bytes;
      const statistics = [field(3, whole64(chunk.missing))];
      if (chunk.least !== null) statistics.push(field(5, binary(stored(column, chunk.greatest!, 0))), field(6, binary(stored(column, chunk.least, -0))));
      return struct(
        field(2, whole64(from)),
        field(
          3,
          struct(
            field(1, whole32(TYPES[column.type])),
            field(2, list('whole', [whole32(PLAIN), whole32(RLE)])),
            field(3, list('binary', [text(column.name)])),
            field(4, whole32(this.#compressed[index] ? CODEC.zstd : CODEC.none)),
            field(5, whole64(chunk.rows)),
            field(6, whole64(chunk.plainBytes)),
            field(7, whole64(chunk.bytes)),
            field(9, whole64(from)),
            field(12, struct(...statistics)),
          ),
        ),
      );
    });
    const plainBytes = chunks.reduce((sum, chunk) => sum + chunk.plainBytes, 0);
    this.#groups.push(struct(field(1, list('struct', described)), field(2, whole64(plainBytes)), field(3, whole64(chunks[0]!.rows))));
    await this.#write(chunks.flatMap(({ pages }) => pages));
  }

  /** Begins to write when what came before is written: two row groups at most are in memory. */
  async #write(pieces: readonly Buffer[]): Promise<void> {
    await this.#writing;
    const expected = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#offset += expected;
    const end = this.#offset;
    this.#writing = this.#file.writev([...pieces]).then(({ bytesWritten }) => {
      if (bytesWritten !== expected) throw new Error(`Only ${bytesWritten} of ${expected} bytes were written.`);
      this.#hash.written(end);
    });
    // It is awaited later, by what is written next.
    this.#writing.catch(() => undefined);
  }

  #footer(metadata: Readonly<Record<string, string>>): Buffer {
    const root = struct(field(4, text('schema')), field(5, whole32(this.#columns.length)));
    const columns = this.#columns.map(({ name, type }) => struct(field(1, whole32(TYPES[type])), field(3, whole32(OPTIONAL)), field(4, text(name))));
    const pairs = Object.entries(metadata).map(([key, value]) => struct(field(1, text(key)), field(2, text(value))));
    return structure(
      field(1, whole32(1)),
      field(2, list('struct', [root, ...columns])),
      field(3, whole64(this.#rowCount)),
      field(4, list('struct', this.#groups)),
      field(5, list('struct', pairs)),
      field(6, text('modelwright')),
    );
  }
}

/** A bound as its bytes; one that is zero gets the sign of `zero`, since equal zeros may have either. */
function stored({ type }: ParquetColumn, value: number | bigint, zero: number): Buffer {
  const bytes = Buffer.alloc(8);
  if (type === 'INT64') bytes.writeBigInt64LE(BigInt(value));
  else bytes.writeDoubleLE(value === 0 ? zero : Number(value));
  return bytes;
}

/** Definition levels that are all 1: a single run. */
function levelsOfAll(rows: number): Buffer {
  const bytes: number[] = [];
  for (let left = rows * 2; ; left = Math.floor(left / 128)) {
    if (left < 128) {
      bytes.push(left, 1);
      return Buffer.from(bytes);
    }
    bytes.push((left % 128) + 128);
  }
}

/** Definition levels as bits, eight rows a byte, the first in the lowest bit. */
function levelsOf(rows: number, missing: (row: number) => boolean): Buffer {
  const groups = Math.ceil(rows / 8);
  const head: number[] = [];
  let left = groups * 2 + 1;
  for (; left >= 128; left = Math.floor(left / 128)) head.push((left % 128) + 128);
  head.push(left);
  const bits = Buffer.alloc(head.length + groups);
  bits.set(head);
  for (let row = 0; row < rows; row++) if (!missing(row)) bits[head.length + (row >> 3)]! |= 1 << (row & 7);
  return bits;
}
