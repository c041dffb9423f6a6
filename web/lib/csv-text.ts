import { neutralised } from '#nodes/kit/spreadsheet-cell.ts';

/** Reads CSV by RFC 4180: commas, quotes doubled within quotes, any line ends; blank lines are none. Throws an Error naming the line. */
export function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let line = 1;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (close < 0) throw new Error(`Line ${line} has a quote that is never closed.`);
      cell = text.slice(at + 1, close).replaceAll('""', '"');
      line += cell.split('\n').length - 1;
      at = close + 1;
      if (at < text.length && !',\r\n'.includes(text[at]!)) throw new Error(`Line ${line} has text behind a closing quote.`);
    } else {
      const from = at;
      while (at < text.length && !',\r\n'.includes(text[at]!)) at++;
      cell = text.slice(from, at);
    }
    record.push(cell);
    const next = text[at++];
    if (next === ',') {
      if (at < text.length) continue;
      record.push('');
    }
    if (next === '\r' && text[at] === '\n') at++;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
    line++;
  }
  return records;
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  return -1;
}

/** One record of a file for people: texts that a spreadsheet would carry out as a formula get an apostrophe before them. */
export const spreadsheetLine = (cells: readonly unknown[]): string => csvLine(cells.map((cell) => (typeof cell === 'string' ? neutralised(cell) : cell)));

/** One record, its cells as they are. */
export const csvLine = (cells: readonly unknown[]): string =>
  cells
    .map((cell) => {
      const text = cell === null || cell === undefined ? '' : String(cell);
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(',');
