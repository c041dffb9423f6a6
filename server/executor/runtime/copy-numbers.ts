import type { NumberColumn, NumberReader, NumberText, Refused } from '#nodes/kernels/delimited-numbers.server.ts';
import { column, tableSchema } from '#nodes/kit/table.ts';
import { readLines, type LinesFile } from './file-lines.ts';
import type { ColumnPage } from './parquet-column.ts';
import { ParquetFile } from './parquet-file.ts';
import { schemaText, type WrittenTable } from './write-table.ts';

export interface NumberCopy {
  readonly lines: LinesFile;
  readonly reader: NumberReader;
  readonly names: readonly string[];
  /** The columns that are taken for whole numbers. */
  readonly whole: readonly boolean[];
  /** The Parquet file to write. */
  readonly target: string;
  /** Bytes of the file that are read at a time. */
  readonly stretch: number;
  /** Of the reader. */
  readonly slots: number;
  /** A row group ends with so many rows. */
  readonly groupRows: number;
  readonly signal: AbortSignal;
}

/**
 * Copies lines of numbers into Parquet, stretch by stretch: read, parsed and written side by side, the values straight from the memory that they were
 * parsed into. Gives why it ended when something in them is no plain number, and the file is given up then.
 */
export async function copyNumbers({ lines, reader, names, whole, target, stretch, slots, groupRows, signal }: NumberCopy): Promise<WrittenTable | Refused> {
  const columns = names.map((name, index) => ({ name, type: whole[index] ? ('INT64' as const) : ('DOUBLE' as const) }));
  const parquet = await ParquetFile.create(target, columns);
  const empty = new Array<number>(names.length).fill(0);
  const free = Array.from({ length: slots }, (_, slot) => slot);
  const parsing: { readonly slot: number; readonly text: Promise<NumberText | Refused> }[] = [];
  // Slots whose values the row group has that grows.
  let held: number[] = [];
  try {
    for (let from = lines.start; ;) {
      signal.throwIfAborted();
      for (; from < lines.size && free.length > 0; from += stretch) {
        const slot = free.pop()!;
        const text = parse(slot, from);
        // It is awaited in the order of the file.
        text.catch(() => undefined);
        parsing.push({ slot, text });
      }
      const next = parsing.shift();
      if (next) {
        const found = await next.text;
        if ('refused' in found) {
          await giveUp();
          return found;
        }
        held.push(next.slot);
        if (found.rowCount > 0) append(found);
      } else if (from >= lines.size) break;
      if (parquet.rows >= groupRows || (!next && parquet.rows > 0)) await endGroup();
      else if (!next) await parquet.written;
    }
    const schema = tableSchema(names.map((name, index) => column(name, whole[index] ? 'integer' : 'number', { nullable: empty[index]! > 0 })));
    const { hash, bytes, rowCount } = await parquet.finish({ modelwright: schemaText(schema) });
    // A column without any value is none of numbers.
    if (rowCount === 0 || empty.some((count) => count === rowCount)) return { refused: 'irregular' };
    return { schema, rowCount, sealed: { hash, bytes } };
  } catch (error) {
    await giveUp();
    throw error;
  }

  async function parse(slot: number, from: number): Promise<NumberText | Refused> {
    const found = await readLines(lines, { from, to: Math.min(from + stretch, lines.size) }, reader.text(slot));
    return found ? reader.read(slot, found, whole) : { refused: 'irregular' };
  }

  function append({ rowCount, column }: NumberText): void {
    const found = names.map((_, index) => column(index));
    for (const [index, each] of found.entries()) empty[index]! += each.empty;
    parquet.append(found.map((each) => pageOf(each, rowCount)));
  }

  async function endGroup(): Promise<void> {
    const slots = held;
    held = [];
    await parquet.endGroup();
    void parquet.written.then(
      () => free.push(...slots),
      () => undefined,
    );
  }

  async function giveUp(): Promise<void> {
    await Promise.allSettled(parsing.map(({ text }) => text));
    await parquet.abandon();
  }
}

const pageOf = ({ values, present, least, greatest, empty }: NumberColumn, rows: number): ColumnPage => ({
  rows,
  values: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  present,
  missingCount: empty,
  bounds: { least, greatest },
});
