import type { FieldPacket } from 'mysql2';
import { bytesText, cellReader, decimalNumber, instantOf, unfit, wholeNumber, type CellReader } from '../sql/cells.ts';

/** Numbers of types in the protocol. */
const [TINY, BIT, JSON_TEXT, GEOMETRY, NULL] = [1, 16, 245, 255, 6];
const WHOLE: ReadonlySet<number> = new Set([TINY, 2, 3, 8, 9, 13]);
const DECIMAL: ReadonlySet<number> = new Set([0, 4, 5, 246]);
const INSTANTS: ReadonlySet<number> = new Set([7, 10, 12]);
const STRINGS: ReadonlySet<number> = new Set([15, 249, 250, 251, 252, 253, 254]);
const UNSIGNED = 32;
const ENUMERATION = 256;
const BINARY = 63;

/** How a watermark on a column is compared. */
export function comparedAs({ columnType = NULL }: FieldPacket): 'number' | 'instant' | 'text' {
  if (INSTANTS.has(columnType)) return 'instant';
  return WHOLE.has(columnType) || DECIMAL.has(columnType) ? 'number' : 'text';
}

/** How what the server writes for a column becomes values; docs/connections.md has the table. */
export function readerOf(field: FieldPacket, tinyintAsBoolean: boolean): CellReader<Buffer> {
  const { name, columnType = NULL, columnLength, characterSet } = field;
  const flags = Number(field.flags);
  const text = (bytes: Buffer): string => bytes.toString('utf8');
  const ascii = (bytes: Buffer): string => bytes.toString('latin1');
  if (columnType === TINY && columnLength === 1 && (flags & UNSIGNED) === 0 && tinyintAsBoolean)
    return cellReader(name, 'boolean', (bytes) => truth(name, ascii(bytes)));
  if (WHOLE.has(columnType)) return cellReader(name, 'integer', (bytes) => wholeNumber(name, ascii(bytes)));
  if (DECIMAL.has(columnType)) return cellReader(name, 'number', (bytes) => decimalNumber(ascii(bytes)));
  if (INSTANTS.has(columnType)) return cellReader(name, 'datetime', (bytes) => instantOf(ascii(bytes)));
  if (columnType === BIT && columnLength === 1) return cellReader(name, 'boolean', (bytes) => (bytes.at(-1) === 0 ? 0 : 1));
  if (columnType === BIT) return cellReader(name, 'integer', (bytes) => wholeNumber(name, String(BigInt(`0x${bytes.toString('hex')}`))));
  if (columnType === GEOMETRY || (STRINGS.has(columnType) && characterSet === BINARY && columnType !== JSON_TEXT)) return cellReader(name, 'text', bytesText);
  return cellReader(name, (flags & ENUMERATION) !== 0 ? 'category' : 'text', text);
}

function truth(name: string, digits: string): number {
  if (digits === '0' || digits === '1') return Number(digits);
  throw unfit(name, `${digits}, though tinyint(1) counts as true or false (an option of the connection)`, 'SIGNED');
}
