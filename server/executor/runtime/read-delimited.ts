import type { DuckDBConnection } from '@duckdb/node-api';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScannedCells } from '#nodes/kernels/delimited-cells.server.ts';
import type { KernelCrews } from '#nodes/kernels/kernel-crews.server.ts';
import { columnNames } from '#nodes/kit/cells.ts';
import {
  DelimitedTextError,
  DELIMITERS,
  looksLikeHeader,
  parseRecords,
  sniffDelimiter,
  tooManyCells,
  type DelimitedOptions,
  type TextRecord,
  type TextShape,
} from '#nodes/kit/csv.ts';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { cellReader, plainCell, type CellDialect, type CellReader } from '#nodes/kit/dialect.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { column, tableSchema, type TableSchema } from '#nodes/kit/table.ts';
import { planOf, typedCell, type ColumnPlan } from './delimited-plan.ts';
import type { FoundReading } from '../messages.ts';
import type { DuckSession } from './duck.ts';
import { eachRecord, rewriteRegular, scanCells, type Rewriting } from './scan-delimited.ts';
import { FEWEST_BYTES, readNumbers } from './read-numbers.ts';
import { copyToParquet, type CopiedTable, type WrittenTable } from './write-table.ts';

export interface DelimitedPlace {
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly threads: number;
  readonly crews?: KernelCrews;
  /** The Parquet file to write. */
  readonly target: string;
  readonly notes: string[];
  /** Is told what is found of the file. */
  readonly found: FoundReading;
  /** Names of columns whose cells stay the text that they are. */
  readonly textColumns?: readonly string[];
  /** The schema alone is wanted: nothing is written. */
  readonly schemaOnly?: boolean;
}

type Options = DelimitedOptions & TextShape & CellDialect;

const HEAD_BYTES = 65_536;
const LONGEST_LINE = 16 * 2 ** 20;
const MOST_COLUMNS = 10_000;
/** Of what DuckDB reads at a time; it holds some of them. */
const BUFFER_BYTES = 4 * 2 ** 20;

interface Beginning {
  readonly delimiter: string;
  readonly header: boolean;
  readonly names: readonly string[];
}

async function beginningOf(path: string, options: Options, found: FoundReading): Promise<Beginning> {
  const { delimiter, first } = await begin(path, options.delimiter, options);
  const reader = readerOf(options);
  const header = options.header === 'yes' || (options.header !== 'no' && looksLikeHeader(first.cells.map((cell) => plainCell(cell, reader))));
  const width = first.cells.length;
  if (width > MOST_COLUMNS) throw new NodeError('data_unparsable', `The file has ${width} columns; at most ${MOST_COLUMNS} are read.`);
  Object.assign(found, { delimiter, header });
  return { delimiter, header, names: columnNames(header ? first.cells : first.cells.map(() => '')) };
}

const isUnusual = ({ decimal, nullWords, datetimeFormat, quote = '"' }: Options): boolean =>
  decimal === ',' || nullWords !== undefined || Boolean(datetimeFormat) || quote !== '"';

/** Reads a delimited file of plain numbers, whose cells all are ASCII; null for any other, which is for `readDelimitedFile`. */
export async function readDelimitedNumbers(path: string, options: Options, place: DelimitedPlace): Promise<WrittenTable | null> {
  if (isUnusual(options) || place.textColumns?.length || place.schemaOnly || (await stat(path)).size < FEWEST_BYTES) return null;
  const { target, threads, crews, signal, found } = place;
  return readNumbers({ path, ...(await beginningOf(path, options, found)), target, threads, crews, signal });
}

