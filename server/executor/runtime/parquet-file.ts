import { Buffer } from 'node:buffer';
import { ParquetColumnWriter, schemaElement, type ColumnRun, type ParquetColumn } from './parquet-column.ts';
import { ParquetOutput, rowGroup } from './parquet-output.ts';
import type { Encoded } from './thrift.ts';

/** Writes a table of numbers, whose dictionaries and compression would cost more than all else, run by run. */
export class ParquetFile {
  readonly #output: ParquetOutput;
  readonly #columns: readonly ParquetColumn[];
  readonly #writers: readonly ParquetColumnWriter[];
  readonly #groupRows: number;
  readonly #groups: Encoded[] = [];
  #rowCount = 0;
  /** Of the row group that grows, and of the one that is being written. */
  #rooms: [PageRoom, PageRoom] = [new PageRoom(), new PageRoom()];

  private constructor(output: ParquetOutput, columns: readonly ParquetColumn[], groupRows: number) {
    this.#output = output;
    this.#columns = columns;
    this.#writers = columns.map((column) => new ParquetColumnWriter(column));
    this.#groupRows = groupRows;
  }

  static async create(path: string, columns: readonly ParquetColumn[], groupRows: number): Promise<ParquetFile> {
    return new ParquetFile(await ParquetOutput.create(path), columns, groupRows);
  }

  /** Appends rows: a run of each column, all of the same length. What they hold is copied before it returns. */
  async append(runs: readonly ColumnRun[]): Promise<void> {
    for (const [index, run] of runs.entries()) this.#writers[index]!.append(run, this.#rooms[0].take);
    this.#rowCount += runs[0]!.values.length;
    if (this.#writers[0]!.rows >= this.#groupRows) await this.#endGroup();
  }

  /** Ends the file and brings it to disk for good. */
  async finish(metadata: Readonly<Record<string, string>>): Promise<{ hash: string; bytes: number; rowCount: number }> {
    if (this.#writers[0]!.rows > 0) await this.#endGroup();
    const sealed = await this.#output.finish({ columns: this.#columns.map(schemaElement), groups: this.#groups, rowCount: this.#rowCount, metadata });
    return { ...sealed, rowCount: this.#rowCount };
  }

  /** Gives the file up. */
  abandon(): Promise<void> {
    return this.#output.abandon();
  }

  async #endGroup(): Promise<void> {
    const { rows } = this.#writers[0]!;
    const { descriptions, plainBytes } = await this.#output.writeChunks(this.#writers);
    // The row group before this one is written now, and its pages are not needed any more.
    const [growing, written] = this.#rooms;
    written.clear();
    this.#rooms = [written, growing];
    this.#groups.push(rowGroup(descriptions, plainBytes, rows));
  }
}

/** Memory for pages, used again and again: buffers of their own would keep the collector busy. */
class PageRoom {
  #memory = Buffer.alloc(0);
  #taken = 0;

  readonly take = (bytes: number): Buffer => {
    const from = this.#taken;
    this.#taken += bytes;
    return this.#taken <= this.#memory.length ? this.#memory.subarray(from, this.#taken) : Buffer.allocUnsafe(bytes);
  };

  /** Begins anew, with as much as was wanted the last time. */
  clear(): void {
    if (this.#taken > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(Math.ceil(this.#taken * 1.125));
    this.#taken = 0;
  }
}
