import { columnNames, isMissingCell, numberOfCell, typeOfCell, typeOfCells } from './cells.ts';
import { column, isTextual, tableSchema, type Columns, type ColumnValues, type TableSchema } from './table.ts';

/** Text that is no delimited table; the message names the line and what to do. */
export class DelimitedTextError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'DelimitedTextError';
    this.line = line;
  }
}

export interface TextRecord {
  readonly cells: readonly string[];
  /** The line, from 1, where the record begins. */
  readonly line: number;
}

export interface TextShape {
  /** The character around cells; the empty text: none. */
  readonly quote?: string;
  /** The number of the first line, where lines before it were left out. */
  readonly firstLine?: number;
}

/**
 * Cuts text into records by RFC 4180, forgiving what people's files hold: any line ending, quotes inside an unquoted cell (kept as they are),
 * text after a closing quote (appended). Lines without a character are skipped. Takes text in pieces; call `finish` at the end.
 */
export class RecordParser {
  readonly #delimiter: string;
  readonly #quote: string;
  readonly #take: (record: TextRecord) => unknown;
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #cell = '';
  #cells: string[] = [];
  #line: number;
  #recordLine: number;
  #quoteLine: number;
  #returned = false;

  constructor(delimiter: string, take: (record: TextRecord) => unknown, { quote = '"', firstLine = 1 }: TextShape = {}) {
    this.#delimiter = delimiter;
    this.#quote = quote;
    this.#line = this.#recordLine = this.#quoteLine = firstLine;
    this.#take = take;
  }

