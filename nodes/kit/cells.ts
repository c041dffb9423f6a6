import type { ColumnType } from './table.ts';

/** Cells that count as missing, besides those that are empty or hold white space only. Compared without regard to case. */
export const MISSING_WORDS: readonly string[] = ['na', 'n/a', '#n/a', 'nan', 'null', '?'];

/** A text column is a `category` when it has at most this many distinct values … */
export const CATEGORY_LEVELS = 100;
/** … and fewer than half as many distinct values as rows; otherwise it is `text`. */
export const isCategory = (distinct: number, rows: number): boolean => distinct > 0 && distinct <= CATEGORY_LEVELS && distinct * 2 < rows;

/**
 * How a trimmed cell of each type looks, in the syntax that JavaScript and RE2 share; tried in this order. Numbers that begin with needless
 * zeros (`007`) are no numbers, so that codes keep their zeros; whole numbers of more than 15 digits are `number`, since they are not exact.
 */
export const CELL_PATTERNS: readonly { readonly type: ColumnType; readonly pattern: string }[] = [
  { type: 'integer', pattern: '[+-]?(0|[1-9][0-9]{0,14})' },
  { type: 'number', pattern: '[+-]?((0|[1-9][0-9]*)([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?' },
  { type: 'boolean', pattern: '[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]' },
  {
    type: 'datetime',
    pattern: '[0-9]{4}(-[0-9]{2}-|/[0-9]{2}/)[0-9]{2}([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?',
  },
];
const compiled = CELL_PATTERNS.map(({ type, pattern }) => ({ type, expression: new RegExp(`^(?:${pattern})$`) }));

/** A cell without the spaces and tabs around it. */
export const trimCell = (cell: string): string => cell.replace(/^[ \t]+|[ \t]+$/g, '');

export function isMissingCell(cell: string): boolean {
  const trimmed = trimCell(cell);
  return trimmed === '' || (trimmed.length <= 4 && MISSING_WORDS.includes(trimmed.toLowerCase()));
}

const DATETIME = /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:[.](\d{1,6}))?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Milliseconds since 1970 (UTC) of an ISO date or time; NaN when it is none, such as 30 February. No zone means UTC. */
export function parseDatetime(cell: string): number {
  const match = DATETIME.exec(cell);
  if (!match) return NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const time = new Date(0);
  time.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (time.getUTCMonth() !== Number(month) - 1 || time.getUTCDate() !== Number(day)) return NaN;
  const offset = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  return time.getTime() + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/**
 * Milliseconds since 1970 (UTC) of a date as people and programs send it: of ISO 8601, with digits of a second as many as there are, or as HTTP and
 * mail write it, with its zone; NaN when it is none.
 */
export function timeOfText(text: string): number {
  const trimmed = text.trim();
  return /^\d{4}[-/]/.test(trimmed) ? parseDatetime(trimmed.replace(/(\.\d{3})\d+/, '$1')) : Date.parse(trimmed);
}

/** The type a single cell reads as: the first whose pattern holds, or `text`. The cell is not missing. */
export function typeOfCell(cell: string): ColumnType {
  const trimmed = trimCell(cell);
  for (const { type, expression } of compiled) {
    if (expression.test(trimmed)) return type === 'datetime' && Number.isNaN(parseDatetime(trimmed)) ? 'text' : type;
  }
  return 'text';
}

/** The type of a column that holds cells of both types. */
export function joinTypes(one: ColumnType | null, other: ColumnType): ColumnType {
  if (one === null || one === other) return other;
  if ((one === 'integer' && other === 'number') || (one === 'number' && other === 'integer')) return 'number';
  return 'text';
}

/** The type of a column of cells as they stand in a file; `text` when all are missing. */
export function typeOfCells(cells: readonly string[]): ColumnType {
  let type: ColumnType | null = null;
  for (const cell of cells) {
    if (isMissingCell(cell)) continue;
    type = joinTypes(type, typeOfCell(cell));
    if (type === 'text') break;
  }
  if (type !== null && type !== 'text') return type;
  const distinct = new Set(cells.filter((cell) => !isMissingCell(cell)));
  return isCategory(distinct.size, cells.length) ? 'category' : 'text';
}

/** A cell as a number of the given type (see `ColumnValues`); NaN when missing. */
export function numberOfCell(cell: string, type: ColumnType): number {
  if (isMissingCell(cell)) return NaN;
  const trimmed = trimCell(cell);
  if (type === 'boolean') return trimmed.toLowerCase() === 'true' ? 1 : 0;
  return type === 'datetime' ? parseDatetime(trimmed) : Number(trimmed);
}

/**
 * Column names from the cells of a header: trimmed; empty ones become `Col3` (by position); repeated ones, compared without regard to case,
 * get `_2`, `_3` and so on.
 */
export function columnNames(header: readonly string[]): string[] {
  const taken = new Set<string>();
  const bases = header.map((cell, index) => trimCell(cell) || `Col${index + 1}`);
  const firsts = new Set(bases.map((base) => base.toLowerCase()));
  return bases.map((base) => {
    let name = base;
    for (let count = 2; taken.has(name.toLowerCase()) || (name !== base && firsts.has(name.toLowerCase())); count++) name = `${base}_${count}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