/** Reads a delimited file that is UTF-8 already, with the types that its cells show (nodes/kit/cells.ts). */
export async function readDelimitedFile(session: DuckSession, path: string, options: Options, place: DelimitedPlace): Promise<WrittenTable> {
  const reader = readerOf(options);
  const { delimiter, header, names } = await beginningOf(path, options, place.found);
  const width = names.length;
  const unusual = isUnusual(options);
  const rewriting = { delimiter, width, shape: { quote: options.quote, firstLine: options.firstLine }, signal: place.signal };
  const asText = names.map((name) => place.textColumns?.includes(name) ?? false);
  const ownWords = options.nullWords !== undefined;
  const regular = await regularFile(path, rewriting, header, unusual ? { ...reader, asText, ownWords } : null, place);
  const source = { ...regular, path: session.source(regular.path) };
  const plans = source.columns.map((facts, index): ColumnPlan => {
    const plan = planOf(facts, source.rowCount, ownWords);
    return asText[index] ? { ...plan, read: 'VARCHAR', type: 'text' } : plan;
  });
  const file = { source, header, names };
  return session.with(async (connection) => {
    if (place.schemaOnly) return describe(connection, file, plans);
    const write = (planned: readonly ColumnPlan[]): Promise<CopiedTable> =>
      session.target(place.target, (inside) => writePlanned(connection, file, planned, inside));
    const written = await write(plans).catch((error: unknown) => {
      // What the automaton takes for a plain number reads as one; if it ever does not, the cells are read as text and cast one by one.
      if (!plans.some(({ read }) => read !== 'VARCHAR') || !(error instanceof Error) || !/^(Conversion|Invalid Input) Error/.test(error.message)) throw error;
      return write(plans.map((plan) => ({ ...plan, read: 'VARCHAR' })));
    });
    // A moment that DuckDB does not read makes its column text, rather than being lost.
    const lost = plans.map(({ type, missing }, index) => type === 'datetime' && written.missing[index] !== missing);
    return lost.includes(true) ? write(plans.map((plan, index) => (lost[index] ? { ...plan, type: plan.textual } : plan))) : written;
  });
}

interface ColumnReader extends CellReader {
  /** For each column, whether its cells are left as they are. */
  readonly asText: readonly boolean[];
  /** Other words than the usual ones are missing. */
  readonly ownWords: boolean;
}

/** A file that DuckDB reads just as the parser of nodes/kit does. */
interface RegularFile extends ScannedCells {
  readonly path: string;
  readonly delimiter: string;
}

interface PlannedFile {
  readonly source: RegularFile;
  readonly header: boolean;
  readonly names: readonly string[];
}

const schemaOf = ({ names }: PlannedFile, plans: readonly ColumnPlan[]): TableSchema =>
  tableSchema(names.map((name, index) => column(name, plans[index]!.type, { nullable: plans[index]!.missing > 0 })));

/** SQL of a file's cells, each column called `c` and its number. */
function cellsInSql({ source, header }: PlannedFile, plans: readonly ColumnPlan[]): string {
  const fields = plans.map(({ read }, index) => `c${index}: '${read}'`).join(', ');
  // DuckDB guesses the line end by the first line break, which may stand in a name.
  const lineEnd = source.lineEnd === '\n' ? '\\n' : '\\r\\n';
  const line = Math.min(LONGEST_LINE, source.longestLine + 1_024);
  const sizes = `max_line_size = ${line}, buffer_size = ${Math.max(BUFFER_BYTES, 2 * line)}`;
  const dialect = `delim = ${quoteText(source.delimiter)}, new_line = '${lineEnd}', quote = '"', escape = '"', nullstr = '', header = ${header}, ${sizes}`;
  return `read_csv(${quoteText(source.path)}, auto_detect = false, columns = {${fields}}, ${dialect})`;
}

function writePlanned(connection: DuckDBConnection, file: PlannedFile, plans: readonly ColumnPlan[], target: string): Promise<CopiedTable> {
  const selected = file.names.map((name, index) => `${typedCell(`c${index}`, plans[index]!)} AS ${quoteName(name)}`);
  return copyToParquet(connection, `SELECT ${selected.join(', ')} FROM ${cellsInSql(file, plans)}`, schemaOf(file, plans), target);
}

