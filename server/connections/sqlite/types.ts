import type { Database } from 'better-sqlite3';
import { quoteName } from '#nodes/kit/define.ts';
import { parseDatetime } from '#nodes/kit/cells.ts';
import type { ColumnType } from '#nodes/kit/table.ts';
import { bytesText, cellReader, type CellReader } from '../sql/cells.ts';

/** What SQLite gives with whole numbers exact. */
export type SqliteCell = bigint | number | string | Buffer;

interface Declared {
  readonly name: string;
  /** As the table declares it; null for an expression. */
  readonly type: string | null;
}

/** What a column really holds, since SQLite keeps values of any type in any column. */
interface Found {
  readonly whole: number;
  readonly decimal: number;
  readonly text: number;
  readonly bytes: number;
  /** Texts that are dates or times. */
  readonly instants: number;
  readonly least: number | null;
  readonly greatest: number | null;
}

const DECLARED_INSTANT = /date|time/i;
const COLUMNS_AT_ONCE = 200;

/** Teaches SQLite what a date is here: `modelwright_instant` gives milliseconds since 1970, or null. */
export function addInstants(database: Database): void {
  database.function('modelwright_instant', { deterministic: true }, (cell: unknown) => {
    const instant = typeof cell === 'string' ? parseDatetime(cell) : NaN;
    return Number.isNaN(instant) ? null : instant;
  });
}

/** Looks at all rows, in SQLite, and gives for each column the reader of the one type that holds all of its values. */
export function readersOf(database: Database, select: string, columns: readonly Declared[]): CellReader<SqliteCell>[] {
  return columns.flatMap((_, from) => {
    if (from % COLUMNS_AT_ONCE !== 0) return [];
    const some = columns.slice(from, from + COLUMNS_AT_ONCE);
    const row = database
      .prepare(`SELECT ${some.map(counts).join(', ')} FROM (${select}\n) AS source`)
      .raw()
      .get() as (number | null)[];
    return some.map((column, index) => {
      const [whole, decimal, text, bytes, instants, least, greatest] = row.slice(index * 7, index * 7 + 7);
      return readerOf(
        column.name,
        typeOf(column, { whole: whole!, decimal: decimal!, text: text!, bytes: bytes!, instants: instants!, least: least!, greatest: greatest! }),
      );
    });
  });
}

function counts({ name, type }: Declared): string {
  const column = quoteName(name);
  const are = (type: string): string => `total(typeof(${column}) = '${type}')`;
  const instants = DECLARED_INSTANT.test(type ?? '') ? `total(modelwright_instant(${column}) IS NOT NULL)` : '0';
  const whole = `CASE WHEN typeof(${column}) = 'integer' THEN CAST(${column} AS REAL) END`;
  return [are('integer'), are('real'), are('text'), are('blob'), instants, `min(${whole})`, `max(${whole})`].join(', ');
}

/** The column type of values, whatever is declared: but a declared boolean of 0 and 1 is one, and declared dates that all are ones are. */
function typeOf({ type }: Declared, found: Found): ColumnType {
  const declared = type ?? '';
  if (found.bytes > 0) return 'text';
  if (found.text > 0) return found.text === found.instants && found.whole + found.decimal === 0 ? 'datetime' : 'text';
  if (found.decimal > 0) return 'number';
  if (found.whole > 0) return /bool/i.test(declared) && found.least! >= 0 && found.greatest! <= 1 ? 'boolean' : 'integer';
  if (/int/i.test(declared)) return 'integer';
  return /real|floa|doub|dec|num/i.test(declared) ? 'number' : 'text';
}

function readerOf(name: string, type: ColumnType): CellReader<SqliteCell> {
  if (type === 'text') return cellReader(name, type, (cell) => (typeof cell === 'object' ? bytesText(cell) : String(cell)));
  if (type === 'datetime') return cellReader(name, type, (cell) => parseDatetime(String(cell)));
  return cellReader(name, type, (cell) => {
    const value = Number(cell);
    return typeof cell === 'bigint' && type === 'integer' && !Number.isSafeInteger(value) ? String(cell) : value;
  });
}
