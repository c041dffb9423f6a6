import { readFile, stat } from 'node:fs/promises';
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx';
import { columnNames } from '#nodes/kit/cells.ts';
import { looksLikeHeader, typedColumns } from '#nodes/kit/csv.ts';
import type { ReadOptions } from '#nodes/kit/context.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import type { DuckSession } from './duck.ts';
import { isZip } from './file-head.ts';
import { measureZip, type UnpackPlace } from './unpack.ts';
import { UNPACK_LIMITS } from './unpack-limit.ts';
import { writeTable, type WrittenTable } from './write-table.ts';

const MOST_BYTES = 64 * 2 ** 20;
const MOST_UNPACKED = 512 * 2 ** 20;
const MOST_CELLS = 20_000_000;
const MOST_COLUMNS = 10_000;
const DAY = 86_400_000;
const OPTIONS = { dense: true, cellNF: true, cellText: false, cellHTML: false, cellFormula: false, cellStyles: false } as const;

interface Place extends UnpackPlace {
  readonly target: string;
  readonly notes: string[];
}

const tooLarge = (what: string): NodeError => new NodeError('data_unparsable', `The workbook ${what}. Save the sheet as CSV, which is read at any size.`);

/**
 * Reads a sheet of a workbook (.xlsx, .xlsm, .xlsb, .xls): `sheet`, else the first with data. Each cell is taken for the text that CSV would hold
 * of it, so header, missing words and types follow the rules of CSV; formulas count as their stored results, errors as missing.
 */
export async function readWorkbook(session: DuckSession, path: string, { sheet, header }: ReadOptions, place: Place): Promise<WrittenTable> {
  const bytes = await bytesOf(path, place);
  const { read, utils, SSF } = await import('@e965/xlsx');
  const book = opened(() => read(bytes, { ...OPTIONS, bookSheets: true }));
  if (sheet && !book.SheetNames.includes(sheet)) throw noSheet(sheet, book.SheetNames);
  place.signal.throwIfAborted();
  const isDate = (cell: CellObject): boolean => typeof cell.z === 'string' && SSF.is_date(cell.z);
  for (const name of sheet ? [sheet] : book.SheetNames) {
    const whole = opened(() => read(bytes, { ...OPTIONS, sheets: name }));
    const found = whole.Sheets[name];
    const rows = found ? rowsOf(found, utils.decode_range(found['!ref'] ?? 'A1'), isDate, epochOf(whole)) : [];
    if (rows.length === 0) continue;
    if (!sheet && book.SheetNames.length > 1) place.notes.push(`The workbook has ${book.SheetNames.length} sheets; “${name}” was read.`);
    return writeRows(session, rows, header, place.target);
  }
  throw new NodeError('data_empty', sheet ? `The sheet “${sheet}” is empty.` : 'The workbook has no sheet with data.', sheet ? { param: 'sheet' } : {});
}

/** The names of a workbook's sheets, in its order. Errors: `data_unparsable`. */
export async function sheetNames(path: string, place: UnpackPlace): Promise<string[]> {
  const bytes = await bytesOf(path, place);
  const { read } = await import('@e965/xlsx');
  return opened(() => read(bytes, { ...OPTIONS, bookSheets: true })).SheetNames;
}

async function bytesOf(path: string, place: UnpackPlace): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw tooLarge(`has ${Math.ceil(size / 2 ** 20)} MB; at most ${MOST_BYTES / 2 ** 20} MB are read`);
  const bytes = await readFile(path);
  if (isZip(bytes)) await measureZip(path, { ...place, limits: { ...UNPACK_LIMITS, totalBytes: MOST_UNPACKED } });
  return bytes;
}

function opened(read: () => WorkBook): WorkBook {
  try {
    return read();
  } catch (error) {
    const message = error instanceof Error ? error.message.slice(0, 200) : '';
    const reason = /password|encrypt/i.test(message) ? 'it has a password. Save it without one' : `${message}. Is it complete?`;
    throw new NodeError('data_unparsable', `The file cannot be read as an Excel workbook: ${reason}`, { cause: error });
  }
}

function noSheet(sheet: string, names: readonly string[]): NodeError {
  const list = names.slice(0, 20).map((name) => `“${name}”`);
  return new NodeError('data_unparsable', `The workbook has no sheet “${sheet}”. It has ${list.join(', ')}.`, { param: 'sheet' });
}

/** The day that serial numbers count from, in milliseconds since 1970: 30 December 1899, or 1 January 1904 in workbooks of old Macs. */
const epochOf = ({ Workbook }: WorkBook): number => (Workbook?.WBProps?.date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30));

function textOf(cell: CellObject | undefined, isDate: (cell: CellObject) => boolean, epoch: number): string {
  const value = cell?.v;
  if (!cell || value === undefined || cell.t === 'e' || cell.t === 'z') return '';
  if (typeof value === 'number' && isDate(cell)) {
    const time = new Date(Math.round(epoch + value * DAY));
    return Number.isNaN(time.getTime()) || time.getUTCFullYear() > 9999 ? String(value) : time.toISOString();
  }
  return String(value);
}

interface Range {
  readonly s: { readonly r: number; readonly c: number };
  readonly e: { readonly r: number; readonly c: number };
}

/** The cells of the range as texts, without empty rows, and without the empty columns on its left and right. */
function rowsOf(sheet: WorkSheet, range: Range, isDate: (cell: CellObject) => boolean, epoch: number): string[][] {
  const data = (sheet as { '!data'?: (readonly (CellObject | undefined)[] | undefined)[] })['!data'] ?? [];
  const rows: string[][] = [];
  let cells = 0;
  let from = Infinity;
  let to = -1;
  for (let row = range.s.r; row < data.length; row++) {
    const texts = Array.from(data[row] ?? [], (cell) => textOf(cell, isDate, epoch));
    const first = texts.findIndex((text) => text !== '');
    if (first < 0) continue;
    from = Math.min(from, first);
    to = Math.max(
      to,
      texts.findLastIndex((text) => text !== ''),
    );
    cells += texts.length;
    if (cells > MOST_CELLS) throw tooLarge(`has more than ${MOST_CELLS.toLocaleString('en')} cells in this sheet`);
    rows.push(texts);
  }
  if (to - from >= MOST_COLUMNS) throw tooLarge(`has ${to - from + 1} columns in this sheet; at most ${MOST_COLUMNS} are read`);
  return rows.map((texts) => Array.from({ length: to - from + 1 }, (_, index) => texts[from + index] ?? ''));
}

async function writeRows(session: DuckSession, rows: string[][], header: ReadOptions['header'], target: string): Promise<WrittenTable> {
  const first = rows[0]!;
  const named = header === 'yes' || (header !== 'no' && looksLikeHeader(first));
  const names = columnNames(named ? first : first.map(() => ''));
  const body = named ? rows.slice(1) : rows;
  const { schema, columns } = typedColumns(
    names,
    names.map((_, index) => body.map((row) => row[index]!)),
  );
  return writeTable(session, schema, columns, target);
}
