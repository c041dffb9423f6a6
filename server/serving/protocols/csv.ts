import type { Signature } from '#nodes/kit/signature.ts';
import type { Paused } from '#pipelines/paused.ts';
import { AppError } from '../../errors.ts';
import type { Batch } from '../messages.ts';
import { checkRowCount, rowReader } from '../rows.ts';

const broken = (line: number, why: string): AppError => new AppError(400, `Line ${line} of the CSV ${why}.`, { code: 'csv_invalid' });

/** So many lines are read without a pause. */
const LINES = 100;

/** Records of RFC 4180: commas, quotes doubled within quotes, any line ends. Throws 400 naming the line. */
export function* csvRecords(text: string): Paused<string[][]> {
  const records: string[][] = [];
  let record: string[] = [];
  let line = 1;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      const from = line;
      let end = at + 1;
      for (; ; end++) {
        end = text.indexOf('"', end);
        if (end < 0) throw broken(from, 'has a quote that is never closed');
        if (text[end + 1] !== '"') break;
        end++;
      }
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      line += cell.split('\n').length - 1;
      at = end + 1;
      if (at < text.length && !',\r\n'.includes(text[at]!)) throw broken(line, 'has text behind a closing quote');
    } else {
      let end = at;
      while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
      cell = text.slice(at, end);
      at = end;
    }
    record.push(cell);
    const next = text[at++];
    if (next === ',') {
      if (at === text.length) record.push('');
      else continue;
    }
    if (next === '\r' && text[at] === '\n') at++;
    // A blank line is no record of one empty cell.
    if (record.length > 1 || record[0] !== '') records.push(record);
    if (line % LINES === 0) yield;
    record = [];
    line++;
  }
  return records;
}

/** What tables in files write for a value that is not there. */
const MISSING: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None']);
const TRUTHS: Readonly<Record<string, boolean>> = { true: true, True: true, TRUE: true, false: false, False: false, FALSE: false };

/** Records with names in the first as rows of a model; columns that it does not take are left out. Throws 400 naming row and column. */
export function* csvBatch(records: readonly (readonly string[])[], signature: Signature): Paused<Batch> {
  const [names, ...rows] = records;
  if (!names) throw new AppError(400, 'The CSV is empty. Its first line must name the columns.', { code: 'rows_none' });
  const reader = rowReader(signature);
  const cells = names.map((name) => reader.cell(name));
  checkRowCount(rows.length);
  const values: unknown[][] = [];
  for (const [index, row] of rows.entries()) {
    if (index % LINES === 0) yield;
    if (row.length !== names.length) throw new AppError(400, `Row ${index} has ${row.length} values for ${names.length} columns.`, { code: 'row_invalid' });
    const converted = row.map((text, column) => {
      const cell = cells[column];
      if (!cell || cell.textual) return text;
      const trimmed = text.trim();
      if (MISSING.has(trimmed)) return null;
      if (Object.hasOwn(TRUTHS, trimmed)) return TRUTHS[trimmed];
      const number = Number(trimmed);
      return Number.isNaN(number) ? text : number;
    });
    values.push(converted);
  }
  const read = reader.readSplit(names, values);
  return 'rowCount' in read ? read : yield* read;
}
