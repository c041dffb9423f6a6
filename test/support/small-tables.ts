import fc from 'fast-check';
import { column, memoryTable, tableSchema, type Columns, type Table } from '#nodes/kit/table.ts';
import { plainValues } from './odd-tables.ts';

export type Cell = number | string | null;
export interface Row {
  readonly key: string | null;
  readonly value: number;
}
export interface Direction {
  readonly down: boolean;
  readonly first: boolean;
}

/** Names of the two columns of a small table. */
export const [KEY, VALUE] = ['__proto__', 'a "quoted" name, it\'s'] as const;
export const keys = fc.constantFrom(null, '', 'a', 'A', '😀', "it's", '"b"', '__proto__', 'ß', ' a');
const values = fc.constantFrom(NaN, 0, -0, 1, -1.5, 2, 2 ** 53, 1e300, -1e-300);
/** Keys and numbers that are easily mistaken. */
export const row = fc.record<Row>({ key: keys, value: values });
export const rows = fc.array(row, { maxLength: 12 });
export const directions = fc.record<Direction>({ down: fc.boolean(), first: fc.boolean() });

export function tableWith(some: readonly Row[], value: string = VALUE): Table {
  const schema = tableSchema([column(KEY, 'category', { nullable: true }), column(value, 'number', { nullable: true })]);
  const columns: Columns = new Map<string, Float64Array | (string | null)[]>([
    [KEY, some.map((each) => each.key)],
    [value, Float64Array.from(some, (each) => each.value)],
  ]);
  return memoryTable(schema, columns);
}

/** The cells row by row; not-a-number is null, and −0 is 0, since both are equal in SQL. */
export async function cellsOf(table: Table): Promise<Cell[][]> {
  const columns = [...(await table.read()).values()].map(plainValues);
  return Array.from({ length: table.rowCount }, (_, row) => columns.map((each) => plain(each[row]!)));
}
export const plain = (value: Cell): Cell => (typeof value === 'number' ? (Number.isNaN(value) ? null : value + 0) : value);

/** The order of two cells: texts by code point, missing ones first or last whatever the direction. */
export function compareCells(a: Cell, b: Cell, { down, first }: Direction): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === first ? -1 : 1;
  const order = typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : a - Number(b);
  return down ? -order : order;
}
export const sortKey = (name: string, { down, first }: Direction) => ({
  column: name,
  direction: down ? 'descending' : 'ascending',
  missing: first ? 'first' : 'last',
});
