import { DelimitedTextError, type DelimitedTable } from './csv.ts';
import { typedColumns } from './csv.ts';
import { typeOfCell } from './cells.ts';

const WIDEST = 10_000;
const isNumber = (cell: string): boolean => ['number', 'integer'].includes(typeOfCell(cell));

/**
 * Reads SVMLight lines, `target index:value …`, with indices from 1 that rise and `#` before comments. Gives the columns Col1, Col2 and so on
 * (0 where a line leaves one out), then `Labels`. At most 10,000 columns.
 */
export function readSvmLight(text: string): DelimitedTable {
  const rows: Map<number, string>[] = [];
  const labels: string[] = [];
  let width = 0;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.replace(/#.*$/, '').trim();
    if (line === '') continue;
    const [label = '', ...pairs] = line.split(/\s+/);
    const number = index + 1;
    if (!isNumber(label)) throw new DelimitedTextError(number, `Line ${number} must begin with a number, the target.`);
    const row = new Map<number, string>();
    for (const pair of pairs) {
      const [key = '', value = ''] = pair.split(':');
      if (key === 'qid') continue;
      const position = Number(key);
      if (!Number.isInteger(position) || position < 1 || position > WIDEST || !isNumber(value)) {
        throw new DelimitedTextError(number, `Line ${number}: “${pair.slice(0, 40)}” is not index:value with an index from 1 to ${WIDEST}.`);
      }
      row.set(position, value);
      width = Math.max(width, position);
    }
    rows.push(row);
    labels.push(label);
  }
  if (rows.length === 0) throw new DelimitedTextError(1, 'There is no data.');
  const names = [...Array.from({ length: width }, (_, index) => `Col${index + 1}`), 'Labels'];
  const cells = [...Array.from({ length: width }, (_, index) => rows.map((row) => row.get(index + 1) ?? '0')), labels];
  return { ...typedColumns(names, cells), rowCount: rows.length, shortLines: 0 };
}
