import { asItWas } from '#nodes/kit/spreadsheet-cell.ts';
import { csvLine, readCsv, spreadsheetLine } from '../csv-text.ts';
import type { LoggedRow, Truth } from '../api-endpoint-requests.ts';

const named = (head: readonly string[], ...names: readonly string[]): number =>
  head.findIndex((each) => names.includes(each.trim().toLowerCase().replaceAll(/[ -]/g, '_')));

/** Truths of a CSV with the columns `request_id`, `row` (0 when there is none) and `truth`; rows without a truth are left out. Throws an Error that says what is missing. */
export function truthsOfCsv(text: string, regression: boolean): Truth[] {
  const [head, ...rows] = readCsv(text);
  if (!head) throw new Error('The file is empty. Its first line names the columns: request_id, row, truth.');
  const [id, row, truth] = [named(head, 'request_id', 'requestid', 'x_request_id'), named(head, 'row'), named(head, 'truth', 'label', 'actual')];
  const missing = [id < 0 ? 'request_id' : '', truth < 0 ? 'truth' : ''].filter(Boolean);
  if (missing.length > 0) throw new Error(`There is no column ${missing.join(' and ')}. The first line names the columns: request_id, row, truth.`);
  const found = rows.flatMap((cells, at): Truth[] => {
    const value = asItWas((cells[truth] ?? '').trim());
    if (value === '') return [];
    const place = row < 0 ? 0 : Number(cells[row]);
    if (!Number.isInteger(place) || place < 0) throw new Error(`Line ${at + 2}: “${cells[row]}” is no number of a row.`);
    if (regression && !Number.isFinite(Number(value))) throw new Error(`Line ${at + 2}: the truth “${value.slice(0, 40)}” is not a number.`);
    return [{ requestId: asItWas((cells[id] ?? '').trim()), row: place, value: regression ? Number(value) : value }];
  });
  if (found.length === 0) throw new Error('No row has a truth. Fill in the column truth.');
  return found;
}

/** Rows that were answered, with an empty column for the truth. */
export const truthsToFillIn = (rows: readonly LoggedRow[]): string =>
  [
    csvLine(['request_id', 'row', 'at', 'deployment', 'answer', 'truth']),
    ...rows.map(({ requestId, row, at, deployment, output, truth }) => spreadsheetLine([requestId, row, at, deployment, output['Scored Labels'], truth])),
  ].join('\n') + '\n';
