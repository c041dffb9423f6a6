import type { DuckDBConnection } from '@duckdb/node-api';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CATEGORY_LEVELS, CELL_PATTERNS, columnNames, isCategory, isMissingCell, MISSING_WORDS, typeOfCell } from '#nodes/kit/cells.ts';
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
import { column, tableSchema, type ColumnType } from '#nodes/kit/table.ts';
import { CELL } from './cell-automaton.ts';
import type { DuckSession } from './duck.ts';
import { eachRecord, rewriteRegular, scanShape, type Rewriting, type Shape } from './scan-delimited.ts';
import { readNumbers } from './read-numbers.ts';
import { copyToParquet, type WrittenTable } from './write-table.ts';

export interface DelimitedPlace {
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly threads: number;
  /** The Parquet file to write. */
  readonly target: string;
  readonly notes: string[];
  /** Names of columns whose cells stay the text that they are. */
  readonly textColumns?: readonly string[];
}

const HEAD_BYTES = 65_536;
const LONGEST_LINE = 16 * 2 ** 20;
const MOST_COLUMNS = 10_000;
const SAMPLE_ROWS = 1_000;

/** Reads a delimited file that is UTF-8 already, with the types that its cells show (nodes/kit/cells.ts). */
export async function readDelimitedFile(
  session: DuckSession,
  path: string,
  options: DelimitedOptions & TextShape & CellDialect,
  place: DelimitedPlace,
): Promise<WrittenTable> {
  const reader = readerOf(options);
  const { delimiter, first } = await begin(path, options.delimiter, options);
  const header = options.header === 'yes' || (options.header !== 'no' && looksLikeHeader(first.cells.map((cell) => plainCell(cell, reader))));
  const width = first.cells.length;
  if (width > MOST_COLUMNS) throw new NodeError('data_unparsable', `The file has ${width} columns; at most ${MOST_COLUMNS} are read.`);
  const names = columnNames(header ? first.cells : first.cells.map(() => ''));
  const unusual = options.decimal === ',' || options.nullWords !== undefined || Boolean(options.datetimeFormat) || (options.quote ?? '"') !== '"';
  const plain = !unusual && !place.textColumns?.length;
  const numbers = plain ? await readNumbers({ path, delimiter, header, names, target: place.target, threads: place.threads, signal: place.signal }) : null;
  if (numbers) return numbers;
  const rewriting = { delimiter, width, shape: { quote: options.quote, firstLine: options.firstLine }, signal: place.signal };
  const asText = names.map((name) => place.textColumns?.includes(name) ?? false);
  const regular = await regularFile(path, rewriting, header, unusual ? { ...reader, asText } : null, place);
  const source = { ...regular, path: session.source(regular.path) };
  return session.with(async (connection) => {
    const write = (plans: readonly ColumnPlan[]): Promise<WrittenTable> =>
      session.target(place.target, (inside) => writePlanned(connection, source, header, names, plans, inside));
    const plans = Array.from(source.flags, (flags, index) => {
      const plan = planOf(flags, options.nullWords !== undefined);
      return asText[index] ? { ...plan, read: 'VARCHAR' as const, type: 'text' as const } : plan;
    });
    try {
      return await write(plans);
    } catch (error) {
      // What the automaton takes for a plain number reads as one; if it ever does not, the cells are read as text and cast one by one.
      if (!plans.some(({ read }) => read !== 'VARCHAR') || !(error instanceof Error) || !/^(Conversion|Invalid Input) Error/.test(error.message)) throw error;
      await connection.run('DROP TABLE IF EXISTS cells');
      return write(plans.map((plan) => ({ ...plan, read: 'VARCHAR' })));
    }
  });
}

interface ColumnReader extends CellReader {
  /** For each column, whether its cells are left as they are. */
  readonly asText: readonly boolean[];
}

/** A file that DuckDB reads just as the parser of nodes/kit does. */
interface RegularFile extends Pick<Shape, 'flags' | 'lineEnd'> {
  readonly path: string;
  readonly delimiter: string;
}

/** How a column is read: straight into numbers where all its cells are plain numbers or empty, else as text that is cast after. */
interface ColumnPlan {
  readonly read: 'BIGINT' | 'DOUBLE' | 'VARCHAR';
  /** Null when the cells must be looked at: a datetime, a category or a text. */
  readonly type: ColumnType | null;
  /** All cells that are not missing are of no type that the automaton knows, so they may be datetimes. */
  readonly datetime: boolean;
  /** Some cells are missing words or white space. */
  readonly words: boolean;
}

/** `ownWords`: cells that are missing are empty by now, so that what looks like a usual missing word is a text. */
function planOf(flags: number, ownWords: boolean): ColumnPlan {
  const found = (flags & CELL.word) !== 0;
  const words = found && !ownWords;
  const kinds = (flags & (CELL.integer | CELL.number | CELL.boolean | CELL.other)) | (found && ownWords ? CELL.other | CELL.boolean : 0);
  const plain = (flags & (CELL.careful | CELL.word)) === 0;
  const plan = (type: ColumnType | null, read: ColumnPlan['read'] = 'VARCHAR'): ColumnPlan => ({ type, read, words, datetime: kinds === CELL.other });
  if (kinds === 0) return plan('text');
  if (kinds === CELL.integer) return plan('integer', plain ? 'BIGINT' : 'VARCHAR');
  if ((kinds & (CELL.boolean | CELL.other)) === 0) return plan('number', plain ? 'DOUBLE' : 'VARCHAR');
  return plan(kinds === CELL.boolean ? 'boolean' : null);
}

