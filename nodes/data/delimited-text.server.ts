import { open } from 'node:fs/promises';
import type { RunContext } from '../kit/context.ts';
import { quoteName, quoteText } from '../kit/define.ts';
import { neutralised } from '../kit/spreadsheet-cell.ts';
import { isTextual, type ColumnSchema, type Table } from '../kit/table.ts';

const ROWS_AT_ONCE = 20_000;
/** Rows by RFC 4180. */
const LINE_END = '\r\n';

export interface DelimitedOptions {
  readonly delimiter: string;
  /** Names of columns in the first line. */
  readonly header: boolean;
  /** An apostrophe goes before texts that a spreadsheet would carry out as a formula. */
  readonly neutralise: boolean;
  /** A byte order mark at the beginning. */
  readonly mark: boolean;
}

/** SQL for a text as a cell. A text that is a number is no formula. */
function textInSql(x: string, delimiter: string, neutralise: boolean): string {
  const starts = ['=', '+', '-', '@', '\t', '\r', '\n'].map((each) => `chr(${each.charCodeAt(0)})`).join(', ');
  const safe = neutralise ? `CASE WHEN left(${x}, 1) IN (${starts}) AND TRY_CAST(${x} AS DOUBLE) IS NULL THEN chr(39) || ${x} ELSE ${x} END` : x;
  const special = [delimiter, '"', '\r', '\n'].map((each) => `contains(${x}, chr(${each.charCodeAt(0)}))`).join(' OR ');
  return `CASE WHEN ${special} OR ${x} = '' THEN '"' || replace(${safe}, '"', '""') || '"' ELSE ${safe} END`;
}

function cellInSql({ name, type }: ColumnSchema, { delimiter, neutralise }: DelimitedOptions, missing: string): string {
  const x = quoteName(name);
  const cell = isTextual(type)
    ? textInSql(x, delimiter, neutralise)
    : type === 'number'
      ? `CAST(nullif(${x}, 'NaN'::DOUBLE) AS VARCHAR)`
      : `CAST(${x} AS VARCHAR)`;
  return `coalesce(${cell}, ${quoteText(missing)})`;
}

function headerCell(name: string, { delimiter, neutralise }: DelimitedOptions): string {
  const safe = neutralise ? neutralised(name) : name;
  return [delimiter, '"', '\r', '\n'].some((each) => safe.includes(each)) || safe === '' ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Writes a table as delimited text into a new file at `path`, in UTF-8. */
export async function writeDelimited(context: RunContext, data: Table, path: string, options: DelimitedOptions): Promise<void> {
  const { columns } = data.schema;
  // A line without any character would be skipped by readers.
  const missing = columns.length === 1 ? '""' : '';
  const cells = columns.map((each) => cellInSql(each, options, missing));
  const lead = options.header ? columns.map((each) => headerCell(each.name, options)).join(options.delimiter) + LINE_END : '';
  await writeLines(context, data, path, {
    lead: (options.mark ? '\uFEFF' : '') + lead,
    line: `concat_ws(${quoteText(options.delimiter)}, ${cells.join(', ')})`,
    end: LINE_END,
  });
}

/** Writes a line for each row of a table, by an expression of SQL over its columns, after a first text. */
export async function writeLines(context: RunContext, data: Table, path: string, { lead, line, end }: { lead: string; line: string; end: string }): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.write(lead);
    for (let from = 0; from < data.rowCount; from += ROWS_AT_ONCE) {
      const rows = await context.rows(`SELECT ${line} AS line FROM (SELECT * FROM data LIMIT ${ROWS_AT_ONCE} OFFSET ${from})`, { data });
      await file.write(rows.map((each) => String(each.line) + end).join(''));
      context.progress(Math.min(1, (from + rows.length) / data.rowCount));
    }
  } finally {
    await file.close();
  }
}
