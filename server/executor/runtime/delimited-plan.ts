import type { CellFacts } from '#nodes/kernels/delimited-cells.server.ts';
import { isCategory, MISSING_WORDS } from '#nodes/kit/cells.ts';
import { quoteText } from '#nodes/kit/define.ts';
import type { ColumnType } from '#nodes/kit/table.ts';
import { CELL } from './cell-automaton.ts';

/** How a column is read: straight into numbers where all its cells are plain numbers or empty, else as text that is cast. */
export interface ColumnPlan {
  readonly read: 'BIGINT' | 'DOUBLE' | 'VARCHAR';
  readonly type: ColumnType;
  /** What it is when its cells turn out to be of no other type. */
  readonly textual: 'text' | 'category';
  /** Some cells are missing words or white space. */
  readonly words: boolean;
  readonly missing: number;
}

/** `ownWords`: cells that are missing are empty by now, so that what looks like a usual missing word is a text. */
export function planOf({ flags, missing, distinct, datetimes }: CellFacts, rowCount: number, ownWords: boolean): ColumnPlan {
  const found = (flags & CELL.word) !== 0;
  const words = found && !ownWords;
  const kinds = (flags & (CELL.integer | CELL.number | CELL.boolean | CELL.other)) | (found && ownWords ? CELL.other | CELL.boolean : 0);
  const plain = (flags & (CELL.careful | CELL.word)) === 0;
  const textual = isCategory(distinct, rowCount) ? 'category' : 'text';
  const plan = (type: ColumnType, read: ColumnPlan['read'] = 'VARCHAR'): ColumnPlan => ({ type, read, textual, words, missing });
  if (kinds === 0) return plan('text');
  if (kinds === CELL.integer) return plan('integer', plain ? 'BIGINT' : 'VARCHAR');
  if ((kinds & (CELL.boolean | CELL.other)) === 0) return plan('number', plain ? 'DOUBLE' : 'VARCHAR');
  if (kinds === CELL.boolean) return plan('boolean');
  return plan(kinds === CELL.other && datetimes ? 'datetime' : textual);
}

const SPACES = '[ \\t]*';
const missingPattern = MISSING_WORDS.map((word) =>
  [...word].map((letter) => (/[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : `[${letter}]`)).join(''),
).join('|');
const isMissing = (cell: string): string => `(${cell} IS NULL OR regexp_full_match(${cell}, ${quoteText(`${SPACES}(?:${missingPattern}|)${SPACES}`)}))`;
const trimmed = (cell: string): string => `trim(replace(${cell}, chr(9), ' '))`;

/**
 * A moment of a cell. DuckDB wants seconds before an offset from UTC; a plain TIMESTAMP would drop that. Days, and times to the second, have no room
 * for one, and are read in a tenth of the time without.
 */
function moment(cell: string): string {
  const text = trimmed(cell);
  const withSeconds = `regexp_replace(${text}, '^(.{16})([Z+-].*)$', '\\1:00\\2')`;
  const any = `timezone('UTC', coalesce(try_cast(${text} AS TIMESTAMPTZ), try_cast(${withSeconds} AS TIMESTAMPTZ)))`;
  const isTime = `length(${cell}) = 19 AND substr(${cell}, 17, 1) = ':'`;
  return `CASE WHEN length(${cell}) = 10 THEN CAST(try_cast(${cell} AS DATE) AS TIMESTAMP) WHEN ${isTime} THEN try_cast(${cell} AS TIMESTAMP) ELSE ${any} END`;
}

/** SQL of a typed cell. */
export function typedCell(cell: string, { type, read, words }: ColumnPlan): string {
  switch (type) {
    case 'integer':
      return read === 'BIGINT' ? cell : `try_cast(${cell} AS BIGINT)`;
    case 'number':
      return read === 'DOUBLE' ? cell : `nullif(try_cast(${cell} AS DOUBLE), 'NaN'::DOUBLE)`;
    case 'boolean':
      return `try_cast(${trimmed(cell)} AS BOOLEAN)`;
    case 'datetime':
      return moment(cell);
    default:
      return words ? `CASE WHEN ${isMissing(cell)} THEN NULL ELSE ${cell} END` : cell;
  }
}
