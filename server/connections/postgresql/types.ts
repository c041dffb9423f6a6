import { cellReader, decimalNumber, instantOf, wholeNumber, type CellReader } from '../sql/cells.ts';
import type { PostgresqlSession } from './session.ts';

/** Object identifiers of types that PostgreSQL has built in; they are the same on every server. */
const WHOLE: ReadonlySet<number> = new Set([20, 21, 23, 26]);
const DECIMAL: ReadonlySet<number> = new Set([700, 701, 1700]);
const INSTANTS: ReadonlyMap<number, string> = new Map([
  [1082, 'timestamp'],
  [1114, 'timestamp'],
  [1184, 'timestamptz'],
]);
const BOOLEAN = 16;
const PADDED = 1042;

/** The type to compare instants of a column as, or undefined when it holds none. */
export const instantType = (typeId: number): string | undefined => INSTANTS.get(typeId);

/** The identifiers of the database's own enumerations. */
export async function enumerations(session: PostgresqlSession): Promise<ReadonlySet<number>> {
  const { rows } = await session.query(`SELECT oid FROM pg_catalog.pg_type WHERE typtype = 'e'`);
  return new Set(rows.map(([id]) => Number(id)));
}

/** How texts of a column become values; docs/connections.md has the table. */
export function readerOf(name: string, typeId: number, enumerations: ReadonlySet<number>): CellReader<string> {
  if (WHOLE.has(typeId)) return cellReader(name, 'integer', (text) => wholeNumber(name, text));
  if (DECIMAL.has(typeId)) return cellReader(name, 'number', decimalNumber);
  if (typeId === BOOLEAN) return cellReader(name, 'boolean', (text) => (text === 't' ? 1 : 0));
  // Infinite instants are missing: neither milliseconds nor Parquet have them.
  if (INSTANTS.has(typeId)) return cellReader(name, 'datetime', instantOf);
  if (typeId === PADDED) return cellReader(name, 'text', (text) => text.replace(/ +$/, ''));
  return cellReader(name, enumerations.has(typeId) ? 'category' : 'text', (text) => text);
}
