import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { defineRun, quoteName, quoteText } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { isTextual, type ColumnSchema } from '../../kit/table.ts';
import { convertToCsv, fileNameOf } from './node.ts';

const ROWS_AT_ONCE = 20_000;
/** Rows by RFC 4180. */
const LINE_END = '\r\n';
const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;
/** What makes a spreadsheet take a text for a formula (OWASP: CSV injection). */
const FORMULA = /^[=+\-@\t\r\n]/;

/** SQL for a text as a cell. A text that is a number is no formula. */
function textInSql(x: string, delimiter: string, neutralise: boolean): string {
  const starts = ['=', '+', '-', '@', '\t', '\r', '\n'].map((each) => `chr(${each.charCodeAt(0)})`).join(', ');
  const safe = neutralise ? `CASE WHEN left(${x}, 1) IN (${starts}) AND TRY_CAST(${x} AS DOUBLE) IS NULL THEN chr(39) || ${x} ELSE ${x} END` : x;
  const special = [delimiter, '"', '\r', '\n'].map((each) => `contains(${x}, chr(${each.charCodeAt(0)}))`).join(' OR ');
  return `CASE WHEN ${special} OR ${x} = '' THEN '"' || replace(${safe}, '"', '""') || '"' ELSE ${safe} END`;
}

function cellInSql({ name, type }: ColumnSchema, delimiter: string, neutralise: boolean, missing: string): string {
  const x = quoteName(name);
  const cell = isTextual(type) ? textInSql(x, delimiter, neutralise) : type === 'number' ? `CAST(nullif(${x}, 'NaN'::DOUBLE) AS VARCHAR)` : `CAST(${x} AS VARCHAR)`;
  return `coalesce(${cell}, ${quoteText(missing)})`;
}

function headerCell(name: string, delimiter: string, neutralise: boolean): string {
  const safe = neutralise && FORMULA.test(name) && !Number.isFinite(Number(name)) ? `'${name}` : name;
  return [delimiter, '"', '\r', '\n'].some((each) => safe.includes(each)) || safe === '' ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export default defineRun(convertToCsv, async ({ data }, { name, delimiter: chosen, header, neutralise, mark }, context) => {
  const { columns } = data.schema;
  if (columns.length === 0) throw new NodeError('columns_none', 'The table has no column to write.');
  const delimiter = DELIMITERS[chosen];
  // A line without any character would be skipped by readers.
  const missing = columns.length === 1 ? '""' : '';
  const cells = columns.map((each) => cellInSql(each, delimiter, neutralise, missing));
  const line = `concat_ws(${quoteText(delimiter)}, ${cells.join(', ')})`;
  const path = join(context.scratch, 'table.csv');
  const file = await open(path, 'wx');
  try {
    if (mark) await file.write('\uFEFF');
    if (header) await file.write(columns.map((each) => headerCell(each.name, delimiter, neutralise)).join(delimiter) + LINE_END);
    for (let from = 0; from < data.rowCount; from += ROWS_AT_ONCE) {
      const rows = await context.rows(`SELECT ${line} AS line FROM (SELECT * FROM data LIMIT ${ROWS_AT_ONCE} OFFSET ${from})`, { data });
      await file.write(rows.map((each) => String(each.line) + LINE_END).join(''));
      context.progress(Math.min(1, (from + rows.length) / data.rowCount));
    }
  } finally {
    await file.close();
  }
  return { file: { path, name: fileNameOf(name) } };
});
