import { isMissingCell, trimCell } from './cells.ts';
import { datetimeReader } from './datetime-format.ts';

/** How the cells of a text file are written, where that is not the usual way. */
export interface CellDialect {
  /** The decimal separator; with a comma, points between groups of three digits are thousands separators. */
  readonly decimal?: '.' | ',';
  /** The cells that count as missing besides empty ones, in place of the usual words; compared without regard to case. */
  readonly nullWords?: readonly string[];
  /** How datetimes are written, besides ISO: `%d.%m.%Y`. */
  readonly datetimeFormat?: string;
}

/** Cells of a dialect as the cells that the reader knows. Each gives null where a cell is no such thing. */
export interface CellReader {
  isMissing(cell: string): boolean;
  readonly decimal: ((cell: string) => string | null) | null;
  readonly datetime: ((cell: string) => string | null) | null;
}

const DECIMAL_COMMA = /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?(?:[eE][+-]?\d{1,3})?$/;

function withPoint(cell: string): string | null {
  const trimmed = trimCell(cell);
  return DECIMAL_COMMA.test(trimmed) && /\d/.test(trimmed) ? trimmed.replaceAll('.', '').replace(',', '.') : null;
}

/** Throws what `datetimeReader` throws. */
export function cellReader({ decimal, nullWords, datetimeFormat }: CellDialect): CellReader {
  const words = nullWords && new Set(nullWords.map((word) => trimCell(word).toLowerCase()));
  const datetime = datetimeFormat ? datetimeReader(datetimeFormat) : null;
  return {
    isMissing: words ? (cell) => trimCell(cell) === '' || words.has(trimCell(cell).toLowerCase()) : isMissingCell,
    decimal: decimal === ',' ? withPoint : null,
    datetime: datetime && ((cell) => datetime(trimCell(cell))),
  };
}

/** A single cell as the reader knows it, for those that decide whether a first line is a header. */
export function plainCell(cell: string, reader: CellReader): string {
  if (reader.isMissing(cell)) return '';
  return reader.decimal?.(cell) ?? reader.datetime?.(cell) ?? cell;
}
