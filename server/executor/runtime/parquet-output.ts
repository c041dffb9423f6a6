import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { ParquetColumnWriter } from './parquet-column.ts';
import { field, list, struct, structure, text, whole32, whole64, type Encoded } from './thrift.ts';

export const MAGIC = Buffer.from('PAR1');
const BROUGHT_AT_ONCE = 32 * 2 ** 20;
const HASHED_AT_ONCE = 2 ** 20;

/** What stands at the end of a file of a flat table. */
export interface Footer {
  /** A schema element for each column. */
  readonly columns: readonly Encoded[];
  readonly groups: readonly Encoded[];
  readonly rowCount: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a row group stands in the footer. */
export const rowGroup = (chunks: readonly Encoded[], plainBytes: number, rows: number): Encoded =>
  struct(field(1, list('struct', chunks)), field(2, whole64(plainBytes)), field(3, whole64(rows)));

/** A Parquet file that is being written, piece after piece, and hashed on the way. */
export class ParquetOutput {
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  #offset = 0;
  #writing: Promise<void> = Promise.resolve();
  #bringing: Promise<void> = Promise.resolve();
  #isBringing = false;
  #brought = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<ParquetOutput> {
    const output = new ParquetOutput(await open(path, 'w', 0o600));
    await output.write([MAGIC]);
    return output;
  }

  /** Where the next byte will stand. */
  get offset(): number {
    return this.#offset;
  }

  /** Begins to write when what came before is written: two times the pieces at most are in memory. They must not change until they are written. */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    await this.#writing;
    const expected = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#offset += expected;
    const end = this.#offset;
    this.#writing = this.#file.writev([...pieces]).then(({ bytesWritten }) => {
      if (bytesWritten !== expected) throw new Error(`Only ${bytesWritten} of ${expected} bytes were written.`);
      this.#bringToDisk(end);
    });
    // It is awaited later, by what is written next.
    this.#writing.catch(() => undefined);
    await this.#take(pieces);
  }

  /** Hashes, and lets other work be handed out in between. */
  async #take(pieces: readonly Uint8Array[]): Promise<void> {
    let bytes = 0;
    for (const piece of pieces) {
      this.#hash.update(piece);
      bytes += piece.length;
      if (bytes < HASHED_AT_ONCE) continue;
      bytes = 0;
      await setImmediate();
    }
  }

  /** Whether all that was given is written. */
  get written(): Promise<void> {
    return this.#writing;
  }

  /** Has what is written go to disk meanwhile, so that little is left to wait for at the end. */
  #bringToDisk(end: number): void {
    if (this.#isBringing || end - this.#brought < BROUGHT_AT_ONCE) return;
    this.#isBringing = true;
    this.#brought = end;
    this.#bringing = this.#file.datasync().finally(() => (this.#isBringing = false));
    // Whoever ends the file waits for it.
    this.#bringing.catch(() => undefined);
  }

  /** Writes the chunk of each column; gives their descriptions and the size that they would have unpacked. */
  async writeChunks(writers: readonly ParquetColumnWriter[]): Promise<{ descriptions: Encoded[]; plainBytes: number }> {
    let at = this.#offset;
    const chunks = writers.map((writer) => {
      const chunk = writer.end(at);
      at += chunk.bytes;
      return chunk;
    });
    await this.write(chunks.flatMap(({ pages }) => pages));
    return { descriptions: chunks.map(({ description }) => description), plainBytes: chunks.reduce((sum, chunk) => sum + chunk.plainBytes, 0) };
  }

  /** Ends the file and, unless it is not to last, brings it to disk for good. */
  async finish({ columns, groups, rowCount, metadata }: Footer, lasting = true): Promise<{ hash: string; bytes: number }> {
    const root = struct(field(4, text('schema')), field(5, whole32(columns.length)));
    const pairs = Object.entries(metadata).map(([key, value]) => struct(field(1, text(key)), field(2, text(value))));
    const footer = structure(
      field(1, whole32(1)),
      field(2, list('struct', [root, ...columns])),
      field(3, whole64(rowCount)),
      field(4, list('struct', groups)),
      field(5, list('struct', pairs)),
      field(6, text('modelwright')),
    );
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    await this.write([footer, length, MAGIC]);
    await this.#writing;
    await this.#bringing;
    if (lasting) await this.#file.sync();
    await this.#file.close();
    return { hash: this.#hash.digest('hex'), bytes: this.#offset };
  }

  /** Gives the file up. */
  async abandon(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#bringing.catch(() => undefined);
    await this.#file.close();
  }
}
