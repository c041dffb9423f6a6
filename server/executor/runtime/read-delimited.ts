import type { DuckDBConnection } from '@duckdb/node-api';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CELL_PATTERNS, columnNames, isCategory, isMissingCell, joinTypes, MISSING_WORDS, typeOfCell, CATEGORY_LEVELS } from '#nodes/kit/cells.ts';
import { DelimitedTextError, looksLikeHeader, parseRecords, sniffDelimiter, tooManyCells, type DelimitedOptions, type TextRecord } from '#nodes/kit/csv.ts';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { column, tableSchema, type ColumnType } from '#nodes/kit/table.ts';
import type { DuckSession } from './duck.ts';
import { rewriteRegular, scanShape } from './scan-delimited.ts';
import { copyToParquet, type WrittenTable } from './write-table.ts';

export interface DelimitedPlace {
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** The Parquet file to write. */
  readonly target: string;
  readonly notes: string[];
}

const HEAD_BYTES = 65_536;
const LONGEST_LINE = 16 * 2 ** 20;
const MOST_COLUMNS = 10_000;
const SAMPLE_ROWS = 1_000;

/** Reads a delimited file that is UTF-8 already, with the types that its cells show (nodes/kit/cells.ts). */
export async function readDelimitedFile(session: DuckSession, path: string, options: DelimitedOptions, place: DelimitedPlace): Promise<WrittenTable> {
  const { delimiter, first } = await begin(path, options.delimiter);
  const header = options.header === 'yes' || (options.header !== 'no' && looksLikeHeader(first.cells));
  const width = first.cells.length;
  if (width > MOST_COLUMNS) throw new NodeError('data_unparsable', `The file has ${width} columns; at most ${MOST_COLUMNS} are read.`);
  const names = columnNames(header ? first.cells : first.cells.map(() => ''));
  const source = await regularFile(path, delimiter, width, place);
  return session.with(async (connection) => {
    const cells = names.map((_, index) => `c${index}`);
    const fields = cells.map((cell) => `${cell}: 'VARCHAR'`).join(', ');
    const dialect = `delim = ${quoteText(source.delimiter)}, quote = '"', escape = '"', nullstr = '', header = ${header}, max_line_size = ${LONGEST_LINE}, buffer_size = ${2 * LONGEST_LINE}`;
    await connection.run(
      `CREATE TEMP TABLE cells AS SELECT * FROM read_csv(${quoteText(source.path)}, auto_detect = false, columns = {${fields}}, ${dialect})`,
    );
    const types = await typesOf(connection, cells);
    const schema = tableSchema(names.map((name, index) => column(name, types[index]!)));
    const selected = names.map((name, index) => `${typedExpression(cells[index]!, types[index]!)} AS ${quoteName(name)}`);
    return copyToParquet(connection, `SELECT ${selected.join(', ')} FROM cells`, schema, place.target);
  });
}

async function begin(path: string, chosen: string | undefined): Promise<{ delimiter: string; first: TextRecord }> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    for (const bytes of [HEAD_BYTES, LONGEST_LINE]) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(bytes, size)), 0, Math.min(bytes, size), 0);
      const text = buffer.toString('utf8', 0, bytesRead).replaceAll('\0', '');
      const delimiter = chosen ?? sniffDelimiter(text);
      const [first] = parseRecords(text, delimiter, { partial: bytesRead < size, limit: 1 });
      if (first) return { delimiter, first };
      if (bytesRead >= size) throw new NodeError('data_empty', 'The file has no data: only empty lines.');
    }
    throw new DelimitedTextError(1, `The first line is longer than ${LONGEST_LINE / 2 ** 20} MB. Is this a text file?`);
  } finally {
    await handle.close();
  }
}

/** The file itself when DuckDB reads it just as the parser of nodes/kit does, else a rewritten copy. */
async function regularFile(
  path: string,
  delimiter: string,
  width: number,
  { scratch, signal, notes }: DelimitedPlace,
): Promise<{ path: string; delimiter: string }> {
  const { regular } = await scanShape(path, delimiter, width, signal);
  if (regular) return { path, delimiter };
  const copy = join(scratch, 'regular.csv');
  let short = 0;
  let firstShort = 0;
  await rewriteRegular(path, delimiter, width, copy, signal, ({ cells, line }) => {
    if (cells.length > width) throw new DelimitedTextError(line, tooManyCells(line, cells.length, width));
    if (cells.length < width && short++ === 0) firstShort = line;
  });
  if (short === 1) notes.push(`Line ${firstShort} has fewer than ${width} cells; those that lack count as missing.`);
  else if (short > 1) notes.push(`${short} lines, the first of them line ${firstShort}, have fewer than ${width} cells; those that lack count as missing.`);
  return { path: copy, delimiter: ',' };
}