async function writePlanned(
  connection: DuckDBConnection,
  source: RegularFile,
  header: boolean,
  names: readonly string[],
  plans: readonly ColumnPlan[],
  target: string,
): Promise<WrittenTable> {
  const fields = plans.map(({ read }, index) => `c${index}: '${read}'`).join(', ');
  // DuckDB guesses the line end by the first line break, which may stand in a name.
  const lineEnd = source.lineEnd === '\n' ? '\\n' : '\\r\\n';
  const dialect = `delim = ${quoteText(source.delimiter)}, new_line = '${lineEnd}', quote = '"', escape = '"', nullstr = '', header = ${header}, max_line_size = ${LONGEST_LINE}, buffer_size = ${2 * LONGEST_LINE}`;
  let from = `read_csv(${quoteText(source.path)}, auto_detect = false, columns = {${fields}}, ${dialect})`;
  if (plans.some(({ type }) => type === null)) {
    await connection.run(`CREATE TEMP TABLE cells AS SELECT * FROM ${from}`);
    from = 'cells';
  }
  const types = await typesOf(connection, plans);
  const schema = tableSchema(names.map((name, index) => column(name, types[index]!)));
  const selected = names.map((name, index) => `${typedExpression(`c${index}`, types[index]!, plans[index]!)} AS ${quoteName(name)}`);
  return copyToParquet(connection, `SELECT ${selected.join(', ')} FROM ${from}`, schema, target);
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
    const { regular, ...shape } = await scanShape(path, delimiter, width, header, signal);
    if (regular) return { path, delimiter, ...shape };
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
  return { path: copy, delimiter: ',', ...(await scanShape(copy, ',', width, header, signal)) };
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

const SPACES = '[ \\t]*';
const missingPattern = MISSING_WORDS.map((word) =>
  [...word].map((letter) => (/[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : `[${letter}]`)).join(''),
).join('|');
/** Without captures, which would slow the search. */
const DATETIME_PATTERN = CELL_PATTERNS.find(({ type }) => type === 'datetime')!.pattern.replaceAll('(', '(?:');
const matches = (cell: string, pattern: string): string => `regexp_full_match(${cell}, ${quoteText(`${SPACES}(?:${pattern})${SPACES}`)})`;
const isMissing = (cell: string): string => `(${cell} IS NULL OR ${matches(cell, `${missingPattern}|`)})`;
const trimmed = (cell: string): string => `trim(replace(${cell}, chr(9), ' '))`;

/** SQL that is true when a cell is missing or reads as a datetime. */
const fitsDatetime = (cell: string): string =>
  `${matches(cell, `${DATETIME_PATTERN}|${missingPattern}|`)} AND (try_cast(${trimmed(cell)} AS TIMESTAMPTZ) IS NOT NULL OR ${isMissing(cell)})`;

function typedExpression(cell: string, type: ColumnType, { read, words }: ColumnPlan): string {
  switch (type) {
    case 'integer':
      return read === 'BIGINT' ? cell : `try_cast(${cell} AS BIGINT)`;
    case 'number':
      return read === 'DOUBLE' ? cell : `nullif(try_cast(${cell} AS DOUBLE), 'NaN'::DOUBLE)`;
    case 'boolean':
      return `try_cast(${trimmed(cell)} AS BOOLEAN)`;
    case 'datetime':
      // A plain TIMESTAMP would drop the offset from UTC.
      return `timezone('UTC', try_cast(${trimmed(cell)} AS TIMESTAMPTZ))`;
    default:
      return words ? `CASE WHEN ${isMissing(cell)} THEN NULL ELSE ${cell} END` : cell;
  }
}

/** The types of the columns: those of the plans, and for the others what the cells in the table `cells` show. */
async function typesOf(connection: DuckDBConnection, plans: readonly ColumnPlan[]): Promise<ColumnType[]> {
  const types = plans.map(({ type }) => type ?? 'text');
  const unknown = plans.flatMap((plan, index) => (plan.type === null ? [{ plan, index, cell: `c${index}` }] : []));
  if (unknown.length === 0) return types;
  const sample = await connection.runAndReadAll(`SELECT ${unknown.map(({ cell }) => cell).join(', ')} FROM cells LIMIT ${SAMPLE_ROWS}`);
  const columns = sample.getColumns() as (string | null)[][];
  const dates = unknown.filter(({ plan }, at) => plan.datetime && mayBeDatetime(columns[at] ?? []));
  if (dates.length > 0) {
    const checks = dates.map(({ cell }) => `coalesce(bool_and(coalesce(${fitsDatetime(cell)}, true)), true)`);
    const row = (await connection.runAndReadAll(`SELECT ${checks.join(', ')} FROM cells`)).getRows()[0]!;
    for (const [at, { index }] of dates.entries()) if (row[at] === true) types[index] = 'datetime';
  }
  const texts = unknown.filter(({ index }, at) => types[index] === 'text' && new Set(columns[at]).size <= CATEGORY_LEVELS + 10);
  if (texts.length > 0) {
    const counts = texts.map(({ cell, plan }) => `count(DISTINCT ${cell})${plan.words ? ` FILTER (NOT ${isMissing(cell)})` : ''}`);
    const row = (await connection.runAndReadAll(`SELECT count(*), ${counts.join(', ')} FROM cells`)).getRows()[0]!;
    for (const [at, { index }] of texts.entries()) if (isCategory(Number(row[at + 1]), Number(row[0]))) types[index] = 'category';
  }
  return types;
}

/** Whether the cells of the first rows, as far as they are not missing, are all datetimes. */
const mayBeDatetime = (cells: readonly (string | null)[]): boolean =>
  cells.every((cell) => cell === null || isMissingCell(cell) || typeOfCell(cell) === 'datetime');