  push(text: string): void {
    const quote = this.#quote;
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      if (this.#returned) {
        this.#returned = false;
        if (character === '\n') {
          from = at + 1;
          continue;
        }
      }
      if (this.#state === 'quoted') {
        if (character === quote) {
          this.#cell += text.slice(from, at);
          this.#state = 'closed';
          from = at + 1;
        } else if (character === '\n') this.#line++;
        continue;
      }
      if (character === quote && this.#state === 'start') {
        this.#state = 'quoted';
        this.#quoteLine = this.#line;
        from = at + 1;
      } else if (character === quote && this.#state === 'closed') {
        this.#cell += quote;
        this.#state = 'quoted';
        from = at + 1;
      } else if (character === this.#delimiter) {
        this.#cells.push(this.#cell + text.slice(from, at));
        this.#cell = '';
        this.#state = 'start';
        from = at + 1;
      } else if (character === '\n' || character === '\r') {
        this.#endRecord(text.slice(from, at));
        this.#returned = character === '\r';
        from = at + 1;
      } else if (this.#state === 'start') this.#state = 'plain';
      else if (this.#state === 'closed') this.#state = 'plain';
    }
    this.#cell += text.slice(from);
  }

  finish(): void {
    if (this.#state === 'quoted')
      throw new DelimitedTextError(
        this.#quoteLine,
        `The quote that opens on line ${this.#quoteLine} is never closed. Close it, or double it if it belongs to the text.`,
      );
    if (this.#cells.length > 0 || this.#cell !== '' || this.#state !== 'start') this.#endRecord('');
  }

  #endRecord(rest: string): void {
    const cell = this.#cell + rest;
    const blank = this.#cells.length === 0 && cell === '' && this.#state === 'start';
    if (!blank) this.#take({ cells: [...this.#cells, cell], line: this.#recordLine });
    this.#cells = [];
    this.#cell = '';
    this.#state = 'start';
    this.#line++;
    this.#recordLine = this.#line;
  }
}

/** All records of a text. Throws `DelimitedTextError` when a quote is never closed, unless `partial` (the text is the beginning of a file). */
export function parseRecords(
  text: string,
  delimiter: string,
  { partial = false, limit = Infinity, ...shape }: TextShape & { partial?: boolean; limit?: number } = {},
): TextRecord[] {
  const records: TextRecord[] = [];
  const parser = new RecordParser(
    delimiter,
    (record) => {
      if (records.length < limit) records.push(record);
    },
    shape,
  );
  parser.push(text.startsWith('\uFEFF') ? text.slice(1) : text);
  if (!partial) parser.finish();
  return records;
}

export const DELIMITERS = [',', ';', '\t', '|'] as const;

function beginningOf(text: string, delimiter: string, shape: TextShape): TextRecord[] {
  const records: TextRecord[] = [];
  const parser = new RecordParser(delimiter, (record) => records.length < 200 && records.push(record), shape);
  parser.push(text.slice(0, 65_536));
  try {
    parser.finish();
  } catch (error) {
    // The cut may fall within quotes.
    if (!(error instanceof DelimitedTextError)) throw error;
  }
  return records;
}

/** The delimiter of a text: the one that cuts its first lines into the most cells, equally many on most lines; a comma when none does. */
export function sniffDelimiter(text: string, shape: TextShape = {}, delimiters: readonly string[] = DELIMITERS): string {
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of delimiters) {
    const counts = new Map<number, number>();
    const records = beginningOf(text, delimiter, shape);
    for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    const [width, lines] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [1, 0]);
    const score = width > 1 ? (lines / records.length) * (1 + Math.log(width) / 10) : 0;
    if (score > best.score + 1e-9) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Whether a first record is a header: all its cells that are not missing are text, and at least one is. */
export function looksLikeHeader(cells: readonly string[]): boolean {
  const some = cells.filter((cell) => !isMissingCell(cell));
  return some.length > 0 && some.every((cell) => typeOfCell(cell) === 'text');
}

export interface DelimitedOptions {
  /** A character, or undefined to find it. */
  readonly delimiter?: string;
  readonly header?: 'auto' | 'yes' | 'no';
}

export interface DelimitedTable {
  readonly schema: TableSchema;
  readonly columns: Columns;
  readonly rowCount: number;
  /** Lines with fewer cells than columns; the cells that lack are missing. */
  readonly shortLines: number;
}

/** The message for a line with more cells than the table has columns. */
export function tooManyCells(line: number, found: number, expected: number): string {
  const columns = expected === 1 ? 'is 1 column' : `are ${expected} columns`;
  return `Line ${line} has ${found} cells, but there ${columns}. Skip the lines above the header if there are any; else quote cells that hold the delimiter, or choose another delimiter.`;
}

/**
 * Reads a delimited text that is in memory into typed columns; the same rules as for files (docs/data-formats.md). Throws `DelimitedTextError`
 * for a text without a record, a quote that is never closed, and a line with more cells than the first.
 */
export function readDelimited(text: string, options: DelimitedOptions = {}): DelimitedTable {
  const records = parseRecords(text.replaceAll('\0', ''), options.delimiter ?? sniffDelimiter(text));
  const first = records[0];
  if (!first) throw new DelimitedTextError(1, 'There is no data.');
  const hasHeader = options.header === 'yes' || (options.header !== 'no' && looksLikeHeader(first.cells));
  const names = columnNames(hasHeader ? first.cells : first.cells.map(() => ''));
  const rows = hasHeader ? records.slice(1) : records;
  const long = rows.find(({ cells }) => cells.length > names.length);
  if (long) throw new DelimitedTextError(long.line, tooManyCells(long.line, long.cells.length, names.length));
  const shortLines = rows.filter(({ cells }) => cells.length < names.length).length;
  return {
    ...typedColumns(
      names,
      names.map((_, index) => rows.map(({ cells }) => cells[index] ?? '')),
    ),
    rowCount: rows.length,
    shortLines,
  };
}

/** Columns of cells as typed values, with the schema that they show. */
export function typedColumns(names: readonly string[], cells: readonly (readonly string[])[]): { schema: TableSchema; columns: Columns } {
  const columns = new Map<string, ColumnValues>();
  const schemas = names.map((name, index) => {
    const values = cells[index]!;
    const type = typeOfCells(values);
    columns.set(
      name,
      isTextual(type) ? values.map((cell) => (isMissingCell(cell) ? null : cell)) : Float64Array.from(values, (cell) => numberOfCell(cell, type)),
    );
    return column(name, type, { nullable: values.some(isMissingCell) });
  });
  return { schema: tableSchema(schemas), columns };
}