const SPACES = '[ \\t]*';
const missingPattern = MISSING_WORDS.map((word) =>
  [...word].map((letter) => (/[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : `[${letter}]`)).join(''),
).join('|');
/** The same pattern without captures, which would slow the search. */
const patternOf = (type: ColumnType): string => CELL_PATTERNS.find((each) => each.type === type)!.pattern.replaceAll('(', '(?:');
const matches = (cell: string, pattern: string): string => `regexp_full_match(${cell}, ${quoteText(`${SPACES}(?:${pattern})${SPACES}`)})`;
const isMissing = (cell: string): string => `(${cell} IS NULL OR ${matches(cell, `${missingPattern}|`)})`;
const trimmed = (cell: string): string => `trim(replace(${cell}, chr(9), ' '))`;

/** SQL that is true when a cell is missing or reads as `type`; the candidate is checked on all rows. */
function fits(cell: string, type: ColumnType): string {
  const looks = matches(cell, `${patternOf(type)}|${missingPattern}|`);
  return type === 'datetime' ? `${looks} AND (try_cast(${trimmed(cell)} AS TIMESTAMPTZ) IS NOT NULL OR ${isMissing(cell)})` : looks;
}

function typedExpression(cell: string, type: ColumnType): string {
  switch (type) {
    case 'integer':
      return `try_cast(${cell} AS BIGINT)`;
    case 'number':
      return `nullif(try_cast(${cell} AS DOUBLE), 'NaN'::DOUBLE)`;
    case 'boolean':
      return `try_cast(${trimmed(cell)} AS BOOLEAN)`;
    case 'datetime':
      // A plain TIMESTAMP would drop the offset from UTC.
      return `timezone('UTC', try_cast(${trimmed(cell)} AS TIMESTAMPTZ))`;
    default:
      return `CASE WHEN ${isMissing(cell)} THEN NULL ELSE ${cell} END`;
  }
}

/** The types that a column of cells may have, from the type of its first rows; the first that fits all rows is taken. */
function candidates(sampled: ColumnType | null): readonly ColumnType[] {
  if (sampled === null) return ['integer', 'number', 'boolean', 'datetime'];
  if (sampled === 'integer') return ['integer', 'number'];
  return sampled === 'text' ? [] : [sampled];
}

/** The type of each column of the table `cells`; `text` for a column that is missing everywhere. */
async function typesOf(connection: DuckDBConnection, cells: readonly string[]): Promise<ColumnType[]> {
  const sample = await connection.runAndReadAll(`SELECT * FROM cells LIMIT ${SAMPLE_ROWS}`);
  const columns = sample.getColumns() as (string | null)[][];
  const sampled = cells.map((_, index) => sampleType(columns[index] ?? []));
  const checks = cells.flatMap((cell, index) =>
    candidates(sampled[index]!).map((type) => ({ index, type, sql: `coalesce(bool_and(coalesce(${fits(cell, type)}, true)), true)` })),
  );
  const somewhere = cells.flatMap((cell, index) => (sampled[index] === null ? [{ index, sql: `coalesce(bool_or(NOT ${isMissing(cell)}), false)` }] : []));
  const types: ColumnType[] = cells.map(() => 'text');
  if (checks.length > 0) {
    const row = (await connection.runAndReadAll(`SELECT ${[...checks, ...somewhere].map(({ sql }) => sql).join(', ')} FROM cells`)).getRows()[0]!;
    for (const [at, { index, type }] of [...checks.entries()].reverse()) if (row[at] === true) types[index] = type;
    for (const [at, { index }] of somewhere.entries()) if (row[checks.length + at] !== true) types[index] = 'text';
  }
  const texts = cells.flatMap((cell, index) => (types[index] === 'text' && new Set(columns[index]).size <= CATEGORY_LEVELS + 10 ? [{ cell, index }] : []));
  if (texts.length > 0) {
    const counts = texts.map(({ cell }) => `count(DISTINCT ${cell}) FILTER (NOT ${isMissing(cell)})`);
    const row = (await connection.runAndReadAll(`SELECT count(*), ${counts.join(', ')} FROM cells`)).getRows()[0]!;
    for (const [at, { index }] of texts.entries()) if (isCategory(Number(row[at + 1]), Number(row[0]))) types[index] = 'category';
  }
  return types;
}

function sampleType(cells: readonly (string | null)[]): ColumnType | null {
  let type: ColumnType | null = null;
  for (const cell of cells) {
    if (cell === null || isMissingCell(cell)) continue;
    type = joinTypes(type, typeOfCell(cell));
    if (type === 'text') break;
  }
  return type;
}
