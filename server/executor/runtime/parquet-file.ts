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
    for (const [index, run] of runs.entries()) this.#writers[index]!.append(run);
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
    this.#groups.push(rowGroup(descriptions, plainBytes, rows));
  }
}