/** What writing the file would give: only cells whose reading may yet fail are read. */
async function describe(connection: DuckDBConnection, file: PlannedFile, plans: readonly ColumnPlan[]): Promise<WrittenTable> {
  const { rowCount } = file.source;
  const doubtful = plans.flatMap((plan, index) => (plan.type === 'datetime' || (plan.type === 'number' && plan.read === 'VARCHAR') ? [index] : []));
  if (doubtful.length === 0) return { schema: schemaOf(file, plans), rowCount };
  const counts = doubtful.map((index) => `count(${typedCell(`c${index}`, plans[index]!)})`);
  const [row = []] = (await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM ${cellsInSql(file, plans)}`)).getRows();
  const missing = new Map(doubtful.map((index, at) => [index, rowCount - Number(row[at])]));
  const found = plans.map((plan, index): ColumnPlan => {
    const counted = missing.get(index) ?? plan.missing;
    if (counted === plan.missing) return plan;
    return plan.type === 'datetime' ? { ...plan, type: plan.textual } : { ...plan, missing: counted };
  });
  return { schema: schemaOf(file, found), rowCount };
}

async function begin(
  path: string,
  chosen: string | undefined,
  { quote, firstLine = 1, decimal }: TextShape & CellDialect,
): Promise<{ delimiter: string; first: TextRecord }> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    for (const bytes of [HEAD_BYTES, LONGEST_LINE]) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(bytes, size)), 0, Math.min(bytes, size), 0);
      const text = buffer.toString('utf8', 0, bytesRead).replaceAll('\0', '');
      const delimiter = chosen ?? sniffDelimiter(text, { quote }, decimal === ',' ? DELIMITERS.filter((each) => each !== ',') : DELIMITERS);
      const [first] = parseRecords(text, delimiter, { partial: bytesRead < size, limit: 1, quote, firstLine });
      if (first) return { delimiter, first };
      if (bytesRead >= size) throw new NodeError('data_empty', 'The file has no data: only empty lines.');
    }
    throw new DelimitedTextError(firstLine, `The first line is longer than ${LONGEST_LINE / 2 ** 20} MB. Is this a text file?`);
  } finally {
    await handle.close();
  }
}

/** The file itself when DuckDB reads it just as the parser of nodes/kit does, else a rewritten copy; always one in a dialect, with a `reader`. */
async function regularFile(
  path: string,
  rewriting: Rewriting,
  header: boolean,
  reader: ColumnReader | null,
  { scratch, signal, notes }: DelimitedPlace,
): Promise<RegularFile> {
  const { delimiter, width } = rewriting;
  if (!reader) {
    const scanned = await scanCells(path, delimiter, width, { header, signal });
    if (scanned) return { path, delimiter, ...scanned };
  }
  const copy = join(scratch, 'regular.csv');
  let short = 0;
  let firstShort = 0;
  const check = ({ cells, line }: TextRecord): void => {
    if (cells.length > width) throw new DelimitedTextError(line, tooManyCells(line, cells.length, width));
    if (cells.length < width && short++ === 0) firstShort = line;
  };
  const plain = reader ? await plainCells(path, rewriting, header, reader) : (cell: string): string => cell;
  await rewriteRegular(path, rewriting, copy, check, plain);
  if (short === 1) notes.push(`Line ${firstShort} has fewer than ${width} cells; those that lack count as missing.`);
  else if (short > 1) notes.push(`${short} lines, the first of them line ${firstShort}, have fewer than ${width} cells; those that lack count as missing.`);
  const scanned = await scanCells(copy, ',', width, { header, ownWords: reader?.ownWords, signal });
  if (!scanned) throw new Error('The rewritten file is irregular.');
  return { path: copy, delimiter: ',', ...scanned };
}

/** How the cells of each column are rewritten: as numbers or datetimes only where all that are not missing are. */
async function plainCells(
  path: string,
  rewriting: Rewriting,
  header: boolean,
  reader: ColumnReader,
): Promise<(cell: string, column: number, row: number) => string> {
  const decimals = reader.asText.map((text) => !text && reader.decimal !== null);
  const datetimes = reader.asText.map((text) => !text && reader.datetime !== null);
  let row = 0;
  if (reader.decimal || reader.datetime) {
    await eachRecord(path, rewriting, ({ cells }) => {
      if (row++ === 0 && header) return;
      for (let at = 0; at < rewriting.width; at++) {
        const cell = cells[at] ?? '';
        if ((!decimals[at] && !datetimes[at]) || reader.isMissing(cell)) continue;
        decimals[at] &&= reader.decimal?.(cell) != null;
        datetimes[at] &&= reader.datetime?.(cell) != null;
      }
    });
  }
  return (cell, column, at) => {
    if (at === 0 && header) return cell;
    if (reader.isMissing(cell)) return '';
    if (decimals[column]) return reader.decimal?.(cell) ?? cell;
    return (datetimes[column] ? reader.datetime?.(cell) : null) ?? cell;
  };
}

function readerOf(dialect: CellDialect): CellReader {
  try {
    return cellReader(dialect);
  } catch (error) {
    throw new NodeError('parameter_invalid', error instanceof Error ? error.message : String(error), { param: 'datetimeFormat', cause: error });
  }
}
