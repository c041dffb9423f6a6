import { ParquetColumnWriter, schemaElement, type ColumnPage, type ParquetColumn } from './parquet-column.ts';
import { ParquetOutput, rowGroup } from './parquet-output.ts';
import type { Encoded } from './thrift.ts';

/** Writes a table of numbers, whose dictionaries and compression would cost more than all else, page by page. */
export class ParquetFile {
  readonly #output: ParquetOutput;
  readonly #columns: readonly ParquetColumn[];
  readonly #writers: readonly ParquetColumnWriter[];
  readonly #groups: Encoded[] = [];
  #rowCount = 0;

  private constructor(output: ParquetOutput, columns: readonly ParquetColumn[]) {
    this.#output = output;
    this.#columns = columns;
    this.#writers = columns.map((column) => new ParquetColumnWriter(column));
  }

  static async create(path: string, columns: readonly ParquetColumn[]): Promise<ParquetFile> {
    return new ParquetFile(await ParquetOutput.create(path), columns);
  }

  /** Of the row group that grows. */
  get rows(): number {
    return this.#writers[0]!.rows;
  }

  /** Appends rows: a page of each column, all of the same length, whose bytes must not change until their row group is written. */
  append(pages: readonly ColumnPage[]): void {
    for (const [index, page] of pages.entries()) this.#writers[index]!.appendPage(page);
    this.#rowCount += pages[0]!.rows;
  }

  /** Ends the row group that grows, and begins to write it when the one before is written. */
  async endGroup(): Promise<void> {
    const { rows } = this;
    const { descriptions, plainBytes } = await this.#output.writeChunks(this.#writers);
    this.#groups.push(rowGroup(descriptions, plainBytes, rows));
  }

  /** Whether all row groups that were ended are written. */
  get written(): Promise<void> {
    return this.#output.written;
  }

  /** Ends the file and brings it to disk for good. */
  async finish(metadata: Readonly<Record<string, string>>): Promise<{ hash: string; bytes: number; rowCount: number }> {
    if (this.rows > 0) await this.endGroup();
    const sealed = await this.#output.finish({ columns: this.#columns.map(schemaElement), groups: this.#groups, rowCount: this.#rowCount, metadata });
    return { ...sealed, rowCount: this.#rowCount };
  }

  /** Gives the file up. */
  abandon(): Promise<void> {
    return this.#output.abandon();
  }
}
